"""What an exercise asks for beyond the graph, in the words of the field.

Each requirement is a small frozen class, named as it reads in a declaration (`shares("encoder", times=2)`), with one
question, `unmet(topology, evidence)`: None when it holds, otherwise one sentence for the learner. `evidence` holds what
was measured in training (such as `{"accuracy": 0.93}`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar, Protocol

from kerastutor.topology.graph import Call, Json, Topology


class Requirement(Protocol):
    """Something a topology has or has not."""

    word: ClassVar[str]

    def unmet(self, topology: Topology, evidence: Mapping[str, float]) -> str | None:
        """None when it holds, otherwise one sentence."""


@dataclass(frozen=True)
class shares:
    """The layer or nested model called `layer` (a name or a kind) is called at least `times` times."""

    layer: str
    times: int = 2
    word: ClassVar[str] = "shares"

    def unmet(self, topology: Topology, evidence: Mapping[str, float]) -> str | None:
        if max(_times_called(topology, self.layer), default=0) >= self.times:
            return None
        return f"One `{self.layer}` has to be created once and called {_times(self.times)}."


@dataclass(frozen=True)
class residual:
    """An Add takes a tensor together with what `over` or more layers with weights made of it."""

    over: int = 1
    word: ClassVar[str] = "residual"

    def unmet(self, topology: Topology, evidence: Mapping[str, float]) -> str | None:
        if any(_skips_over(topology, call, self.over) for call in topology.calls if _adds(topology, call)):
            return None
        return f"No shortcut goes past {self.over} layer(s) with weights into an addition."


@dataclass(frozen=True, init=False)
class inputs:
    """The inputs are named so, in this order."""

    names: tuple[str, ...]
    word: ClassVar[str] = "inputs"

    def __init__(self, *names: str) -> None:
        object.__setattr__(self, "names", names)

    def unmet(self, topology: Topology, evidence: Mapping[str, float]) -> str | None:
        found = tuple(port.key or topology.layer_of(port.tensor.call).name for port in topology.inputs)
        return None if found == self.names else f"The inputs have to be named {_listed(self.names)}, in this order."


@dataclass(frozen=True, init=False)
class outputs:
    """The outputs are named so (by key, or by the layer that makes them), in this order."""

    names: tuple[str, ...]
    word: ClassVar[str] = "outputs"

    def __init__(self, *names: str) -> None:
        object.__setattr__(self, "names", names)

    def unmet(self, topology: Topology, evidence: Mapping[str, float]) -> str | None:
        found = tuple(port.key or topology.layer_of(port.tensor.call).name for port in topology.outputs)
        return None if found == self.names else f"The outputs have to be named {_listed(self.names)}, in this order."


@dataclass(frozen=True)
class parameters:
    """The model has at most `max` (and at least `min`) parameters."""

    max: int | None = None
    min: int = 0
    word: ClassVar[str] = "parameters"

    def unmet(self, topology: Topology, evidence: Mapping[str, float]) -> str | None:
        count = topology.parameters
        if count is None:
            return "The parameters could not be counted; build the model first by giving it an Input."
        if self.max is not None and count > self.max:
            return f"The model has {count:,} parameters; at most {self.max:,} are allowed."
        if count < self.min:
            return f"The model has {count:,} parameters; at least {self.min:,} are asked for."
        return None


@dataclass(frozen=True)
class trains_to:
    """Training in this process, or by a trusted one, reached at least this validation accuracy (0 to 1)."""

    accuracy: float
    word: ClassVar[str] = "trains_to"

    def unmet(self, topology: Topology, evidence: Mapping[str, float]) -> str | None:
        reached = evidence.get("accuracy")
        if reached is None:
            return (
                "Train the model with validation data, then check again: "
                f"it has to reach {self.accuracy:.0%} validation accuracy."
            )
        if reached < self.accuracy:
            asked = f"{self.accuracy:.0%} is asked for"
            return f"It reached {reached:.1%} validation accuracy; {asked}. Train it a little longer."
        return None


WORDS: Mapping[str, type[Requirement]] = {
    kind.word: kind for kind in (shares, residual, inputs, outputs, parameters, trains_to)
}


def to_plain(requirement: Requirement) -> Json:
    """`["shares", {"layer": "encoder", "times": 2}]`; `from_plain` reads it back."""
    fields = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(requirement).items()}  # type: ignore[call-overload]
    return [requirement.word, fields]


def from_plain(plain: Json) -> Requirement:
    """Read what `to_plain` wrote."""
    word, fields = plain
    if word in ("inputs", "outputs"):
        return WORDS[word](*fields["names"])
    return WORDS[word](**fields)


def _times_called(topology: Topology, name: str) -> list[int]:
    layers = [
        len(topology.calls_of[layer.id]) for layer in topology.layers if name in (layer.id, layer.name, layer.kind)
    ]
    models = [scope.layer for scope in topology.scopes if name in (scope.id, scope.name, scope.layer)]
    return layers + [models.count(layer) for layer in set(models)]


def _adds(topology: Topology, call: Call) -> bool:
    return topology.layer_of(call.id).kind in ("Add", "ops.Add") and len(call.tensors) > 1


def _skips_over(topology: Topology, merge: Call, over: int) -> bool:
    """Whether two operands of the merge are `over` or more layers with weights apart on some path."""
    operands = {ref.call for ref in merge.tensors}
    for start in operands:
        passed = {start: 0}
        for call in topology.calls:
            reached = [passed[ref.call] for ref in call.tensors if ref.call in passed]
            if reached and call.id != start:
                passed[call.id] = max(reached) + (topology.layer_of(call.id).owns == "weights")
        if any(passed.get(other, -1) >= over for other in operands - {start}):
            return True
    return False


def _times(count: int) -> str:
    return {1: "once", 2: "twice", 3: "three times"}.get(count, f"{count} times")


def _listed(names: tuple[str, ...]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
