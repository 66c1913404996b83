"""A cell that ran without an error, and what the rules ask of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
from keras import KerasTensor, tree

from kerastutor.building.diagnoses.finding import Finding
from kerastutor.building.tensors import producer_name
from kerastutor.models.recording import Record, RecordedCall


@dataclass(frozen=True)
class Cell:
    """A cell that ran without an error.

    Attributes:
        source: what was run.
        record: what Keras did.
        namespace: the names as they are now.
    """

    source: str
    record: Record
    namespace: Mapping[str, Any]

    @cached_property
    def models(self) -> list[tuple[str, Any]]:
        """The models of this cell with their names: those it made, and those it gave data."""
        made = {id(entry.layer) for entry in self.record.created}
        used = {id(trained.model) for trained in self.record.trained}
        named = {id(value): name for name, value in self.namespace.items() if is_model(value) and name[:1] != "_"}
        return [(name, self.namespace[name]) for key, name in named.items() if key in made or key in used]

    @cached_property
    def calls(self) -> list[RecordedCall]:
        """The calls of the learner's own lines, not those that Keras made while it built a Sequential."""
        return [call for call in self.record.calls if call.stack is None]

    def name(self, thing: Any) -> str:
        """The learner's variable for it, else its own name."""
        found = (name for name, value in self.namespace.items() if value is thing and not name.startswith("_"))
        return next(found, None) or (producer_name(thing) if isinstance(thing, KerasTensor) else thing.name)


Rule = Callable[[Cell], Iterator[Finding]]
"""A rule finds the places where one mistake was made."""


def is_model(thing: Any) -> bool:
    return isinstance(thing, keras.Model)


def is_functional(model: Any) -> bool:
    return is_model(model) and not isinstance(model, keras.Sequential) and hasattr(model, "operations")


def tensors_of(call: RecordedCall) -> list[KerasTensor]:
    return [leaf for leaf in tree.flatten((call.args, dict(call.kwargs))) if isinstance(leaf, KerasTensor)]


def activation_of(layer: Any) -> str:
    return getattr(getattr(layer, "activation", None), "__name__", "linear")


def last_layer(model: Any) -> Any:
    """The layer that makes the only output, or None."""
    if isinstance(model, keras.Sequential):
        return model.layers[-1] if model.layers else None
    outputs = getattr(model, "outputs", None) or []
    return outputs[0]._keras_history.operation if len(outputs) == 1 else None


def loss_of(model: Any) -> str:
    loss = getattr(model, "loss", None)
    if isinstance(loss, str):
        return loss
    return str(getattr(loss, "name", None) or getattr(loss, "__name__", "") or "")
