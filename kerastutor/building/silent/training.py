"""Mistakes where a model meets its data: the loss, the values, the labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from keras import layers, tree

from kerastutor.building.diagnoses.finding import Finding, found
from kerastutor.building.diagnoses.training import beyond_units
from kerastutor.building.silent.cell import Cell, Rule, activation_of, last_layer, loss_of

SCALING = (layers.Rescaling, layers.Normalization, layers.BatchNormalization, layers.LayerNormalization)
LOOKUPS = (
    layers.Embedding,
    layers.TextVectorization,
    layers.StringLookup,
    layers.IntegerLookup,
    layers.CategoryEncoding,
)
LARGE = 20.0
"""Values of data from which on scaling is worth a word."""


def loss_and_output(cell: Cell) -> Iterator[Finding]:
    """The activation at the end and the loss belong together."""
    for _, model in cell.models:
        loss, last = loss_of(model), last_layer(model)
        if not loss or last is None or not isinstance(last, (layers.Dense, layers.Activation, layers.Softmax)):
            continue
        activation = "softmax" if isinstance(last, layers.Softmax) else activation_of(last)
        logits = bool(getattr(getattr(model, "loss", None), "_fn_kwargs", {}).get("from_logits"))
        crossentropy = "crossentropy" in loss
        if crossentropy and logits and activation in ("softmax", "sigmoid"):
            yield found("softmax_and_logits", activation=activation)
        if crossentropy and not logits and activation == "linear" and isinstance(last, layers.Dense):
            suited = "sigmoid" if "binary" in loss else "softmax"
            yield found("logits_without_flag", loss=loss, activation=suited)
        if loss in ("mse", "mean_squared_error", "mae", "mean_absolute_error") and activation == "softmax":
            yield found("mse_on_classes", loss=loss)


def bad_data(cell: Cell) -> Iterator[Finding]:
    """What `fit` was given: missing values, values that are too large, classes without a unit."""
    for trained in cell.record.trained:
        if trained.method != "fit":
            continue
        x, y = argument(trained.args, trained.kwargs, 0, "x"), argument(trained.args, trained.kwargs, 1, "y")
        for place, value in (("x", x), ("y", y)):
            for array in arrays_of(value):
                if array.dtype.kind == "f" and np.isnan(array).any():
                    yield found("nan_in_data", given=_name_of(value, cell) or place)
        yield from _unscaled(x, trained.model, cell)
        if "sparse" in loss_of(trained.model) and len(arrays_of(y)) == 1:
            last = last_layer(trained.model)
            beyond = beyond_units(arrays_of(y)[0], getattr(last, "units", None), "labels_beyond_units")
            if beyond:
                yield beyond


def _unscaled(x: Any, model: Any, cell: Cell) -> Iterator[Finding]:
    arrays = [array for array in arrays_of(x) if array.dtype.kind in "fiu" and array.size]
    if not arrays or any(isinstance(layer, (*SCALING, *LOOKUPS)) for layer in model._flatten_layers()):
        return
    largest = max(float(np.nanmax(np.abs(array))) for array in arrays)
    if largest > LARGE:
        yield found("unscaled_data", given=_name_of(x, cell) or "x", largest=f"{largest:g}")


def nan_loss(cell: Cell) -> Iterator[Finding]:
    for trained in cell.record.trained:
        losses = getattr(getattr(trained.model, "history", None), "history", {}).get("loss", [])
        bad = [number for number, value in enumerate(losses, 1) if value != value]
        if trained.method == "fit" and bad:
            yield found("nan_loss", epoch=bad[0])


RULES: tuple[Rule, ...] = (loss_and_output, bad_data, nan_loss)


def argument(args: tuple[Any, ...], kwargs: Mapping[str, Any], position: int, name: str) -> Any:
    return kwargs.get(name, args[position] if position < len(args) else None)


def arrays_of(value: Any) -> list[np.ndarray]:
    return [leaf for leaf in tree.flatten(value) if isinstance(leaf, np.ndarray)]


def _name_of(value: Any, cell: Cell) -> str:
    return next((name for name, one in cell.namespace.items() if one is value and not name.startswith("_")), "")
