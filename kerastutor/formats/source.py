"""Python source from a topology: the program that builds the same network, in either API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from kerastutor.formats.calls import applied
from kerastutor.formats.expressions import Expressions, NotWritable, text
from kerastutor.formats.naming import Names
from kerastutor.formats.stacks import inner_topology
from kerastutor.knowledge import facts
from kerastutor.topology.graph import Call, Json, Layer, Port, Ref, Topology
from kerastutor.topology.ids import is_automatic
from kerastutor.topology.sequential import Reason, steps, why_not_sequential

__all__ = ["NotSequential", "NotWritable", "Program", "functional", "sequential", "written"]

_MODEL_NAMES = ("model", "functional", "sequential")


class NotSequential(ValueError):
    """A Sequential was asked for and the network cannot be one.

    Attributes:
        reasons: every call and arrow that forbids it.
    """

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        more = f" There are {len(reasons) - 1} more reasons." if len(reasons) > 1 else ""
        super().__init__(f"This network cannot be a Sequential: {reasons[0].sentence}{more}")
        self.reasons = reasons


@dataclass(frozen=True)
class Program:
    """A program, and which of its lines makes which call.

    Attributes:
        text: the source, ending with a newline; it leaves the model in `model`.
        line_of: for each call id the line, counted from 1. Calls that reach no output are not written.
    """

    text: str
    line_of: Mapping[str, int]


def functional(topology: Topology) -> str:
    """The program that builds the network with the functional API.

    >>> from kerastutor.topology.graph import Argument
    >>> x, dense = Layer("x", "Input", config={"shape": [None, 4]}), Layer("dense", "Dense", config={"units": 2})
    >>> calls = (Call("x", "x"), Call("dense", "dense", (Argument("inputs", Ref("x")),)))
    >>> print(functional(Topology((x, dense), calls, (Port(Ref("x")),), (Port(Ref("dense")),))))
    import keras
    from keras import layers
    <BLANKLINE>
    x = keras.Input(shape=(4,), name="x")
    outputs = layers.Dense(2)(x)
    model = keras.Model(x, outputs)
    <BLANKLINE>

    Raises:
        NotWritable: an input has no shape yet, or a layer is of a kind that has no name in a program.
    """
    return written(topology).text


def sequential(topology: Topology) -> str:
    """The program that builds the network as a Sequential.

    Raises:
        NotSequential: it cannot be one; `.reasons` says why.
        NotWritable: as for `functional`.
    """
    return written_as_stack(topology).text


def written(topology: Topology) -> Program:
    """The program with the functional API, and the line of each call."""
    writer = _Writer(topology)
    inputs, outputs = writer.graph(topology, "outputs")
    writer.model(f"keras.Model({inputs}, {outputs}{writer.model_name(topology.name)})", "model")
    return writer.source()


def written_as_stack(topology: Topology) -> Program:
    """The program with a Sequential, and the line of each call."""
    reasons = why_not_sequential(topology)
    if reasons:
        raise NotSequential(reasons)
    writer = _Writer(topology)
    writer.stack(topology)
    return writer.source()


class _Item(NamedTuple):
    """Lines of one entry, and which call stands in which of them, counted from 0."""

    lines: list[str]
    calls: dict[str, int]


@dataclass
class _Writer:
    """The program while it is written: its lines, variables, and what it has to import."""

    topology: Topology
    lines: list[str] = field(default_factory=list)
    line_of: dict[str, int] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    expressions: Expressions = field(default_factory=Expressions)

    def __post_init__(self) -> None:
        inputs = {layer.name for layer in self.topology.layers if layer.kind == "Input"}
        self.passing = self.names.fresh("h" if "x" in inputs else "x")
        self.classes = {layer.kind.rpartition(">")[2] for layer in self.topology.layers} | {"InputLayer", "KerasTensor"}
        self.times = Counter(layer.name for layer in self.topology.layers)
        self.variable_of: dict[str, str] = {}

    def source(self) -> Program:
        """All of it: imports and remarks first."""
        head = self.expressions.imports()
        if self.topology.partial:
            head += ["", f"# Only a part of the model: {ascii(self.topology.partial)[1:-1]}"]
        head += ["", *(f"# {remark}" for remark in self.expressions.remarks)]
        head += [""] if self.expressions.remarks else []
        shift = len(head)
        line_of = {call: line + shift for call, line in self.line_of.items()}
        return Program("\n".join([*head, *self.lines, ""]), MappingProxyType(line_of))

    def model(self, expression: str, variable: str) -> None:
        """The line that makes a model."""
        self.lines.append(f"{variable} = {expression}")

    def model_name(self, name: str) -> str:
        """`, name="..."` unless Keras names the model so itself."""
        return "" if is_automatic(name, _MODEL_NAMES) or not _is_layer_name(name) else f", name={text(name)}"

    def layer_name(self, layer: Layer) -> str | None:
        """The name to pass to a layer: none where Keras gives it by itself, or where two layers would get it."""
        if self.times[layer.name] > 1 or not _is_layer_name(layer.name) or is_automatic(layer.name, self.classes):
            return None
        return layer.name

    def graph(self, topology: Topology, result: str) -> tuple[str, str]:
        """Write the calls of a graph; its inputs and outputs as the arguments of `keras.Model`."""
        variables: dict[Ref, str] = {}
        plan = _Plan.of(topology)
        for call in plan.calls:
            layer = topology.layer[call.layer]
            if layer.kind == "Input":
                variables[Ref(call.id)] = self._input(layer, call.id)
                continue
            self._share(plan, layer)
            returned = self._variables(plan, call, layer, result)
            self._line(call.id, f"{', '.join(returned)} = {self._applied(call, layer, variables)}")
            variables |= {Ref(call.id, index): name for index, name in enumerate(returned)}
        return _structure(topology.inputs, variables), _structure(topology.outputs, variables)

    def stack(self, topology: Topology) -> None:
        """Write a Sequential, with the models it needs before it."""
        lines, calls = self._sequential(topology, self.model_name(topology.name))
        self.line_of |= {call: len(self.lines) + 1 + line for call, line in calls.items()}
        self.lines.extend([f"model = {lines[0]}", *lines[1:]])

    def _sequential(self, topology: Topology, named: str) -> _Item:
        """`keras.Sequential([...])`: its lines, and which call stands in which of them, counted from 0."""
        depth, close = ("        ", ["    ],", f"    {named[2:]},", ")"]) if named else ("    ", ["])"])
        lines = ["keras.Sequential(", "    ["] if named else ["keras.Sequential(["]
        calls: dict[str, int] = {}
        for step in steps(topology).values():
            item = self._item(topology, step)
            calls |= {call: len(lines) + line for call, line in item.calls.items()}
            lines.extend(f"{depth}{line}" for line in item.lines)
        return _Item([*lines, *close], calls)

    def _item(self, topology: Topology, step: Sequence[Call]) -> _Item:
        """One entry of a Sequential; none for an input whose shape is not known yet."""
        call = step[0]
        layer = topology.layer[call.layer]
        if call.scope:
            return self._nested(topology, step)
        if layer.kind == "Input":
            shape = _shape(layer, allow_unknown=True)
            known = shape is not None and call.id in self.topology.call
            return _Item([f"{self._input_expression(layer, shape)},"], {call.id: 0}) if known else _Item([], {})
        if layer.kind.startswith("ops.") and (activation := facts(layer.kind).activation):
            self.expressions.modules.add("layers")
            return _Item([f"layers.Activation({text(activation)}),"], {call.id: 0})
        return _Item([f"{self._created(layer)},"], {call.id: 0})

    def _nested(self, topology: Topology, step: Sequence[Call]) -> _Item:
        """A model inside a Sequential: a stack in its place, or a graph that is built before."""
        scope = step[0].scope[0]
        inner = inner_topology(topology, scope, step)
        name = next((other.name for other in topology.scopes if other.id == scope), scope)
        if not why_not_sequential(inner):
            lines, calls = self._sequential(inner, self.model_name(name))
            return _Item([*lines[:-1], f"{lines[-1]},"], calls)
        inputs, outputs = self.graph(inner, f"{name}_output")
        variable = self.names.fresh(name)
        self.model(f"keras.Model({inputs}, {outputs}{self.model_name(name)})", variable)
        self.lines.append("")
        return _Item([f"{variable},"], {})

    def _input(self, layer: Layer, call: str) -> str:
        shape = _shape(layer)
        automatic = is_automatic(layer.name, self.classes)
        if automatic and len(self.topology.inputs) == 1 and "inputs" not in self.names.taken:
            variable = "inputs"
            self.names.taken.add(variable)
        else:
            variable = self.names.fresh("input_1" if automatic else layer.name)
        self._line(call, f"{variable} = {self._input_expression(layer, shape)}")
        return variable

    def _input_expression(self, layer: Layer, shape: str | None) -> str:
        name = self.layer_name(layer)
        dtype = layer.config.get("dtype")
        given = [shape, f"dtype={text(dtype)}" if dtype else None, f"name={text(name)}" if name else None]
        return f"keras.Input({', '.join(part for part in given if part)})"

    def _share(self, plan: _Plan, layer: Layer) -> None:
        """A layer that is called several times is created once, before."""
        if layer.id in plan.shared and layer.id not in self.variable_of and not layer.kind.startswith("ops."):
            expression = self._created(layer)
            wanted = layer.name if self.layer_name(layer) else f"shared_{layer.name}"
            variable = self.variable_of[layer.id] = self.names.fresh(wanted)
            self.lines.append(f"{variable} = {expression}")

    def _created(self, layer: Layer) -> str:
        if layer.kind == "Lambda":
            self.expressions.modules.add("layers")
            variable = Names().fresh(f"function_of_{layer.name}")
            function = self.expressions.function(str(layer.config.get("function", "")), variable)
            rest = {name: value for name, value in layer.config.items() if name != "function"}
            name = self.layer_name(layer)
            named = [*self.expressions.keywords(rest), *([f"name={text(name)}"] if name else [])]
            return f"layers.Lambda({', '.join([function, *named])})"
        return self.expressions.layer(layer, self.layer_name(layer))

    def _applied(self, call: Call, layer: Layer, variables: Mapping[Ref, str]) -> str:
        created = None
        if not layer.kind.startswith("ops."):
            created = self.variable_of.get(layer.id) or self._created(layer)
        return applied(layer, call, created, variables, self.expressions)

    def _variables(self, plan: _Plan, call: Call, layer: Layer, result: str) -> list[str]:
        """What the tensors of a call are called: `x` where the next line takes it and nobody else does."""
        count = len(call.outputs)
        if count > 1:
            wanted = [f"{layer.name}_{index}" if index else layer.name for index in range(count)]
            used = [Ref(call.id, index) in plan.used for index in range(count)]
            return [self.names.fresh(name) if taken else "_" for name, taken in zip(wanted, used, strict=True)]
        if Ref(call.id) in plan.passing:
            return [self.passing]
        if plan.outputs == [Ref(call.id)]:
            free = result not in self.names.taken
            self.names.taken.add(result)
            return [result if free and result == "outputs" else self.names.fresh(result)]
        return [self.names.fresh(layer.name if self.layer_name(layer) else _short(layer))]

    def _line(self, call: str, line: str) -> None:
        self.lines.append(line)
        if call in self.topology.call:
            self.line_of[call] = len(self.lines)


@dataclass(frozen=True)
class _Plan:
    """What the writing of a graph depends on.

    Attributes:
        calls: those to write, in order.
        shared: layers that are called several times.
        used: tensors that somebody takes.
        passing: tensors that the very next call takes, and nobody else.
        outputs: the tensors that the model returns, without repetition.
    """

    calls: list[Call]
    shared: frozenset[str]
    used: frozenset[Ref]
    passing: frozenset[Ref]
    outputs: list[Ref]

    @classmethod
    def of(cls, topology: Topology) -> _Plan:
        inputs = {port.tensor.call for port in topology.inputs}
        reached = [call for call in topology.calls if call.id in topology.reaching or call.id in inputs]
        calls = [call for call in reached if call.id in inputs] + [call for call in reached if call.id not in inputs]
        outputs = list(dict.fromkeys(port.tensor for port in topology.outputs))
        takers: dict[Ref, set[str]] = {}
        for call in calls:
            for ref in call.tensors:
                takers.setdefault(ref, set()).add(call.id)
        after = {call.id: following.id for call, following in pairwise(calls)}
        times = Counter(call.layer for call in calls)
        passing = {
            ref
            for ref, users in takers.items()
            if users == {after.get(ref.call)} and ref not in outputs and ref.call not in inputs
        }
        return cls(
            calls=calls,
            shared=frozenset(layer for layer, count in times.items() if count > 1),
            used=frozenset(takers) | frozenset(outputs),
            passing=frozenset(passing),
            outputs=outputs,
        )


def _shape(layer: Layer, *, allow_unknown: bool = False) -> str | None:
    shape = layer.config.get("shape")
    if not isinstance(shape, list) or not shape:
        if allow_unknown:
            return None
        raise NotWritable(
            f"The shape of the input {layer.name!r} is not known yet; begin the model with keras.Input(shape), "
            "or build it, to get its code in the functional API."
        )
    if not all(length is None or type(length) is int for length in shape):
        raise NotWritable(f"The input {layer.name!r} has the shape {shape!r}, which is none.")
    batch, *rest = shape
    return f"shape={_tuple(rest)}" if batch is None else f"batch_shape={_tuple(shape)}"


def _tuple(items: Sequence[int | None]) -> str:
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(map(str, items))})"


def _structure(ports: Sequence[Port], variables: Mapping[Ref, str]) -> str:
    """Tensors in the structure that the ports describe: one alone, a list, or a dict."""
    if all(port.key is None for port in ports):
        names = [variables[port.tensor] for port in ports]
        return names[0] if len(names) == 1 else f"[{', '.join(names)}]"
    tree: dict[str, Json] = {}
    for position, port in enumerate(ports):
        *path, last = (str(position) if port.key is None else port.key).split(".")
        place = tree
        for step in path:
            place = place.setdefault(step, {})
        place[last] = variables[port.tensor]
    return _nested_text(tree)


def _nested_text(tree: Json) -> str:
    if not isinstance(tree, dict):
        return str(tree)
    if tree and all(key.isdecimal() for key in tree):
        return f"[{', '.join(_nested_text(item) for item in tree.values())}]"
    return f"{{{', '.join(f'{text(key)}: {_nested_text(item)}' for key, item in tree.items())}}}"


def _is_layer_name(name: str) -> bool:
    """Whether Keras takes the text as a name."""
    return bool(name) and "/" not in name and name.isprintable() and len(name) <= 100


def _short(layer: Layer) -> str:
    return layer.kind.removeprefix("ops.") if layer.kind.startswith("ops.") else layer.name
