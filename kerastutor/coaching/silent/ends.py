"""How a model ends: each output with the layer that makes it, and its loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers, tree

from kerastutor.coaching.silent.cell import activation_of
from kerastutor.models.keras_inside import maker


@dataclass(frozen=True)
class End:
    """An output of a model that was compiled.

    Attributes:
        words: what it is called at the beginning of a sentence.
        layer: the layer that makes it.
        given: the loss it is trained with, as it was given.
    """

    words: str
    layer: Any
    given: Any

    @property
    def activation(self) -> str:
        """The name of the activation at the end; empty where the layer is of another kind."""
        if isinstance(self.layer, layers.Softmax):
            return "softmax"
        return activation_of(self.layer) if isinstance(self.layer, (layers.Dense, layers.Activation)) else ""

    @property
    def loss(self) -> str:
        """The name of a loss of Keras; empty for none and for the learner's own, which may do anything."""
        if isinstance(self.given, str):
            return self.given
        function = getattr(self.given, "fn", self.given)  # of an object like MeanSquaredError(), or itself
        own = function if function is self.given else type(self.given)
        of_keras = all(str(getattr(one, "__module__", "")).startswith("keras.") for one in (own, function))
        return str(getattr(function, "__name__", "")) if of_keras else ""

    @property
    def logits(self) -> bool:
        """Whether the loss is told that it gets numbers before softmax or sigmoid."""
        return bool(getattr(self.given, "from_logits", False))

    @property
    def units(self) -> int | None:
        return getattr(self.layer, "units", None)


def ends(model: Any) -> list[End]:
    """The outputs of a model with their losses, as far as both are known."""
    given, last = getattr(model, "loss", None), last_layer(model)
    if last is not None:
        losses = tree.flatten(given)
        return [End("The last layer", last, losses[0])] if len(losses) == 1 else []
    outputs = getattr(model, "output", None)
    if not isinstance(outputs, dict):
        outputs = dict(enumerate(tree.flatten(outputs)))
    found = [(maker(tensor), _loss_for(given, key, tensor)) for key, tensor in outputs.items() if tensor is not None]
    return [End(f"The output {layer.name}", layer, loss) for layer, loss in found if loss is not None]


def last_layer(model: Any) -> Any:
    """The layer that makes the only output, or None."""
    if isinstance(model, keras.Sequential):
        return model.layers[-1] if model.layers else None
    outputs = getattr(model, "outputs", None) or []
    return maker(outputs[0]) if len(outputs) == 1 else None


def _loss_for(given: Any, key: Any, tensor: Any) -> Any:
    if isinstance(given, Mapping):
        return given.get(key, given.get(maker(tensor).name))
    return given[key] if isinstance(given, (list, tuple)) and isinstance(key, int) and key < len(given) else None
