"""The symbolic arguments that a subclassed model is traced with.

Keras keeps little of how such a model was called. A call on `keras.Input` stays whole; of a call on data there is the
shape of the first argument. What `call` takes besides can be tried out: the layers know the shapes they were built for.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any

import keras
from keras import KerasTensor, tree

from kerastutor.models.keras_inside import calls_of, layers_within
from kerastutor.models.recording import names_kept

MOST_TRIES = 24
"""How many guesses at what a model was called with are worth the time."""

_OF_KERAS = ("training", "mask")


@dataclass(frozen=True, eq=False)
class CalledWith:
    """What a model is called with.

    Attributes:
        args, kwargs: the arguments; their tensors are inputs of their own, named after what `call` takes.
        guessed: whether the shape of some argument is a guess.
    """

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    guessed: bool = False

    @property
    def structure(self) -> Any:
        """Its one argument, or the list of all."""
        values = [*self.args, *self.kwargs.values()]
        return values[0] if len(values) == 1 else values

    def on(self, values: Sequence[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments with `values` in the place of its tensors, in order."""
        left = iter(values)
        return tree.map_structure(
            lambda leaf: next(left) if isinstance(leaf, KerasTensor) else leaf, (self.args, dict(self.kwargs))
        )


def possibly_given(model: keras.Model) -> Iterator[CalledWith]:
    """What a subclassed model may have been called with, the likeliest first; nothing where too little is known.

    >>> class Both(keras.Model):
    ...     def call(self, left, right):
    ...         return left + right
    >>> both = Both()
    >>> _ = both(keras.Input((3,)), keras.Input((1,)))
    >>> [(tensor.shape, tensor.name) for tensor in next(possibly_given(both)).args]
    [((None, 3), 'left'), ((None, 1), 'right')]
    """
    known = _known(model)
    needed, spare = _unknown(model, known)
    if not known or (needed and not _worn(model)):
        return
    if not needed:
        yield _given(model, known)
    for names in filter(None, (needed, [*needed, *spare])):
        guesses = product(_shapes_inside(model, known), repeat=len(names))
        for shapes in islice(guesses, MOST_TRIES):
            yield _given(model, {**known, **dict(zip(names, map(KerasTensor, shapes), strict=True))}, guessed=True)


def in_doubt(model: keras.Model) -> list[str]:
    """The arguments that `call` must be given and whose shapes Keras has not kept."""
    known = _known(model)
    return _unknown(model, known)[0] if known else []


def built_for(layer: keras.Layer) -> Any:
    """The shapes that a layer or model was built for, in the structure of its inputs; None where not known."""
    config = layer.get_build_config() if layer.built else None
    return None if not config else config.get("input_shape")


def _known(model: keras.Model) -> dict[str, Any]:
    """What is known of the arguments of `call`: tensors of their shapes and dtypes, and constants, by parameter.

    Where Keras could not build the model symbolically it keeps no shapes for it, but its first layer has some.
    """
    signature = inspect.signature(model.call)
    calls = calls_of(model)
    if calls:
        given = calls[-1].arguments
        kwargs = {name: value for name, value in given.kwargs.items() if name not in _OF_KERAS}
        return dict(signature.bind_partial(*given.args, **kwargs).arguments)
    config = model.get_build_config() if model.built else None
    if config and "shapes_dict" in config:
        return {name.removesuffix("_shape"): _tensors(shape) for name, shape in config["shapes_dict"].items()}
    shape = built_for(model) or next(filter(None, map(built_for, model.layers)), None)
    if shape is None or not signature.parameters:
        return {}
    first, tensors = next(iter(signature.parameters.values())), _tensors(shape)
    spread = first.kind is first.VAR_POSITIONAL and isinstance(tensors, KerasTensor)
    return {first.name: (tensors,) if spread else tensors}


def _tensors(shapes: Any) -> Any:
    with names_kept():
        return tree.map_shape_structure(lambda shape: None if shape is None else KerasTensor(shape), shapes)


def _unknown(model: keras.Model, known: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The parameters of `call` that nothing is known of: those that it needs, and those that may be left out."""
    parameters = [
        one
        for one in inspect.signature(model.call).parameters.values()
        if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
        and one.name not in known
        and not one.name.endswith(_OF_KERAS)
    ]
    needed = [one.name for one in parameters if one.default is one.empty]
    return needed, [] if calls_of(model) else [one.name for one in parameters if one.default is None]


def _worn(model: keras.Model) -> bool:
    """Whether the model has run: a guess must not be what its layers are built for."""
    inside = layers_within(model)
    return not inside or any(layer.built for layer in inside)


def _shapes_inside(model: keras.Model, known: Mapping[str, Any]) -> list[tuple[int | None, ...]]:
    shapes = [tensor.shape for tensor in tree.flatten(known) if isinstance(tensor, KerasTensor)]
    for built in filter(None, map(built_for, layers_within(model))):
        shapes += [tensor.shape for tensor in tree.flatten(_tensors(built)) if isinstance(tensor, KerasTensor)]
    return list(dict.fromkeys((None, *shape[1:]) for shape in shapes))


def _given(model: keras.Model, known: Mapping[str, Any], *, guessed: bool = False) -> CalledWith:
    signature = inspect.signature(model.call)
    with names_kept():
        inputs = {name: _inputs(name, known[name]) for name in signature.parameters if name in known}
    bound = inspect.BoundArguments(signature, inputs)  # type: ignore[arg-type]  # it is an OrderedDict in the stubs only
    return CalledWith(bound.args, bound.kwargs, guessed)


def _inputs(name: str, value: Any) -> Any:
    """The value with an input of its own for each tensor."""
    if isinstance(value, KerasTensor):
        return keras.Input(batch_shape=(None, *value.shape[1:]), dtype=value.dtype, name=name)
    if isinstance(value, Mapping):
        return {key: _inputs(str(key), item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        items = [_inputs(f"{name}_{place}", item) for place, item in enumerate(value)]
        return tuple(items) if isinstance(value, tuple) else items
    return value
