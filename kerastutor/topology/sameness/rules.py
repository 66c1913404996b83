"""When two spellings are the same network: one small function per rule, each with its justification.

A rule rewrites the graph so that the spellings it equates become one. Rules are values: an exercise on activations may
compare under `DEFAULT.without("fused_activation")`. Names, the order of creation, the API and the nesting of models are
never part of the graph and so need no rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from kerastutor.knowledge import facts
from kerastutor.topology.graph import Argument, Call, Json, Port, Ref, Topology
from kerastutor.topology.sameness.normal import Node, Normal, from_topology
from kerastutor.topology.sameness.tensors import Rank, begins_mask, carries_mask, ranks

MOST_TERMS = 128
"""Terms of a Concatenate up to which those are written out that are used elsewhere too: a DenseNet has 65 at most."""


@dataclass(frozen=True)
class Rules:
    """Which spellings count as the same, by the names of the rules that apply.

    >>> "fused_activation" in DEFAULT.without("fused_activation")
    False
    """

    names: frozenset[str]

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def without(self, *names: str) -> Rules:
        """These rules less the named ones; an unknown name raises ValueError."""
        unknown = set(names) - ALL
        if unknown:
            raise ValueError(f"There is no rule named {min(unknown)!r}; the rules are {', '.join(sorted(ALL))}.")
        return Rules(self.names - set(names))


def normalise(topology: Topology, rules: Rules | None = None) -> Normal:
    """Rewrite a topology into the form in which all spellings that `rules` (default: all) equate are the same graph.

    Worked out once for each topology and set of rules; nobody changes what is given here.
    """
    asked = DEFAULT if rules is None else rules
    known: dict[Rules, Normal] = vars(topology).setdefault("_normal", {})
    if asked not in known:
        known[asked] = _rewritten(topology, asked.names)
    return known[asked]


def _rewritten(topology: Topology, names: frozenset[str]) -> Normal:
    chosen = [rule for rule in LOCAL if rule.__name__ in names]
    draft = _Draft(topology, merges_duplicates="duplicate_calls" in names)
    for node in from_topology(topology, _wanted(topology, names)):
        draft.take(node, chosen)
    normal = Normal(draft.nodes, topology.inputs, tuple(Port(draft.now(p.tensor), p.key) for p in topology.outputs))
    if "integer_inputs" in names:
        integer_inputs(normal)
    if "merge_grouping" in names:
        merge_grouping(normal)
    normal.labels = {name: node.label for name, node in normal.nodes.items()}
    return normal


def without_implicit_masks(topology: Topology) -> Topology:
    """Leave out the mask arguments that Keras adds by itself, and the operations that only compute them.

    `Embedding(mask_zero=True)` and `Masking` make Keras compute a mask (`NotEqual`, `Any`) and hand it to every layer
    after them. The learner wrote none of it, and the embedding's configuration says it all already. Readers call this,
    so that neither drawings nor comparisons show it. A mask that the learner computes and passes stays.
    """
    masking = {layer.id for layer in topology.layers if begins_mask(layer.kind, layer.config)}
    if not masking:
        return topology
    makers = {tuple(call.tensors) for call in topology.calls if call.layer in masking}
    implicit: set[str] = set()
    for call in topology.calls:
        kind = topology.layer[call.layer].kind
        if (kind == "ops.NotEqual" and call.tensors in makers) or (
            kind in ("ops.Any", "ops.ExpandDims", "ops.LogicalAnd", "ops.Cast", "ops.GetItem")
            and call.tensors
            and all(ref.call in implicit for ref in call.tensors)
        ):
            implicit.add(call.id)
    if not implicit:
        return topology
    kept = [
        replace(call, arguments=tuple(a for a in call.arguments if not _is_implicit_mask(a, implicit)))
        for call in topology.calls
    ]
    return _pruned(replace(topology, calls=tuple(kept)), implicit)


# Rules that look at one call. Each returns the node to keep, or the tensor that the call amounts to.


def operators(node: Node, draft: _Draft) -> Node:
    """`x + y`, `keras.ops.add(x, y)` and `Add()([x, y])` compute the same tensor; likewise the other merges.

    The operation takes its tensors by name (`x1`, `x2`), the layer as a list; both become the layer's form. Only where
    the tensors are known to have equally many axes: of unlike ones the operation lines up the last axes, and the layer
    the first. A number has none and fits any tensor. And not where Keras carries a mask along with one of them: the
    layer heeds it and hands it on, the operation does neither.
    """
    kind = facts(node.kind).layer
    if not kind or not draft.masked.isdisjoint(node.tensors):
        return node
    if kind == "Concatenate" or draft.equally_many_axes(node):
        if kind == "Concatenate":
            node.config = {"axis": node.config.get("axis", 0)}
        node.kind = kind
        node.arguments = [Argument(f"inputs.{i}", value) for i, (_, value) in enumerate(node.arguments)]
    return node


def fused_activation(node: Node, draft: _Draft) -> Node:
    """`Dense(8, activation="relu")` is `Dense(8)` followed by `Activation("relu")`.

    Keras applies the activation last, to the layer's output. Not with an activity regulariser, which sees that output.
    """
    activation = node.config.get("activation")
    if activation is None or not facts(node.kind).fuses_activation or "activity_regularizer" in node.config:
        return node
    node.config = {name: value for name, value in node.config.items() if name != "activation"}
    draft.add(node)
    return Node(
        id=f"{node.id}~activation",
        kind="Activation",
        config={"activation": activation},
        layer=f"{node.layer}~activation",
        owns="nothing",
        trainable=True,
        opaque=False,
        arguments=[Argument("inputs", Ref(node.id))],
        width=1,
        origin=node.origin,
    )


def activation_spelling(node: Node, draft: _Draft) -> Node:
    """`ReLU()`, `Activation("relu")`, `keras.ops.relu` and `Activation(ReLU())` are one function; likewise the others.

    Only where every parameter agrees: `LeakyReLU()` has slope 0.3 and the activation `leaky_relu` 0.2. An operation
    drops the mask that Keras carries along with its tensor, and a layer hands it on.
    """
    if node.kind == "Activation" and isinstance(node.config.get("activation"), dict):
        inner: Json = node.config["activation"]
        node.kind, node.config = inner.get("kind", node.kind), dict(inner.get("config", {}))
    if node.kind.startswith("ops.") and not draft.masked.isdisjoint(node.tensors):
        return node
    known = facts(node.kind)
    if known.activation and node.config == known.activation_config and len(node.arguments) == 1:
        node.kind, node.config = "Activation", {"activation": known.activation}
        node.arguments = [Argument("inputs", node.arguments[0].value)]
    return node


def linear_activation(node: Node, draft: _Draft) -> Node | Ref:
    """`Activation("linear")` and `Identity()` return their input."""
    linear = node.kind == "Activation" and node.config.get("activation", "linear") == "linear"
    if (linear or node.kind == "Identity") and len(node.tensors) == 1:
        return node.tensors[0]
    return node


def flatten_reshape(node: Node, draft: _Draft) -> Node:
    """A `Reshape` to one axis is a `Flatten`: it keeps the batch and puts all that is left into that axis."""
    if node.kind == "Reshape" and len(node.config.get("target_shape", ())) == 1:
        node.kind, node.config = "Flatten", {}
    return node


def axis_spelling(node: Node, draft: _Draft) -> Node:
    """Axis 1 of a tensor with two axes is axis -1. Where the rank does not follow from the structure, as written.

    Operations that make an axis count those of the tensor that they return. `Dot` may take tensors of unlike ranks,
    and then the axis from the front is not the one from the back; the `axes` of `tensordot` are a number of axes.
    """
    for name in ("axis", "axes"):
        axes = node.config.get(name)
        if axes is None or node.kind == "ops.Tensordot":
            continue
        found = {draft.ranks[ref] for ref in (node.tensors if node.kind == "Dot" else node.tensors[:1])}
        counted = found.pop() if len(found) == 1 else None
        if isinstance(counted, int):
            node.config[name] = _negative(axes, counted + (node.kind in _AXIS_MAKING))
        if node.config[name] == _default_axis(node.kind, name, counted):
            del node.config[name]
    return node


def batch_size(node: Node, draft: _Draft) -> Node:
    """How many samples come at once is no part of the network; a Sequential that data built says how many did."""
    shape = node.config.get("shape")
    if node.kind == "Input" and isinstance(shape, list) and shape:
        node.config["shape"] = [None, *shape[1:]]
    return node


def constant_spelling(node: Node, draft: _Draft) -> Node:
    """`2 * x` and `2.0 * x` are one where x holds floats, which all but integer inputs and their selections do."""
    if node.kind.startswith("ops.") or facts(node.kind).commutes:
        for position, (slot, value) in enumerate(node.arguments):
            if type(value) is float and value.is_integer() and not draft.integers.issuperset(node.tensors):
                node.arguments[position] = Argument(slot, int(value))
    return node


def implied_key(node: Node, draft: _Draft) -> Node:
    """`MultiHeadAttention()(x, y, y)` is `MultiHeadAttention()(x, y)`: where no key is given, the value is the key."""
    slots = facts(node.kind).tensors
    if not slots:
        return node
    given, (_, value, key) = dict(node.arguments), slots
    if isinstance(given.get(key), Ref) and given[key] == given.get(value):
        node.arguments = [argument for argument in node.arguments if argument.slot != key]
    return node


def stateless_sharing(node: Node, draft: _Draft) -> Node:
    """A layer without weights or state computes the same whether it is shared or made anew for each call.

    Dropout's seed is no parameter of the function: each call draws anew, shared or not. Frozen or not makes no
    difference to a layer that has nothing to train.
    """
    if node.owns != "weights":
        node.layer, node.trainable = node.id, True
    return node


def merge_order(node: Node, draft: _Draft) -> Node:
    """`Add()([a, b])` is `Add()([b, a])`; so for every merge that commutes, and for `Dot` of two vectors."""
    of_vectors = node.kind == "Dot" and all(draft.axes(ref) == 2 for ref in node.tensors)
    node.commutative = of_vectors or facts(node.kind).commutes
    return node


# Rules that look at the whole graph.


def unreached_calls(topology: Topology) -> Iterator[Call]:
    """A call that reaches no output computes nothing that anybody sees. Inputs stay: they must be fed."""
    inputs = {port.tensor.call for port in topology.inputs}
    return iter([call for call in topology.calls if call.id in topology.reaching or call.id in inputs])


def duplicate_calls(draft: _Draft, node: Node) -> Node | None:
    """The same function without weights, state or randomness, applied twice to the same tensors, gives one value."""
    if node.owns != "nothing" or node.opaque or node.kind == "Input":
        return None
    arguments = sorted(repr(value) for _, value in node.arguments) if node.commutative else map(repr, node.arguments)
    return draft.seen.setdefault((node.label, *arguments), node)


def integer_inputs(normal: Normal) -> None:
    """An input that goes into nothing but an `Embedding` holds integers, whatever its dtype says.

    The layer makes integers of what it is given. A Sequential that was built by its data says float32 there.
    """
    uses = normal.consumers()
    outputs = {port.tensor.call for port in normal.outputs}
    for node in normal.nodes.values():
        takers = {normal.nodes[taker].kind for taker, _, _ in uses[node.id]}
        if node.kind == "Input" and takers == {"Embedding"} and node.id not in outputs:
            node.config["dtype"] = "int32"  # as it is mostly written, so that one that also goes elsewhere equals it


def merge_grouping(normal: Normal) -> None:
    """`Add()([Add()([a, b]), c])` is `Add()([a, b, c])`; so for Multiply, Maximum, Minimum, and in order Concatenate.

    A merge of that kind is dissolved into the merge it feeds. A sum that is used elsewhere too stays here, for a
    residual stack written out would grow as the square of its depth; `canonical` sees through it. Such a Concatenate is
    written out as long as `MOST_TERMS` allows.
    """
    uses = normal.consumers()
    outputs = {port.tensor.call for port in normal.outputs}
    dissolved: set[str] = set()
    for node in normal.nodes.values():
        node.associative = facts(node.kind).associates and node.commutative
        if not (node.associative or node.kind == "Concatenate"):
            continue
        inside = [_merge_inside(normal, node, argument) for argument in node.arguments]
        few = sum(1 if inner is None else len(inner.arguments) for inner in inside) <= MOST_TERMS
        grouped: list[Argument] = []
        for argument, inner in zip(node.arguments, inside, strict=True):
            alone = inner is not None and len(uses[inner.id]) == 1 and inner.id not in outputs
            if inner is not None and (alone or (few and node.kind == "Concatenate")):
                grouped.extend(inner.arguments)
                uses[inner.id].pop()
                dissolved.add(inner.id)
            else:
                grouped.append(argument)
        node.arguments = [Argument(f"inputs.{i}", value) for i, (_, value) in enumerate(grouped)]
    for name in dissolved:
        if not uses[name] and name not in outputs:
            del normal.nodes[name]


LOCAL: tuple[Callable[[Node, _Draft], Node | Ref], ...]


@dataclass
class _Draft:
    """The graph while it is rewritten: nodes so far, and what became of the tensors of the original."""

    topology: Topology
    merges_duplicates: bool
    nodes: dict[str, Node] = field(default_factory=dict)
    renamed: dict[Ref, Ref] = field(default_factory=dict)
    seen: dict[tuple[str, ...], Node] = field(default_factory=dict)
    ranks: dict[Ref, Rank] = field(default_factory=dict)
    integers: set[Ref] = field(default_factory=set)
    masked: set[Ref] = field(default_factory=set)

    def now(self, ref: Ref) -> Ref:
        return self.renamed.get(ref, ref)

    def axes(self, ref: Ref) -> Rank:
        """How many axes a tensor has: from the structure, or as the reader saw it.

        Either reader saw whatever an operation takes, so that a file and the live model still agree.
        """
        known = self.ranks[ref]
        if isinstance(known, int):
            return known
        shape = self.topology.call[self.nodes[ref.call].origin].outputs[ref.index].shape
        return known if shape is None else len(shape)

    def equally_many_axes(self, node: Node) -> bool:
        if any(not isinstance(value, (Ref, int, float)) for _, value in node.arguments):
            return False  # an array of constants
        return len({self.axes(ref) for ref in node.tensors}) == 1

    def take(self, node: Node, rules: list[Callable[[Node, _Draft], Node | Ref]]) -> None:
        call, width = node.id, node.width
        if self.renamed:
            node.arguments = [
                Argument(slot, self.now(value)) if type(value) is Ref else Argument(slot, value)
                for slot, value in node.arguments
            ]
        for rule in rules:
            result = rule(node, self)
            if isinstance(result, Ref):
                self.renamed[Ref(call)] = result
                return
            node = result
        kept = self.add(node)
        if kept.id != call:
            self.renamed.update({Ref(call, i): Ref(kept.id, i) for i in range(width)})

    def add(self, node: Node) -> Node:
        if self.merges_duplicates:
            first = duplicate_calls(self, node)
            if first is not None and first is not node:
                return first
        self.nodes[node.id] = node
        tensors = node.tensors
        known = ranks(node.kind, node.config, [self.ranks[ref] for ref in tensors], node.width)
        for index, axes in enumerate(known):
            self.ranks[Ref(node.id, index)] = Ref(node.id, index) if axes is None else axes
        if begins_mask(node.kind, node.config) or (
            self.masked and carries_mask(node.kind, node.config, [ref in self.masked for ref in tensors])
        ):
            self.masked.add(Ref(node.id))
        if _holds_integers(node, tensors, self.integers):
            self.integers.add(Ref(node.id))
        return node


LOCAL = (
    batch_size,
    operators,
    fused_activation,
    axis_spelling,
    activation_spelling,
    linear_activation,
    flatten_reshape,
    constant_spelling,
    implied_key,
    stateless_sharing,
    merge_order,
)
ALL = frozenset(
    {rule.__name__ for rule in LOCAL} | {"unreached_calls", "duplicate_calls", "integer_inputs", "merge_grouping"}
)
DEFAULT = Rules(ALL)

_AXIS_MAKING = frozenset({"ops.ExpandDims", "ops.Stack", "ops.OneHot"})


def _wanted(topology: Topology, names: frozenset[str]) -> Iterator[Call]:
    return unreached_calls(topology) if "unreached_calls" in names else iter(topology.calls)


def _merge_inside(normal: Normal, node: Node, argument: Argument) -> Node | None:
    """The merge of the same kind that an argument of a merge comes from."""
    inner = normal.nodes[argument.value.call] if isinstance(argument.value, Ref) else None
    return inner if inner is not None and inner.kind == node.kind and inner.config == node.config else None


def _default_axis(kind: str, name: str, rank: Rank) -> Json:
    """The axis that the kind works along by default, counted from the back where it is known to."""
    default = facts(kind).parameters.get(name)
    return _negative(default, rank + (kind in _AXIS_MAKING)) if isinstance(rank, int) else default


def _negative(axes: Json, rank: int) -> Json:
    if isinstance(axes, list):
        return [_negative(axis, rank) for axis in axes]
    return axes - rank if type(axes) is int and 0 <= axes < rank else axes


def _holds_integers(node: Node, tensors: list[Ref], integers: set[Ref]) -> bool:
    if node.kind == "Input":
        return str(node.config.get("dtype", "float32")).startswith(("int", "uint", "bool"))
    selects = node.kind.startswith("ops.") or node.kind in ("Flatten", "Reshape", "Permute")
    return bool(tensors) and (selects or facts(node.kind).commutes) and integers.issuperset(tensors)


def _is_implicit_mask(argument: Argument, implicit: set[str]) -> bool:
    slot, value = argument
    return isinstance(value, Ref) and value.call in implicit and "mask" in slot.split(".")[0]


def _pruned(topology: Topology, unwanted: set[str]) -> Topology:
    """Without those of the `unwanted` calls that no output depends on, and without layers that lost all calls."""
    gone = {name for name in unwanted if name not in topology.reaching}
    calls = tuple(call for call in topology.calls if call.id not in gone)
    used = {call.layer for call in calls}
    return replace(topology, calls=calls, layers=tuple(layer for layer in topology.layers if layer.id in used))
