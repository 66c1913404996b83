"""Mistakes where a model meets its data: compile, fit, evaluate, predict and calls on arrays."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import keras
import numpy as np
from keras import tree

from kerastutor.building.diagnoses.finding import Finding, found
from kerastutor.building.evidence import Evidence
from kerastutor.building.sites import Given, Site, Unknown
from kerastutor.building.tensors import is_data, shape_of, shape_text
from kerastutor.models.recording import of_keras

TRAINING = ("fit", "evaluate", "train_on_batch", "test_on_batch")
METHODS = (*TRAINING, "predict", "predict_on_batch", "__call__")

Shape = tuple[int | None, ...]


def training_site(evidence: Evidence) -> Site | None:
    return evidence.method(*TRAINING)


def data_site(evidence: Evidence) -> Site | None:
    """The line that gives a model data: a training method, predict, or a call of the model."""
    site = evidence.method(*METHODS)
    if site is not None:
        return site
    return next((s for s in reversed(evidence.sites) if isinstance(s.function, keras.Model)), None)


def model_of(evidence: Evidence, site: Site) -> keras.Model:
    return site.function if isinstance(site.function, keras.Model) else site.function.__self__


def fit_before_compile(evidence: Evidence) -> Finding | None:
    site = training_site(evidence)
    if site is None or getattr(evidence.model, "compiled", True):
        return None
    return found("fit_before_compile", model=evidence.name(evidence.model), method=site.function.__name__)


def text_as_data(evidence: Evidence) -> Finding | None:
    site = data_site(evidence)
    for given in _arguments(site):
        for leaf in tree.flatten(given.value):
            if _is_text(leaf) and site is not None and not _reads_text(model_of(evidence, site)):
                return found("text_as_data", given=given.text)
    return None


def _is_text(leaf: Any) -> bool:
    if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "OUS":
        return leaf.size > 0 and isinstance(leaf.flat[0], (str, bytes))
    return isinstance(leaf, str)


def _is_list_of_numbers(value: Any) -> bool:
    if not isinstance(value, (list, tuple)):
        return False
    leaves = tree.flatten(value)
    return bool(leaves) and all(isinstance(leaf, (int, float)) for leaf in leaves)


def _reads_text(model: keras.Model) -> bool:
    readers = (keras.layers.TextVectorization, keras.layers.StringLookup)
    return any(isinstance(layer, readers) for layer in model.layers)


def lists_instead_of_arrays(evidence: Evidence) -> Finding | None:
    site = data_site(evidence)
    for given in _arguments(site):
        if site is not None and _is_list_of_numbers(given.value):
            method = getattr(site.function, "__name__", "the model")
            return found("lists_instead_of_arrays", given=given.text, method=method)
    return None


def unknown_input_name(evidence: Evidence) -> Finding | None:
    """A dict of arrays with a key that is no input's name, while an input is left without."""
    site = data_site(evidence)
    given = site.argument(0, "x") if site else None
    if site is None or not isinstance(given, Mapping) or not _input_shapes(evidence, site):
        return None
    model = model_of(evidence, site)
    names = _input_names(model)
    strange, left = [key for key in given if key not in names], [name for name in names if name not in given]
    if not strange or not left:
        return None
    close = next(iter(difflib.get_close_matches(str(strange[0]), left, 1, 0.5)), left[0])
    return found(
        "unknown_input_name",
        model=evidence.name(model),
        given=repr(strange[0]),
        known=", ".join(map(repr, names)),
        wanted=repr(close),
    )


def number_of_inputs(evidence: Evidence) -> Finding | None:
    site = data_site(evidence)
    shapes = _input_shapes(evidence, site)
    given = _given_inputs(evidence, site)
    if site is None or not shapes or given is None or len(given) == len(shapes):
        return None
    model = model_of(evidence, site)
    return found(
        "number_of_inputs",
        model=evidence.name(model),
        wanted=len(shapes),
        given=len(given),
        order=", ".join(_input_names(model)),
    )


def data_shape(evidence: Evidence) -> Finding | None:
    """The data does not have the shape of the inputs; with two inputs, perhaps only their order is wrong."""
    site = data_site(evidence)
    shapes, given = _input_shapes(evidence, site), _given_inputs(evidence, site)
    if site is None or not shapes or given is None or len(given) != len(shapes):
        return None
    got = [shape_of(leaf) for leaf in given]
    wrong = [i for i, (a, b) in enumerate(zip(got, shapes, strict=True)) if a is not None and not _fits(a, b)]
    if not wrong:
        return None
    model = model_of(evidence, site)
    names = _input_names(model)
    if len(given) > 1 and _fits_in_some_order(got, shapes):
        first = names[wrong[0]]
        return found("input_order", first=first, data=shape_text(got[wrong[0]]), order=", ".join(names))
    have, want = got[wrong[0]], shapes[wrong[0]]
    return found(
        "data_shape",
        data=shape_text(have),
        model=names[wrong[0]] if len(names) > 1 else evidence.name(model),
        wanted=shape_text(want),
        suggestion=_shape_suggestion(have or (), want),
    )


