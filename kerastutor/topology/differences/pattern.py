"""An expected network with freedom: any width from 32 to 512, one of several activations, any of several networks.

A pattern is plain frozen data with a JSON form, like the topologies in it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, product
from types import MappingProxyType

from kerastutor.topology.differences.difference import Diff, Difference, differences
from kerastutor.topology.differences.edits import Edit
from kerastutor.topology.differences.matching import Matching, match
from kerastutor.topology.differences.mattering import mattering
from kerastutor.topology.graph import Json, Topology, TopologyError
from kerastutor.topology.sameness.canonical import equal
from kerastutor.topology.sameness.proof import Prove
from kerastutor.topology.sameness.rules import DEFAULT, Rules, normalise

FORMAT = "kerastutor.pattern"
VERSION = 1

MOST_CHOICES = 512
"""How many ways to use the freedom are tried where the learner's network does not show which one it uses."""


@dataclass(frozen=True)
class Between:
    """Any number from `low` to `high`, both included; whole ones only where both are whole."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise TopologyError(f"No number lies between {self.low} and {self.high}; the smaller one comes first.")

    def allows(self, value: Json) -> bool:
        """Whether the value is one of them."""
        whole = isinstance(self.low, int) and isinstance(self.high, int)
        number = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        return number and self.low <= value <= self.high

    def __str__(self) -> str:
        return f"{self.low} to {self.high}"


@dataclass(frozen=True)
class OneOf:
    """One of these values."""

    values: tuple[Json, ...]

    def allows(self, value: Json) -> bool:
        """Whether the value is one of them; 1, 1.0 and True are three values."""
        return any(type(value) is type(option) and value == option for option in self.values)

    def __str__(self) -> str:
        return " or ".join(map(repr, self.values))


Allowed = Between | OneOf


@dataclass(frozen=True)
class Freedom:
    """One parameter of one layer that may take several values.

    Attributes:
        layer: the id of the layer in the accepted networks; networks without it are not concerned.
        parameter: the name of the parameter.
        allowed: its values.
        variable: freedoms with the same variable take the same value ("the twins have one width, whichever").
        default: the value the parameter has where it is not set.
    """

    layer: str
    parameter: str
    allowed: Allowed
    variable: str = ""
    default: Json = None

    @property
    def name(self) -> str:
        """The variable, or the layer and parameter where there is none: the key in `Match.values`."""
        return self.variable or f"{self.layer}.{self.parameter}"


@dataclass(frozen=True)
class Pattern:
    """What is accepted.

    >>> from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref
    >>> def dense(units):
    ...     layers = (Layer("x", "Input"), Layer("hidden", "Dense", config={"units": units}, owns="weights"))
    ...     calls = (Call("x", "x"), Call("hidden", "hidden", (Argument("inputs", Ref("x")),)))
    ...     return Topology(layers, calls, (Port(Ref("x")),), (Port(Ref("hidden")),))
    >>> pattern = Pattern((dense(64),), (Freedom("hidden", "units", Between(32, 512)),))
    >>> matches(dense(100), pattern).values
    mappingproxy({'hidden.units': 100})
    >>> print(matches(dense(16), pattern).diff)
    `hidden` has units=16, and 32 to 512 is expected.

    Attributes:
        accepted: the networks, each as good as the others; at least one.
        freedoms: what may be otherwise in them.
        rules: when two spellings are the same.
    """

    accepted: tuple[Topology, ...]
    freedoms: tuple[Freedom, ...] = ()
    rules: Rules = DEFAULT

    def __post_init__(self) -> None:
        if not self.accepted:
            raise TopologyError("A pattern needs at least one accepted network.")
        for freedom in self.freedoms:
            if not any(freedom.layer in network.layer for network in self.accepted):
                raise TopologyError(f"A freedom is for the layer {freedom.layer!r}, which no accepted network has.")

    def to_json(self) -> str:
        """One line of JSON; `from_json` reads it back."""
        return json.dumps(self.to_plain(), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    def to_plain(self) -> dict[str, Json]:
        """The JSON form as dicts and lists."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "accepted": [network.to_plain() for network in self.accepted],
            "freedoms": [_freedom_to_plain(freedom) for freedom in self.freedoms],
            "without_rules": sorted(DEFAULT.names - self.rules.names),
        }

    @classmethod
    def from_json(cls, text: str | bytes) -> Pattern:
        """Read what `to_json` wrote; anything else raises `TopologyError` with one sentence."""
        try:
            plain = json.loads(text)
        except (ValueError, RecursionError) as problem:
            raise TopologyError(f"This is not JSON: {problem}.") from None
        return cls.from_plain(plain)

    @classmethod
    def from_plain(cls, plain: Json) -> Pattern:
        """Read the dicts and lists of `to_plain`; anything else raises `TopologyError`."""
        if not isinstance(plain, dict) or plain.get("format") != FORMAT:
            raise TopologyError(f"This is not a pattern: its field 'format' is not {FORMAT!r}.")
        if plain.get("version") != VERSION:
            raise TopologyError(f"This pattern has version {plain.get('version')!r}; this kerastutor reads {VERSION}.")
        try:
            return cls(
                tuple(map(Topology.from_plain, plain["accepted"])),
                tuple(map(_freedom_from_plain, plain["freedoms"])),
                DEFAULT.without(*plain["without_rules"]),
            )
        except TopologyError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise TopologyError(f"This pattern is damaged: {type(problem).__name__} at {problem}.") from None


