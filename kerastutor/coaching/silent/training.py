"""Mistakes where a model meets its data: values that are missing or too large, classes without a unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from kerastutor.coaching.diagnoses.given import beyond_units
from kerastutor.coaching.silent.cell import Cell, CellRule, arrays_of
from kerastutor.coaching.silent.ends import ends
from kerastutor.knowledge import facts
from kerastutor.models.reading import read
from kerastutor.topology.finding import Finding, found

PIXEL = 255
"""The largest value of a pixel; measurements beyond it are worth a word too."""
BRIGHT = 100
"""A value that some pixel of any set of pictures has, where pixels go from 0 to 255."""
DIVIDE = "Divide, x / 255, or begin the model with keras.layers.Rescaling(1/255)."
STANDARDISE = "Begin the model with a keras.layers.Normalization() that has seen the data: .adapt(x)."


def nan_in_data(cell: Cell) -> Iterator[Finding]:
    for fit in cell.fits:
        for place, value in (("x", fit.x), ("y", fit.y)):
            for array in arrays_of(value):
                if array.dtype.kind == "f" and np.isnan(array).any():
                    yield found("nan_in_data", fit.model, given=cell.variable(value) or place)


def unscaled_data(cell: Cell) -> Iterator[Finding]:
    for fit in cell.fits:
        arrays = [array for array in arrays_of(fit.x) if array.dtype.kind in "fiu" and array.size]
        largest = max((float(np.nanmax(np.abs(array))) for array in arrays), default=0.0)
        pixels = any(map(_pixels, arrays))
        if (pixels or largest > PIXEL) and not _may_scale(fit.model):
            given, advice = cell.variable(fit.x) or "x", DIVIDE if pixels else STANDARDISE
            yield found("unscaled_data", fit.model, given=given, largest=f"{largest:g}", advice=advice)


def labels_beyond_units(cell: Cell) -> Iterator[Finding]:
    for fit in cell.fits:
        labels, end = arrays_of(fit.y), ends(fit.model, cell)
        if len(labels) == len(end) == 1 and "sparse" in end[0].loss:
            beyond = beyond_units(labels[0], end[0].units, "labels_beyond_units")
            if beyond:
                yield replace(beyond, about=fit.model)


def nan_loss(cell: Cell) -> Iterator[Finding]:
    for fit in cell.fits:
        losses = getattr(getattr(fit.model, "history", None), "history", {}).get("loss", [])
        bad = [number for number, value in enumerate(losses, 1) if value != value]
        if bad:
            yield found("nan_loss", fit.model, epoch=bad[0])


RULES: tuple[CellRule, ...] = (nan_in_data, unscaled_data, labels_beyond_units, nan_loss)


def _pixels(array: np.ndarray) -> bool:
    """Whether it looks like pictures with pixels from 0 to 255."""
    if array.min() < 0 or not BRIGHT < array.max() <= PIXEL:
        return False
    many = array[0].size >= 16  # a row of measurements has fewer
    return array.ndim >= 4 or bool(many and (array == np.round(array)).all())


def _may_scale(model: Any) -> bool:
    """Whether something scales the data, or may do so: an operation or a layer of the learner's before the weights."""
    try:
        topology = read(model)
    except (TypeError, ValueError):
        return True
    if any(facts(layer.kind).any_scale for layer in topology.layers):
        return True
    for call in topology.calls:
        layer = topology.layer[call.layer]
        if layer.opaque or layer.kind.startswith("ops."):
            return True
        if layer.owns == "weights":
            return False
    return False
