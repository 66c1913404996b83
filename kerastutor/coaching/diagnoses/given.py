"""What a model is given on the learner's line: which line, which model, which arrays for which input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import tree

from kerastutor.coaching.evidence import Evidence
from kerastutor.coaching.sites import Given, Site, Unknown
from kerastutor.coaching.tensors import is_data
from kerastutor.models.keras_inside import maker
from kerastutor.topology.finding import Finding, found

TRAINING = ("fit", "evaluate", "train_on_batch", "test_on_batch")
METHODS = (*TRAINING, "predict", "predict_on_batch", "__call__")

Shape = tuple[int | None, ...]


def training_site(evidence: Evidence) -> Site | None:
    """The line that gives a model data and labels."""
    return evidence.method(*TRAINING)


def data_site(evidence: Evidence) -> Site | None:
    """The line that gives a model data: a training method, predict, or a call of the model."""
    site = evidence.method(*METHODS)
    if site is not None:
        return site
    return next((s for s in reversed(evidence.sites) if isinstance(s.function, keras.Model)), None)


def model_of(evidence: Evidence, site: Site) -> keras.Model:
    return site.function if isinstance(site.function, keras.Model) else site.function.__self__


def x_and_y(site: Site | None) -> tuple[list[Any] | None, list[Any] | None]:
    """The arrays of data and of labels; None for what is no array, or was not given."""
    if site is None:
        return None, None
    x, y = site.argument(0, "x"), site.argument(1, "y")
    return arrays(x), arrays(y)


def arrays(value: Any) -> list[Any] | None:
    """The arrays in a list, a dict or alone; None where anything else is among them."""
    leaves = tree.flatten(value)
    return leaves if leaves and all(is_data(leaf) for leaf in leaves) else None


def data_arguments(site: Site | None) -> list[Given]:
    """The arguments that are data or labels, as far as they can be told."""
    if site is None:
        return []
    named = [given for name, given in site.keywords.items() if name in ("x", "y", "inputs")]
    return [given for given in (*site.args[:2], *named) if not isinstance(given.value, Unknown)]


def given_inputs(evidence: Evidence, site: Site | None) -> list[Any] | None:
    """The arrays in the order of the inputs."""
    if site is None or not input_shapes(evidence, site):
        return None
    value = site.argument(0, "x")
    if is_list_of_numbers(value):
        return None
    if isinstance(value, Mapping):
        names = input_names(model_of(evidence, site))
        return arrays([value[name] for name in names if name in value])
    return arrays(value)


def input_shapes(evidence: Evidence, site: Site | None) -> list[Shape] | None:
    """The shapes that the model on this line takes; None where it does not know them."""
    if site is None:
        return None
    try:
        inputs = model_of(evidence, site).inputs
    except AttributeError:
        return None
    return [tuple(tensor.shape) for tensor in inputs] if inputs else None


def input_names(model: keras.Model) -> list[str]:
    """The names by which a dict of data is told apart."""
    return [maker(tensor).name for tensor in model.inputs]


def is_list_of_numbers(value: Any) -> bool:
    """Whether it is a list of plain numbers, which Keras takes for many inputs."""
    if not isinstance(value, (list, tuple)):
        return False
    leaves = tree.flatten(value)
    return bool(leaves) and all(isinstance(leaf, (int, float)) for leaf in leaves)


def beyond_units(labels: Any, units: int | None, mistake: str) -> Finding | None:
    """Class numbers for which the last layer has no unit."""
    numbers = np.asarray(labels)
    if units is None or not numbers.size or numbers.dtype.kind not in "iuf" or not np.isfinite(numbers).all():
        return None
    largest = int(numbers.max())
    if largest < units:
        return None
    return found(mistake, largest=largest, units=units, last=units - 1, needed=largest + 1)
