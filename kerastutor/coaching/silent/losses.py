"""Mistakes at the end of a model: its last activation, its loss and its metrics belong together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from keras import tree

from kerastutor.coaching.silent.cell import Cell, CellRule
from kerastutor.coaching.silent.ends import ends
from kerastutor.topology.finding import Finding, found

QUANTITIES = ("mse", "mean_squared_error", "mae", "mean_absolute_error")
"""The losses for quantities."""


def activation_and_loss(cell: Cell) -> Iterator[Finding]:
    for _, model in cell.models:
        for end in ends(model, cell):
            activation, loss = end.activation, end.loss
            classes = "categorical" in loss
            if classes and end.units == 1 and activation != "softmax":
                yield found("one_unit_for_classes", model, end=end.words, loss=loss)
            elif "crossentropy" in loss and end.logits and activation in ("softmax", "sigmoid"):
                yield found("softmax_and_logits", model, end=end.words, activation=activation)
            elif "crossentropy" in loss and not end.logits and activation == "linear" and end.units:
                suited = "softmax" if classes else "sigmoid"
                yield found("logits_without_flag", model, end=end.words, loss=loss, activation=suited)


def mse_on_classes(cell: Cell) -> Iterator[Finding]:
    """Where the labels are shares, such as the answers of another model, a loss for quantities is meant."""
    for _, model in cell.models:
        shares = any(not _whole(array) for array in cell.labels(model))
        for end in ends(model, cell) if not shares else []:
            if end.loss in QUANTITIES and end.activation == "softmax":
                yield found("mse_on_classes", model, end=end.words, loss=end.loss)


def accuracy_of_a_quantity(cell: Cell) -> Iterator[Finding]:
    """Where all labels are 0 or 1, accuracy does count hits."""
    for _, model in cell.models:
        labels, end = cell.labels(model), ends(model, cell)
        two_classes = bool(labels) and all(np.isin(array, (0, 1)).all() for array in labels)
        quantity = len(end) == 1 and end[0].units == 1 and end[0].activation == "linear" and end[0].loss in QUANTITIES
        if quantity and not two_classes and {"accuracy", "acc"} & set(_metrics(model)):
            yield found("accuracy_of_a_quantity", model)


RULES: tuple[CellRule, ...] = (activation_and_loss, mse_on_classes, accuracy_of_a_quantity)


def _metrics(model: Any) -> list[str]:
    given = (model.get_compile_config() or {}).get("metrics") if model.compiled else None
    return [metric for metric in tree.flatten(given) if isinstance(metric, str)]


def _whole(array: np.ndarray) -> bool:
    return array.dtype.kind != "f" or bool((array == np.round(array)).all())