@dataclass(frozen=True)
class Match:
    """Whether and how a network matches a pattern; true when it does.

    Attributes:
        alternative: the position in `Pattern.accepted` of the network that it equals, or is closest to.
        expected: that network, with the learner's values wherever they are allowed.
        values: what the learner chose, by the name of each freedom (see `Freedom.name`).
        diff: what is different from `expected`; empty when it matches.
    """

    alternative: int
    expected: Topology
    values: Mapping[str, Json] = field(default_factory=dict)
    diff: Diff = field(default=Diff())

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    def __bool__(self) -> bool:
        return not self.diff


@dataclass(frozen=True)
class Closest:
    """The accepted network that a network equals, or comes closest to.

    Attributes:
        alternative: its position in `Pattern.accepted`.
        expected: it, with the learner's values wherever they are allowed.
        values: what the learner chose, by the name of each freedom.
        matching: what leads from the learner's to it; None where they are equal.
        proved: whether that they are equal is proved by numbers, since they are written differently.
    """

    alternative: int
    expected: Topology
    values: Mapping[str, Json]
    matching: Matching | None = None
    proved: bool = False

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What the learner has to change."""
        return () if self.matching is None else self.matching.edits


def closest(topology: Topology, pattern: Pattern) -> Closest:
    """The accepted network that a network equals, else the first of those with the fewest differences."""
    return nearest(topology, pattern)[0]


def nearest(topology: Topology, pattern: Pattern) -> tuple[Closest, ...]:
    """The accepted network that a network equals, else all of them, the one with the fewest differences first."""
    found = []
    for position, network in enumerate(pattern.accepted):
        concerned = [freedom for freedom in pattern.freedoms if freedom.layer in network.layer]
        if equal(topology, network, pattern.rules):
            return (Closest(position, network, _values_of(network, concerned)),)
        matching = match(topology, network, pattern.rules)
        guess = _values_shown(matching, concerned)
        for values in _choices(topology, network, concerned, guess, pattern.rules):
            chosen = _with_values(network, concerned, values)
            if equal(topology, chosen, pattern.rules):
                return (Closest(position, chosen, values),)
        if concerned:
            network = _with_values(network, concerned, guess)
            matching = match(topology, network, pattern.rules, start=matching)
        found.append(Closest(position, network, guess, matching))
    return tuple(sorted(found, key=lambda one: len(one.edits)))


def held_against(topology: Topology, pattern: Pattern, prove: Prove | None) -> Closest:
    """The accepted network that a network equals, or is proved to compute the same as; else the closest one.

    What keeps it from that one is then no more than what changes what is computed. A pattern that tells some spellings
    apart asks for a spelling, and computing the same is not enough.
    """
    near = nearest(topology, pattern)
    if near[0].matching is None or prove is None or pattern.rules != DEFAULT:
        return near[0]
    same = (one for one in near if prove(topology, one.expected))
    proved = next((replace(one, matching=None, proved=True) for one in same), None)
    return proved or replace(near[0], matching=mattering(near[0].matching, prove))


def matches(topology: Topology, pattern: Pattern, prove: Prove | None = None) -> Match:
    """Hold a network against a pattern.

    Where it matches none of the accepted networks, the answer tells the differences from the one with the fewest. One
    that is written differently matches where `prove` finds that it computes the same.
    """
    found = held_against(topology, pattern, prove)
    told = Diff() if found.matching is None else differences(found.matching)
    concerned = [freedom for freedom in pattern.freedoms if freedom.layer in found.expected.layer]
    items = tuple(_with_freedom(item, found.expected, concerned) for item in told.items)
    return Match(found.alternative, found.expected, found.values, replace(told, items=items))


Values = dict[str, Json]


def _values_of(network: Topology, freedoms: Iterable[Freedom]) -> Values:
    return {freedom.name: _value_of(network, freedom) for freedom in freedoms}


def _value_of(network: Topology, freedom: Freedom) -> Json:
    return network.layer[freedom.layer].config.get(freedom.parameter, freedom.default)


def _values_shown(matching: Matching, freedoms: Sequence[Freedom]) -> Values:
    """The values that the learner's layers have where the free ones should stand, as far as they are allowed."""
    values: Values = {}
    network = matching.expected
    for freedom in freedoms:
        configs = [config for call in network.calls_of[freedom.layer] for config in matching.configs(call)]
        set_there = [config[freedom.parameter] for config in configs if freedom.parameter in config]
        shown = set_there or ([freedom.default] if configs else [])
        fitting = [value for value in shown if freedom.allowed.allows(value)]
        if freedom.name not in values or fitting:
            values[freedom.name] = fitting[0] if fitting else values.get(freedom.name, _value_of(network, freedom))
    return values


