"""Layers of the learner's own: classes registered with Keras, or defined in the notebook."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping

import keras

from kerastutor.models.describing import class_kind
from kerastutor.models.recording import of_keras


def own_layers() -> Mapping[str, type[keras.Layer]]:
    """The classes by their kind, as they are now: running a cell again makes another class of the same kind."""
    known = [*keras.saving.get_custom_objects().values(), *vars(sys.modules["__main__"]).values()]
    return {class_kind(cls): cls for cls in known if _is_own(cls)}


def layer_class(kind: str) -> type[keras.Layer] | None:
    """The class of a kind, Keras' or the learner's own; None where there is none."""
    return getattr(keras.layers, kind, None) or own_layers().get(kind)


def taken_by(kind: str) -> tuple[str, ...]:
    """The parameters of the `call` of a class of the learner's own for which there is no default."""
    cls = own_layers().get(kind)
    parameters = list(inspect.signature(cls.call).parameters.values())[1:] if cls else []
    return tuple(p.name for p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD)


def _is_own(thing: object) -> bool:
    is_layer = inspect.isclass(thing) and issubclass(thing, keras.Layer) and not issubclass(thing, keras.Model)
    return is_layer and not of_keras(thing)  # type: ignore[arg-type]