def _shape_suggestion(have: Shape, want: Shape) -> str:
    lengths = [n for n in want[1:] if n is not None]
    size = int(np.prod([n for n in have[1:] if n is not None])) if have else 0
    if len(have) == len(want) - 1 and (_fits((1, *have), want)):
        return "This is one sample without the batch axis: put x[None] in, or np.expand_dims(x, 0)."
    if len(want) == len(have) + 1 and lengths and lengths[-1] == 1:
        return "Add the channel axis: x[..., None]."
    if len(lengths) == len(want) - 1 and size == int(np.prod(lengths)):
        return f"The same numbers fit after x.reshape(-1, {', '.join(map(str, want[1:]))}), or with a Flatten in front."
    return f"Begin the model with keras.Input(shape={tuple(have[1:])}), or bring the data to the shape it wants."


def labels_missing(evidence: Evidence) -> Finding | None:
    site = _innermost_training(evidence)
    if site is None or "*" in site.text or _has_own_step(evidence.model):
        return None
    x, model = site.argument(0, "x"), evidence.model
    given = len(site.args) > 1 or "y" in site.keywords
    if (given and site.argument(1, "y") is not None) or not is_data(x) or getattr(model, "loss", None) is None:
        return None
    text = site.keywords["x"].text if "x" in site.keywords else site.args[0].text
    return found("labels_missing", model=evidence.name(model), method=site.function.__name__, data=text)


def loss_missing(evidence: Evidence) -> Finding | None:
    site, model = _innermost_training(evidence), evidence.model
    if site is None or not getattr(model, "compiled", False) or model.loss is not None or model.losses:
        return None
    if _has_own_step(model) or evidence.failed is not None:
        return None
    return found("loss_missing", model=evidence.name(model), method=site.function.__name__)


def _innermost_training(evidence: Evidence) -> Site | None:
    """The line that trains, where no line of the learner's own, as of a callback, is further in; and Keras refused."""
    site = training_site(evidence)
    refused = isinstance(evidence.error, (ValueError, TypeError, AttributeError, KeyError))
    return site if refused and site is evidence.site else None


def _has_own_step(model: Any) -> bool:
    """Whether a class of the learner's says itself how it is trained."""
    return any({"train_step", "compute_loss"} & vars(cls).keys() for cls in type(model).__mro__ if not of_keras(cls))


def labels_for_each_output(evidence: Evidence) -> Finding | None:
    """One array of labels for a model with several outputs."""
    site = _innermost_training(evidence)
    y = _x_and_y(site)[1]
    outputs = getattr(evidence.model, "outputs", None) or []
    if site is None or y is None or len(y) >= len(outputs):
        return None
    order = ", ".join(evidence.model.output_names)
    return found(
        "labels_for_each_output", model=evidence.name(evidence.model), wanted=len(outputs), given=len(y), order=order
    )


def stateful_batch(evidence: Evidence) -> Finding | None:
    """A stateful layer that gets a batch of another size, most often the last."""
    site = evidence.method("fit", "evaluate", "predict")
    site = site if site is evidence.site else None
    shapes, given = _input_shapes(evidence, site), _given_inputs(evidence, site)
    if site is None or not shapes or not given or shapes[0][0] is None:
        return None
    layer = next((one for one in evidence.model.layers if getattr(one, "stateful", False)), None)
    size, samples = shapes[0][0], (shape_of(given[0]) or (None,))[0]
    batch = site.argument(1 if site.function.__name__ == "predict" else 2, "batch_size")
    batch = 32 if isinstance(batch, Unknown) or batch is None else batch
    if layer is None or samples is None or (batch == size and samples % size == 0):
        return None
    whole = samples - samples % size
    wrong = batch if whole == samples else samples % size
    suggestion = f"Pass batch_size={size}" + ("." if whole == samples else f", and {whole} samples: x[:{whole}].")
    return found("stateful_batch", layer=layer.name, wanted=size, given=wrong, suggestion=suggestion)


def beyond_vocabulary(evidence: Evidence) -> Finding | None:
    """Word numbers for which an Embedding has no row."""
    site = data_site(evidence)
    shapes, given = _input_shapes(evidence, site), _given_inputs(evidence, site)
    if site is None or not shapes or not given or len(given) != len(shapes):
        return None
    for tensor, array in zip(model_of(evidence, site).inputs, given, strict=True):
        for node in tensor._keras_history.operation._outbound_nodes:
            layer = node.operation
            if isinstance(layer, keras.layers.Embedding):
                beyond = beyond_units(array, layer.input_dim, "beyond_vocabulary")
                if beyond is not None:
                    return replace(beyond, values={**beyond.values, "layer": layer.name})
    return None


def different_lengths(evidence: Evidence) -> Finding | None:
    site = training_site(evidence)
    x, y = _x_and_y(site)
    if x is None or y is None:
        return None
    lengths = [shape[0] for leaf in (*x, *y) if (shape := shape_of(leaf))]
    if len(set(lengths)) > 1 and len(y) == 1 and lengths[0] != lengths[-1]:
        return found("different_lengths", x=lengths[0], y=lengths[-1])
    return None


