"""What a recogniser found, and the words its hints are filled with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kerastutor.exercises.case import Case, Net, is_merge
from kerastutor.knowledge import facts
from kerastutor.topology.finding import Finding
from kerastutor.topology.graph import Json, Port, Ref
from kerastutor.topology.sameness.normal import Node
from kerastutor.topology.wording import listing, tensor_name


@dataclass(frozen=True)
class Sighting:
    """A mistake in one place, by the nodes of a case, and which of them it explains.

    Attributes:
        mistake: its id in the catalogue.
        here: the learner's nodes to look at first.
        there: words for the place it belongs to.
        code: a line of Keras that fixes it.
        beside: further nodes of the learner's that the place consists of.
        name: the name of what was written and does not count, where that is what `here` means.
        ours, theirs: the learner's nodes and the answer's that this explains: they are no longer looked at.
    """

    mistake: str
    here: tuple[str, ...]
    there: str
    code: str
    beside: tuple[str, ...] = ()
    name: str = ""
    ours: Sequence[str] = ()
    theirs: Sequence[str] = ()


def told(case: Case, sighting: Sighting) -> Finding:
    """What the learner reads of it."""
    here = f"`{sighting.name}`" if sighting.name else names(case, sighting.here)
    words = {"here": here, "there": sighting.there, "code": sighting.code}
    calls = tuple(dict.fromkeys(case.mine(node).origin for node in (*sighting.here, *sighting.beside)))
    tensors = tuple(Ref(case.mine(node).origin) for node in sighting.beside)
    return Finding(sighting.mistake, words, calls, tensors)


def names(case: Case, nodes: Iterable[str]) -> str:
    """The learner's nodes in words, each once."""
    found = list(dict.fromkeys(case.name(node) for node in nodes))
    return listing(found) if found else "the input"


def taken(case: Case, our: str, *sources: str) -> str:
    """The tensors that one of the learner's calls takes, or of them those of `sources`, in words."""
    refs = dict.fromkeys(ref for ref in case.mine(our).tensors if not sources or ref.call in sources)
    if not refs:
        return "the input"
    if all(case.mine(ref.call).width == 1 for ref in refs):
        return f"what {names(case, (ref.call for ref in refs))} {'returns' if len(refs) == 1 else 'return'}"
    return listing([tensor_name(case.learner, Ref(case.mine(ref.call).origin, ref.index)) for ref in refs])


def between(case: Case, their: str) -> str:
    """Where in the learner's network a missing node of the answer belongs."""
    before, after = case.come_from(their), case.go_to(their)
    if not after:
        return f"the end, after {names(case, before)}"
    if not before:
        return f"the beginning, before {names(case, after)}"
    return f"the arrow from {names(case, before)} to {names(case, after)}"


def around(case: Case, their: str) -> tuple[str, ...]:
    """The learner's nodes next to the place of a missing node, those before it first."""
    near = dict.fromkeys((*case.come_from(their), *case.go_to(their)))
    return tuple(near) or tuple(list(case.ours.nodes)[:1])


def written(case: Case, their: str) -> str:
    """A call of the answer as one line of Keras, on the learner's tensors."""
    given = [bare(case, node) for node in case.come_from(their)]
    node = case.theirs.nodes[their]
    inside = ", ".join(given)
    return f"`{layer(node, case.theirs)}({f'[{inside}]' if is_merge(node) else inside})`"


def layer(node: Node, side: Net) -> str:
    """A layer as it is created, with the activation that it brings on its side."""
    kind = node.kind.removeprefix("ops.")
    required = [name for name in facts(kind).parameters if name in node.config][:1]
    parts = [_value(node.config[name]) for name in required]
    parts += [f"{name}={_value(value)}" for name, value in node.config.items() if name not in required]
    brought = [other.config for other in side.nodes.values() if other.origin == node.origin and other is not node]
    parts += [f"activation={_value(config['activation'])}" for config in brought if "activation" in config]
    parts += [] if node.trainable else ["trainable=False"]
    return f"keras.layers.{kind}({', '.join(parts)})"


def call_on(case: Case, our: str, *sources: str) -> str:
    """A call of the learner's layer on other tensors of theirs."""
    given = ", ".join(bare(case, source) for source in sources)
    return f"`{bare(case, our)} = {_made(case, our)}({f'[{given}]' if len(sources) > 1 else given})`"


def bare(case: Case, our: str) -> str:
    """The name of the learner's layer, as a variable might be called."""
    return case.learner.layer_of(case.mine(our).origin).name


def setting(case: Case, our: str, *parameters: str) -> str:
    """The settings of the answer for one of the learner's layers."""
    config = {**_switched_back(case.mine(our).config, parameters), **case.asked(our).config}
    parts = [f"{name}={_value(config[name])}" if name in config else f"{name} left out" for name in parameters]
    return f"`{', '.join(parts)}`"


def left_out(case: Case, our: str) -> str:
    """What to write where a call is one too many: its users take what it took."""
    sources = [bare(case, source) for source in case.ours.sources[our]]
    return f"go on with `{', '.join(sources)}` in its place" if sources else "build the model without it"


def model_of(case: Case, inputs: Iterable[str] | None = None, outputs: Iterable[str] | None = None) -> str:
    """The line that makes the model."""
    given = [ref.call for ref in _tensors(case.ours.inputs)] if inputs is None else list(inputs)
    made = [ref.call for ref in _tensors(case.ours.outputs)] if outputs is None else list(outputs)
    return f"`keras.Model({_list(case, given)}, {_list(case, made)})`"


def ports_written(case: Case, mine: Sequence[Port], keys: Sequence[str | None]) -> str:
    """The learner's inputs or outputs as they are asked for: in a dict under these names, or in a list."""
    tensors = [bare(case, port.tensor.call) for port in mine]
    if None not in keys:
        named = ", ".join(f'"{key}": {tensor}' for key, tensor in zip(keys, tensors, strict=True))
        return f"a dict, `{{{named}}}`"
    return f"no dict, `{tensors[0]}`" if len(tensors) == 1 else f"a list, `[{', '.join(tensors)}]`"


def constants(node: Node) -> dict[str, str]:
    """What a call is given beside tensors, each as it is written; where the order does not count, by value."""
    given = [(slot, value) for slot, value in node.arguments if not isinstance(value, Ref)]
    plain = node.commutative or node.kind.startswith("ops.")
    told = {slot: _value(value) if plain or "." in slot else f"{slot}={_value(value)}" for slot, value in given}
    return dict(zip(map(str, range(len(told))), sorted(told.values()), strict=True)) if node.commutative else told


def _tensors(ports: Iterable[object]) -> list[Ref]:
    return [port.tensor for port in ports]  # type: ignore[attr-defined]


def _list(case: Case, nodes: list[str]) -> str:
    told = [bare(case, node) for node in nodes]
    return told[0] if len(told) == 1 else f"[{', '.join(told)}]"


def _made(case: Case, our: str) -> str:
    return layer(case.asked(our), case.theirs) if our in case.pair else layer(case.mine(our), case.ours)


def _switched_back(config: Mapping[str, Json], parameters: Iterable[str]) -> dict[str, Json]:
    """The switches of a layer the other way round: how Keras has them, where the answer does not name them."""
    return {name: not config[name] for name in parameters if isinstance(config.get(name), bool)}


def _value(value: Json) -> str:
    if isinstance(value, dict) and list(value) == ["slice"]:
        start, stop, step = ("" if part is None else str(part) for part in value["slice"])
        return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"
    if isinstance(value, list):
        return f"({', '.join(_value(item) for item in value)})"
    return f'"{value}"' if isinstance(value, str) else repr(value)