def _choices(
    topology: Topology, network: Topology, freedoms: Sequence[Freedom], guess: Values, rules: Rules
) -> Iterator[Values]:
    """Ways to use the freedom, the likeliest first: all that could make the network the learner's, up to a limit."""
    if not freedoms:
        return
    yield guess
    labels = _labels(topology, rules)
    if _labels(network, rules, without={freedom.layer for freedom in freedoms}) - labels:
        return
    possible: dict[str, list[Json]] = {}
    for freedom in freedoms:
        before = possible.get(freedom.name, _possible(topology, network, freedom))
        possible[freedom.name] = [value for value in before if freedom.allowed.allows(value)]
    for values in islice(product(*possible.values()), MOST_CHOICES):
        choice = dict(zip(possible, values, strict=True))
        if choice != guess and _labels(_with_values(network, freedoms, choice), rules) == labels:
            yield choice


def _labels(topology: Topology, rules: Rules, without: Container[str] = ()) -> Counter[str]:
    """What a network is made of, apart from the arrows and from some layers: unequal counts, unequal networks."""
    normal = normalise(topology, rules)
    layers = ((topology.call[node.origin].layer, name) for name, node in normal.nodes.items())
    return Counter(normal.labels[name] for layer, name in layers if layer not in without)


def _possible(topology: Topology, network: Topology, freedom: Freedom) -> list[Json]:
    if isinstance(freedom.allowed, OneOf):
        return list(freedom.allowed.values)
    own = _value_of(network, freedom)
    found = [layer.config.get(freedom.parameter, freedom.default) for layer in topology.layers]
    return [value for n, value in enumerate([own, *found]) if value not in [own, *found][:n]]


def _with_values(network: Topology, freedoms: Sequence[Freedom], values: Values) -> Topology:
    layers = dict(network.layer)
    for freedom in freedoms:
        layer, value = layers[freedom.layer], values[freedom.name]
        config = {name: own for name, own in layer.config.items() if name != freedom.parameter}
        if value != freedom.default:
            config[freedom.parameter] = value
        layers[freedom.layer] = replace(layer, config=config, weights=None)
    return replace(network, layers=tuple(layers.values()))


def _with_freedom(item: Difference, network: Topology, freedoms: Sequence[Freedom]) -> Difference:
    """A wrong value where several are allowed: the sentence and the detail say which."""
    layers = {network.call[call].layer for call in item.expected_calls}
    for freedom in freedoms:
        if (
            item.kind == "wrong_config"
            and freedom.layer in layers
            and item.detail.get("parameter") == freedom.parameter
        ):
            wanted = f"and {item.detail['expected']!r} is expected"
            sentence = item.sentence.replace(wanted, f"and {freedom.allowed} is expected")
            return replace(
                item, sentence=sentence, detail={**item.detail, "allowed": _allowed_to_plain(freedom.allowed)}
            )
    return item


def _freedom_to_plain(freedom: Freedom) -> Json:
    plain: dict[str, Json] = {
        "layer": freedom.layer,
        "parameter": freedom.parameter,
        "allowed": _allowed_to_plain(freedom.allowed),
    }
    if freedom.variable:
        plain["variable"] = freedom.variable
    if freedom.default is not None:
        plain["default"] = freedom.default
    return plain


def _freedom_from_plain(plain: Json) -> Freedom:
    allowed = plain["allowed"]
    values: Allowed = Between(*allowed["between"]) if "between" in allowed else OneOf(tuple(allowed["one_of"]))
    return Freedom(plain["layer"], plain["parameter"], values, plain.get("variable", ""), plain.get("default"))


def _allowed_to_plain(allowed: Allowed) -> Json:
    return (
        {"between": [allowed.low, allowed.high]} if isinstance(allowed, Between) else {"one_of": list(allowed.values)}
    )
