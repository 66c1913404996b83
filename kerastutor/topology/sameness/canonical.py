"""One form for all spellings of a network: exact equality, and a fingerprint that stands for it.

The form numbers the nodes of the normal graph in an order that depends on nothing but the network, and lists each with
what it computes and takes. Two topologies are equal exactly when their forms are.

The numbering is found by colour refinement: a node's colour is what it computes from the inputs (forward), what its
tensors become (backward), and who else calls its layer, repeated until no colour splits. Where nodes still look alike
(eight identical branches into one `Add`) they are told apart one by one; if every exchange of two of them is seen to be
a symmetry any order will do, else all are tried and the smallest form wins. This is McKay's scheme
(B. McKay, A. Piperno, *Practical graph isomorphism, II*, 2014) on graphs that seldom need more than two rounds.

Merges that commute and associate are compared by what reaches them through merges of the same kind: `y = a + b;
z = y + c` is `z = a + b + c`, even where y is used elsewhere too. Written out, a residual stack would grow as the
square of its depth, so the terms are summed as hashes (M. Bellare, D. Micciancio, *A new paradigm for collision-free
hashing*, 1997), and the sum of a merge is the sum of the sums that feed it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b, sha256
from typing import NamedTuple

from kerastutor.topology.graph import Json, Ref, Topology
from kerastutor.topology.sameness.normal import Node, Normal
from kerastutor.topology.sameness.rules import DEFAULT, Rules, normalise

Colours = list[bytes]


def fingerprint(topology: Topology, rules: Rules = DEFAULT) -> str:
    """A hash of the network, 64 hexadecimal digits: equal for two topologies exactly when they are equal under `rules`.

    It is the same in every process and for every Keras version and backend.
    """
    return sha256(json.dumps(canonical(topology, rules), separators=(",", ":")).encode()).hexdigest()


def equal(first: Topology, second: Topology, rules: Rules = DEFAULT) -> bool:
    """Whether both compute the same function of the same inputs with the same free parameters."""
    return first is second or canonical(first, rules) == canonical(second, rules)


def canonical(topology: Topology, rules: Rules = DEFAULT) -> Json:
    """The canonical form as plain data; compare two with `==`. Computed once for each topology and set of rules."""
    known: dict[Rules, Json] = vars(topology).setdefault("_canonical", {})
    if rules not in known:
        known[rules] = _search(_Graph(normalise(topology, rules))).form
    return known[rules]


def isomorphism(first: Topology, second: Topology, rules: Rules = DEFAULT) -> dict[str, str]:
    """Which node of the first normal graph is which of the second; raises ValueError if the two are not equal.

    Where the network is symmetric there are several; any of them serves to carry weights over.
    """
    ours, theirs = (_search(_Graph(normalise(t, rules))) for t in (first, second))
    if ours.form != theirs.form:
        raise ValueError("The two networks are not equal, so their calls do not correspond.")
    return dict(zip(ours.order, theirs.order, strict=True))


class _Leaf(NamedTuple):
    """A complete numbering: the form it gives, and the node ids in its order."""

    form: Json
    order: tuple[str, ...]


def _search(graph: _Graph, seeds: Colours | None = None) -> _Leaf:
    colours = graph.refine(graph.seeds if seeds is None else seeds)
    cell = graph.tied(colours)
    if not cell:
        return graph.leaf(colours)
    if _interchangeable(graph, colours, cell):
        return _search(graph, _marked(colours, cell))
    return min((_search(graph, _marked(colours, [node])) for node in cell), key=lambda leaf: json.dumps(leaf.form))


def _interchangeable(graph: _Graph, colours: Colours, cell: Sequence[int]) -> bool:
    """Whether every exchange of two neighbours in `cell` is a symmetry; then so is every reordering of it.

    Two numberings with one form are a symmetry of the graph. A False may be wrong, where later ties were broken in
    another order on both sides; it costs time, never exactness.
    """
    form = _completed(graph, _marked(colours, cell)).form
    for i in range(len(cell) - 1):
        exchanged = [*cell[:i], cell[i + 1], cell[i], *cell[i + 2 :]]
        if _completed(graph, _marked(colours, exchanged)).form != form:
            return False
    return True


def _completed(graph: _Graph, seeds: Colours) -> _Leaf:
    """The leaf reached by breaking every further tie in any order."""
    colours = graph.refine(seeds)
    while cell := graph.tied(colours):
        colours = graph.refine(_marked(colours, cell))
    return graph.leaf(colours)


def _marked(colours: Colours, nodes: Sequence[int]) -> Colours:
    marked = list(colours)
    for position, node in enumerate(nodes):
        marked[node] = _digest(b"marked", colours[node], position.to_bytes(4, "big"))
    return marked


class _Argument(NamedTuple):
    """What a node takes: a token for slot and output, or for the whole of a constant, and the node it comes from."""

    token: bytes
    source: int | None
    output: int
    shown: Json


class _Graph:
    """A normal graph with nodes as numbers, ready to be coloured."""

    def __init__(self, normal: Normal) -> None:
        nodes = list(normal.nodes.values())
        number = {node.id: i for i, node in enumerate(nodes)}
        self.names = [node.id for node in nodes]
        self.labels = list(normal.labels.values())
        self.sums = [node.associative for node in nodes]
        self.ordered = [not node.commutative for node in nodes]
        self.arguments = [_arguments(node, number) for node in nodes]
        self.inputs = [(number[port.tensor.call], port.tensor.index, port.key) for port in normal.inputs]
        self.outputs = [(number[port.tensor.call], port.tensor.index, port.key) for port in normal.outputs]
        self.shared = _shared(nodes)
        self.inner = self._inner_sums(nodes)
        self.seeds = self._seeds()

    def refine(self, seeds: Colours) -> Colours:
        """The coarsest colouring finer than `seeds` in which nodes of one colour have like surroundings."""
        colours, count = seeds, 0
        while True:
            colours = self._across_layers(self._backward(self._forward(colours)))
            distinct = len(set(colours))
            if distinct in (count, len(colours)):
                return colours
            count = distinct

    def tied(self, colours: Colours) -> list[int]:
        """The smallest set of nodes that share a colour; empty when all differ."""
        if len(set(colours)) == len(colours):
            return []
        cells: dict[bytes, list[int]] = {}
        for node, colour in enumerate(colours):
            if not self.inner[node]:
                cells.setdefault(colour, []).append(node)
        tied = [(len(cell), colour, cell) for colour, cell in cells.items() if len(cell) > 1]
        return min(tied)[2] if tied else []

    def leaf(self, colours: Colours) -> _Leaf:
        """The form under the numbering by colour; `inner` sums are no nodes of it."""
        order = sorted((n for n in range(len(colours)) if not self.inner[n]), key=colours.__getitem__)
        number = {node: i for i, node in enumerate(order)}
        layer = {node: min(number[n] for n in calls) for calls in self.shared for node in calls}
        terms = self._sums([number.get(n, 0).to_bytes(4, "big") for n in range(len(colours))])
        form = {
            "nodes": [
                [self.labels[n], layer.get(n), hex(terms[n]) if self.sums[n] else self._taken(n, number)] for n in order
            ],
            "inputs": [[number[node], index, key] for node, index, key in self.inputs],
            "outputs": [[number[node], index, key] for node, index, key in self.outputs],
        }
        return _Leaf(form, tuple(self.names[n] for n in order))

    def _taken(self, node: int, number: dict[int, int]) -> Json:
        taken = [
            [a.shown, a.output, -1 if a.source is None else number[a.source]] for a in self.arguments[node]
        ]  # fmt: skip
        return taken if self.ordered[node] else sorted(taken, key=json.dumps)

    def _seeds(self) -> Colours:
        marks = [label.encode() for label in self.labels]
        for what, ports in ((b"input", self.inputs), (b"output", self.outputs)):
            for position, (node, index, key) in enumerate(ports):
                marks[node] += b"\0" + what + repr((position, index, key)).encode()
        return [_digest(mark) for mark in marks]

    def _inner_sums(self, nodes: Sequence[Node]) -> list[bool]:
        """Sums that reach the outputs only through sums of their kind: terms of those, no nodes of their own."""
        seen_elsewhere = {node for node, _, _ in self.outputs}
        for node in reversed(range(len(nodes))):
            for argument in self.arguments[node]:
                source = argument.source
                if source is not None and not self._adds_up(source, node):
                    seen_elsewhere.add(source)
        return [self.sums[n] and n not in seen_elsewhere for n in range(len(nodes))]

    def _adds_up(self, source: int, node: int) -> bool:
        return self.sums[source] and self.sums[node] and self.labels[source] == self.labels[node]

    def _sums(self, colours: Colours) -> dict[int, int]:
        """For each merge that commutes and associates, its terms as one sum."""
        sums: dict[int, int] = {}
        for node, is_sum in enumerate(self.sums):
            if is_sum:
                sums[node] = self._sum(node, colours, sums)
        return sums

    def _sum(self, node: int, colours: Colours, sums: dict[int, int]) -> int:
        total = 0
        for token, source, output, _ in self.arguments[node]:
            if source is None:
                total += _wide(token)
            elif self._adds_up(source, node):
                total += sums[source]
            else:
                total += _wide(colours[source] + bytes([output & 255]))
        return total % _MODULUS

    def _forward(self, colours: Colours) -> Colours:
        """What each node computes from the inputs."""
        found: Colours = []
        sums: dict[int, int] = {}
        for node, colour in enumerate(colours):
            if self.sums[node]:
                sums[node] = self._sum(node, found, sums)
                found.append(_digest(colour, sums[node].to_bytes(64, "big")))
                continue
            parts = [a.token if a.source is None else a.token + found[a.source] for a in self.arguments[node]]
            found.append(_digest(colour, *(parts if self.ordered[node] else sorted(parts))))
        return found

    def _backward(self, colours: Colours) -> Colours:
        """What becomes of each node's tensors: a set of uses, and the sum of the sums they are terms of."""
        uses: list[list[bytes]] = [[] for _ in colours]
        added = [0] * len(colours)  # to the terms of a sum: that sum, and those it is in turn a part of
        through = [0] * len(colours)  # to a sum: the sums it is a part of
        found = list(colours)
        for node in reversed(range(len(colours))):
            found[node] = _digest(colours[node], (added[node] % _MODULUS).to_bytes(64, "big"), *sorted(uses[node]))
            if not self.sums[node]:
                for token, source, _, _ in self.arguments[node]:
                    if source is not None:
                        uses[source].append(token + found[node])
                continue
            if not self.inner[node]:
                through[node] += _wide(found[node])
            for _, source, output, _ in self.arguments[node]:
                if source is not None and self._adds_up(source, node):
                    through[source] += through[node]
                elif source is not None:
                    added[source] += through[node] * (1 + (output << 64))
        return found

    def _across_layers(self, colours: Colours) -> Colours:
        """And the other calls of its layer."""
        if not self.shared:
            return colours
        joined = list(colours)
        for calls in self.shared:
            together = _digest(*sorted(colours[node] for node in calls))
            for node in calls:
                joined[node] = _digest(colours[node], together)
        return joined


_MODULUS = 1 << 512


def _arguments(node: Node, number: dict[str, int]) -> list[_Argument]:
    found = []
    for slot, value in node.arguments:
        place: Json = "" if node.commutative else slot
        if isinstance(value, Ref):
            token = _digest(f"{place}\0{value.index}".encode())
            found.append(_Argument(token, number[value.call], value.index, place))
        else:
            text = json.dumps([place, value], sort_keys=True)
            found.append(_Argument(_digest(text.encode()), None, 0, json.loads(text)))
    return found


def _shared(nodes: Sequence[Node]) -> list[list[int]]:
    calls: dict[str, list[int]] = {}
    for i, node in enumerate(nodes):
        if node.kind != "Input":
            calls.setdefault(node.layer, []).append(i)
    return [group for group in calls.values() if len(group) > 1]


def _digest(*parts: bytes) -> bytes:
    return blake2b(b"".join(parts), digest_size=16).digest()


def _wide(part: bytes) -> int:
    return int.from_bytes(blake2b(part, digest_size=64).digest(), "big")
