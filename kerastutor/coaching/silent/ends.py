"""How a model ends: each output with the layer that makes it, and its loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keras import tree

from kerastutor.coaching.silent.cell import Cell
from kerastutor.topology.graph import Layer, Topology


@dataclass(frozen=True)
class End:
    """An output of a model that was compiled.

    Attributes:
        words: what it is called at the beginning of a sentence.
        layer: the layer that makes it.
        given: the loss it is trained with, as it was given.
    """

    words: str
    layer: Layer
    given: Any

    @property
    def activation(self) -> str:
        """The name of the activation at the end; empty where the layer is of another kind."""
        if self.layer.kind == "Softmax":
            return "softmax"
        kind, config = self.layer.kind, self.layer.config
        return str(config.get("activation", "linear")) if kind in ("Dense", "Activation") else ""

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
        """How many numbers it has, where it is a Dense."""
        return self.layer.config.get("units")


def ends(model: Any, cell: Cell) -> list[End]:
    """The outputs of a model of the cell with their losses, as far as both are known."""
    network, loss = cell.networks.get(id(model)), getattr(model, "loss", None)
    return [] if network is None or loss is None else _ends_with(network.topology, loss)


def _ends_with(topology: Topology, loss: Any) -> list[End]:
    layers = [topology.layer_of(port.tensor.call) for port in topology.outputs]
    if len(layers) == 1:
        losses = tree.flatten(loss)
        return [End("The last layer", layers[0], losses[0])] if len(losses) == 1 else []
    found = [
        End(f"The output {layer.name}", layer, _loss_for(loss, place if port.key is None else port.key, layer))
        for place, (port, layer) in enumerate(zip(topology.outputs, layers, strict=True))
    ]
    return [end for end in found if end.given is not None]


def _loss_for(given: Any, key: int | str, layer: Layer) -> Any:
    if isinstance(given, Mapping):
        return given.get(key, given.get(layer.name))
    return given[key] if isinstance(given, (list, tuple)) and isinstance(key, int) and key < len(given) else None