def labels_do_not_fit_loss(evidence: Evidence) -> Finding | None:
    site = training_site(evidence)
    labels, output, loss = _labels(site), _output_shape(evidence), _loss(evidence)
    if labels is None or output is None or not loss:
        return None
    shape = shape_of(labels) or ()
    units = output[-1] if output else None
    sparse = "sparse" in loss.lower()
    flat = len(shape) == 1 or (len(shape) == 2 and shape[1] == 1)
    if len(output) > 2 and len(shape) < len(output) - (1 if sparse else 0) and (flat or len(shape) == 2):
        return found("output_has_more_axes", output=shape_text(output), labels=shape_text(shape))
    if sparse and not flat and len(shape) == len(output) and shape[-1] == units:
        return found("one_hot_labels_not_sparse", labels=shape_text(shape), loss=loss)
    if sparse and flat:
        return beyond_units(labels, units, "labels_beyond_units")
    if "categorical" in loss.lower() and not sparse and flat and units and units > 1:
        return found("integer_labels_need_sparse", labels=shape_text(shape), loss=loss, units=units)
    if not sparse and len(shape) <= len(output) and not _fits(_padded(shape, len(output)), output):
        return found("output_shape", output=shape_text(output), labels=shape_text(shape), loss=loss)
    return None


def beyond_units(labels: Any, units: int | None, mistake: str) -> Finding | None:
    """Class numbers for which the last layer has no unit."""
    numbers = np.asarray(labels)
    if units is None or not numbers.size or numbers.dtype.kind not in "iuf" or not np.isfinite(numbers).all():
        return None
    largest = int(numbers.max())
    if largest < units:
        return None
    return found(mistake, largest=largest, units=units, last=units - 1, needed=largest + 1)


def _padded(shape: Shape, axes: int) -> Shape:
    return (*shape, *(1,) * (axes - len(shape)))


def _labels(site: Site | None) -> Any:
    y = _x_and_y(site)[1]
    return y[0] if y and len(y) == 1 and is_data(y[0]) else None


def _x_and_y(site: Site | None) -> tuple[list[Any] | None, list[Any] | None]:
    if site is None:
        return None, None
    x, y = site.argument(0, "x"), site.argument(1, "y")
    return _arrays(x), _arrays(y)


def _arrays(value: Any) -> list[Any] | None:
    leaves = tree.flatten(value)
    return leaves if leaves and all(is_data(leaf) for leaf in leaves) else None


def _arguments(site: Site | None) -> list[Given]:
    if site is None:
        return []
    named = [given for name, given in site.keywords.items() if name in ("x", "y", "inputs")]
    return [given for given in (*site.args[:2], *named) if not isinstance(given.value, Unknown)]


def _given_inputs(evidence: Evidence, site: Site | None) -> list[Any] | None:
    """The arrays in the order of the inputs."""
    if site is None or not _input_shapes(evidence, site):
        return None
    value = site.argument(0, "x")
    if _is_list_of_numbers(value):
        return None
    if isinstance(value, Mapping):
        names = _input_names(model_of(evidence, site))
        return _arrays([value[name] for name in names if name in value])
    return _arrays(value)


def _input_shapes(evidence: Evidence, site: Site | None) -> list[Shape] | None:
    if site is None:
        return None
    try:
        inputs = model_of(evidence, site).inputs
    except AttributeError:
        return None
    return [tuple(tensor.shape) for tensor in inputs] if inputs else None


def _input_names(model: keras.Model) -> list[str]:
    return [tensor._keras_history.operation.name for tensor in model.inputs]


def _output_shape(evidence: Evidence) -> Shape | None:
    try:
        outputs = evidence.model.outputs
    except AttributeError:
        return None
    return tuple(outputs[0].shape) if outputs and len(outputs) == 1 else None


def _loss(evidence: Evidence) -> str:
    loss = getattr(evidence.model, "loss", None)
    if isinstance(loss, str):
        return loss
    return getattr(loss, "name", None) or getattr(loss, "__name__", "") or ""


def _fits(have: Shape, want: Shape) -> bool:
    return len(have) == len(want) and all(None in (a, b) or a == b for a, b in zip(have[1:], want[1:], strict=True))


def _fits_in_some_order(got: list[Shape | None], shapes: list[Shape]) -> bool:
    left = list(shapes)
    for have in got:
        match = next((want for want in left if have is not None and _fits(have, want)), None)
        if match is None:
            return False
        left.remove(match)
    return True


RULES = (
    fit_before_compile,
    text_as_data,
    lists_instead_of_arrays,
    unknown_input_name,
    number_of_inputs,
    data_shape,
    labels_missing,
    loss_missing,
    labels_for_each_output,
    stateful_batch,
    beyond_vocabulary,
    different_lengths,
    labels_do_not_fit_loss,
)
