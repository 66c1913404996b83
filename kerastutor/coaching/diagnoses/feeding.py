"""Mistakes in the data that a model is fed: not numbers, for another input, of another shape; or it is not compiled."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import keras
import numpy as np
from keras import tree

from kerastutor.coaching.diagnoses.given import (
    Shape,
    beyond_units,
    data_arguments,
    data_site,
    given_inputs,
    input_names,
    input_shapes,
    is_list_of_numbers,
    model_of,
    training_site,
)
from kerastutor.coaching.evidence import Evidence
from kerastutor.coaching.sites import Unknown
from kerastutor.coaching.tensors import fits, shape_of, shape_text
from kerastutor.models.keras_inside import calls_fed_by, maker
from kerastutor.topology.finding import Finding, found


def fit_before_compile(evidence: Evidence) -> Finding | None:
    site = training_site(evidence)
    if site is None or getattr(evidence.model, "compiled", True):
        return None
    return found("fit_before_compile", model=evidence.name(evidence.model), method=site.function.__name__)


def text_as_data(evidence: Evidence) -> Finding | None:
    site = data_site(evidence)
    for given in data_arguments(site):
        for leaf in tree.flatten(given.value):
            if _is_text(leaf) and site is not None and not _reads_text(model_of(evidence, site)):
                return found("text_as_data", given=given.text)
    return None


def _is_text(leaf: Any) -> bool:
    if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "OUS":
        return leaf.size > 0 and isinstance(leaf.flat[0], (str, bytes))
    return isinstance(leaf, str)


def _reads_text(model: keras.Model) -> bool:
    readers = (keras.layers.TextVectorization, keras.layers.StringLookup)
    return any(isinstance(layer, readers) for layer in model.layers)


def lists_instead_of_arrays(evidence: Evidence) -> Finding | None:
    site = data_site(evidence)
    for given in data_arguments(site):
        if site is not None and is_list_of_numbers(given.value):
            method = getattr(site.function, "__name__", "the model")
            return found("lists_instead_of_arrays", given=given.text, method=method)
    return None


def unknown_input_name(evidence: Evidence) -> Finding | None:
    """A dict of arrays with a key that is no input's name, while an input is left without."""
    site = data_site(evidence)
    given = site.argument(0, "x") if site else None
    if site is None or not isinstance(given, Mapping) or not input_shapes(evidence, site):
        return None
    model = model_of(evidence, site)
    names = input_names(model)
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
    shapes = input_shapes(evidence, site)
    given = given_inputs(evidence, site)
    if site is None or not shapes or given is None or len(given) == len(shapes):
        return None
    model = model_of(evidence, site)
    return found(
        "number_of_inputs",
        model=evidence.name(model),
        wanted=len(shapes),
        given=len(given),
        order=", ".join(input_names(model)),
    )


def data_shape(evidence: Evidence) -> Finding | None:
    """The data does not have the shape of the inputs; with two inputs, perhaps only their order is wrong."""
    site = data_site(evidence)
    shapes, given = input_shapes(evidence, site), given_inputs(evidence, site)
    if site is None or not shapes or given is None or len(given) != len(shapes):
        return None
    got = [shape_of(leaf) for leaf in given]
    wrong = [i for i, (a, b) in enumerate(zip(got, shapes, strict=True)) if a is not None and not fits(a, b)]
    if not wrong:
        return None
    model = model_of(evidence, site)
    names = input_names(model)
    if len(given) > 1 and _fits_in_some_order(got, shapes):
        first = names[wrong[0]]
        return found("data_order", first=first, data=shape_text(got[wrong[0]]), order=", ".join(names))
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
    if len(have) == len(want) - 1 and (fits((1, *have), want)):
        return "This is one sample without the batch axis: put x[None] in, or np.expand_dims(x, 0)."
    if len(want) == len(have) + 1 and lengths and lengths[-1] == 1:
        return "Add the channel axis: x[..., None]."
    if len(lengths) == len(want) - 1 and size == int(np.prod(lengths)):
        return f"The same numbers fit after x.reshape(-1, {', '.join(map(str, want[1:]))}), or with a Flatten in front."
    return f"Begin the model with keras.Input(shape={tuple(have[1:])}), or bring the data to the shape it wants."


def stateful_batch(evidence: Evidence) -> Finding | None:
    """A stateful layer that gets a batch of another size, most often the last."""
    site = evidence.method("fit", "evaluate", "predict")
    site = site if site is evidence.site else None
    shapes, given = input_shapes(evidence, site), given_inputs(evidence, site)
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
    shapes, given = input_shapes(evidence, site), given_inputs(evidence, site)
    if site is None or not shapes or not given or len(given) != len(shapes):
        return None
    for tensor, array in zip(model_of(evidence, site).inputs, given, strict=True):
        for node in calls_fed_by(maker(tensor)):
            layer = node.operation
            if isinstance(layer, keras.layers.Embedding):
                beyond = beyond_units(array, layer.input_dim, "beyond_vocabulary")
                if beyond is not None:
                    return replace(beyond, values={**beyond.values, "layer": layer.name})
    return None


RULES = (
    fit_before_compile,
    text_as_data,
    lists_instead_of_arrays,
    unknown_input_name,
    number_of_inputs,
    data_shape,
    stateful_batch,
    beyond_vocabulary,
)


def _fits_in_some_order(got: list[Shape | None], shapes: list[Shape]) -> bool:
    left = list(shapes)
    for have in got:
        match = next((want for want in left if have is not None and fits(have, want)), None)
        if match is None:
            return False
        left.remove(match)
    return True
