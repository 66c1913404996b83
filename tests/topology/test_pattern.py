"""Patterns: what freedom accepts, what it does not, and that they survive being written down."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerastutor.topology.differences.pattern import Between, Freedom, OneOf, Pattern, matches
from kerastutor.topology.graph import TopologyError
from kerastutor.topology.inventing.mutation import mutate
from kerastutor.topology.inventing.sampling import relabel, sample
from kerastutor.topology.sameness.canonical import equal
from kerastutor.topology.sameness.rules import DEFAULT

REFERENCE = "x = Input(shape=[None, 8]); hidden = Dense(units=64, activation='relu')(x); y = Dense(units=1)(hidden)"
WIDTH = Freedom("hidden", "units", Between(32, 512))
ACTIVATION = Freedom("hidden", "activation", OneOf(("relu", "gelu")))


def learner(units: int = 64, activation: str = "relu") -> str:
    return f"a = Input(shape=[None, 8]); b = Dense(units={units}, activation={activation!r})(a); c = Dense(units=1)(b)"


@pytest.mark.parametrize("units", [32, 64, 100, 512])
def test_any_value_between(net, units: int) -> None:
    match = matches(net(learner(units)), Pattern((net(REFERENCE),), (WIDTH,)))
    assert match
    assert match.values == {"hidden.units": units}
    assert equal(match.expected, net(learner(units)))


@pytest.mark.parametrize("units", [31, 513])
def test_a_value_outside_is_told_with_what_is_allowed(net, units: int) -> None:
    match = matches(net(learner(units)), Pattern((net(REFERENCE),), (WIDTH,)))
    assert not match
    (item,) = match.diff.items
    assert item.sentence == f"`b` has units={units}, and 32 to 512 is expected."
    assert item.detail["allowed"] == {"between": [32, 512]}


def test_one_of_several_values_in_any_spelling(net) -> None:
    pattern = Pattern((net(REFERENCE),), (WIDTH, ACTIVATION))
    assert matches(net(learner(activation="gelu")), pattern).values["hidden.activation"] == "gelu"
    apart = "x = Input(shape=[None, 8]); h = Dense(units=99)(x); r = ReLU()(h); y = Dense(units=1)(r)"
    assert matches(net(apart), pattern).values == {"hidden.units": 99, "hidden.activation": "relu"}
    wrong = matches(net(learner(activation="tanh")), pattern)
    assert wrong.diff.items[0].sentence == "`b` has activation='tanh', and 'relu' or 'gelu' is expected."


def test_what_is_not_free_stays_as_it_is(net) -> None:
    text = "x = Input(shape=[None, 8]); h = Dense(units=64, activation='relu')(x); y = Dense(units=2)(h)"
    match = matches(net(text), Pattern((net(REFERENCE),), (WIDTH, ACTIVATION)))
    assert [item.sentence for item in match.diff.items] == ["`y` has units=2, and 1 is expected."]


def test_a_default_may_be_one_of_the_values(net) -> None:
    reference = net("x = Input(shape=[None, 8, 8, 1]); c = Conv2D(filters=4, kernel_size=[3, 3], padding='same')(x)")
    padding = Freedom("c", "padding", OneOf(("same", "valid")), default="valid")
    plain = net("x = Input(shape=[None, 8, 8, 1]); c = Conv2D(filters=4, kernel_size=[3, 3])(x)")
    assert matches(plain, Pattern((reference,), (padding,))).values == {"c.padding": "valid"}
    assert not matches(plain, Pattern((reference,)))


TWO = (
    "x = Input(shape=[None, 8]); z = Input(shape=[None, 8]); a = Dense(units={a})(x); b = Dense(units={b})(z); "
    "m = Concatenate()([a, b])"
)


def test_one_variable_binds_two_layers(net) -> None:
    free = [Freedom(layer, "units", Between(4, 64), variable="width") for layer in "ab"]
    bound = Pattern((net(TWO.format(a=8, b=8)),), tuple(free))
    assert matches(net(TWO.format(a=16, b=16)), bound).values == {"width": 16}
    assert not matches(net(TWO.format(a=16, b=32)), bound)
    loose = Pattern((net(TWO.format(a=8, b=8)),), tuple(Freedom(layer, "units", Between(4, 64)) for layer in "ab"))
    assert matches(net(TWO.format(a=16, b=32)), loose).values == {"a.units": 16, "b.units": 32}


def test_freedom_where_the_layers_cannot_be_told_apart_by_their_place(net) -> None:
    text = "x = Input(shape=[None, 8]); a = Dense(units={})(x); b = Dense(units={})(x); f = Concatenate()([a, b])"
    free = Pattern((net(text.format(16, 8)),), (Freedom("b", "units", Between(1, 99)),))
    assert matches(net(text.format(16, 50)), free).values == {"b.units": 50}
    assert not matches(net(text.format(50, 16)), free)
    summed = (
        "x = Input(shape=[None, 8]); a = Dense(units=8, activation={!r})(x); "
        "b = Dense(units=8, activation={!r})(x); s = Add()([a, b])"
    )
    free = Pattern(
        (net(summed.format("relu", "relu")),), (Freedom("b", "activation", OneOf(("relu", "tanh", "gelu"))),)
    )
    assert matches(net(summed.format("tanh", "relu")), free).values == {"b.activation": "tanh"}
    assert not matches(net(summed.format("tanh", "gelu")), free)


def test_any_of_several_networks_and_the_closest_where_none_fits(net) -> None:
    flat = net("x = Input(shape=[None, 4, 4, 2]); f = Flatten()(x); y = Dense(units=3)(f)")
    pooled = net("x = Input(shape=[None, 4, 4, 2]); f = GlobalAveragePooling2D()(x); y = Dense(units=3)(f)")
    pattern = Pattern((flat, pooled))
    assert [matches(one, pattern).alternative for one in (flat, pooled)] == [0, 1]
    near = net("x = Input(shape=[None, 4, 4, 2]); f = GlobalAveragePooling2D()(x); y = Dense(units=4)(f)")
    match = matches(near, pattern)
    assert (bool(match), match.alternative, len(match.diff)) == (False, 1, 1)


def test_rules_may_be_switched_off(net) -> None:
    apart = net("x = Input(shape=[None, 8]); h = Dense(units=64)(x); r = ReLU()(h); y = Dense(units=1)(r)")
    assert matches(apart, Pattern((net(REFERENCE),)))
    assert not matches(apart, Pattern((net(REFERENCE),), rules=DEFAULT.without("fused_activation")))


def test_a_pattern_is_plain_data(net) -> None:
    pattern = Pattern(
        (net(REFERENCE), net(learner())),
        (WIDTH, ACTIVATION, Freedom("y", "use_bias", OneOf((True, False)), "bias", True)),
        DEFAULT.without("merge_order"),
    )
    text = pattern.to_json()
    assert Pattern.from_json(text) == pattern
    assert Pattern.from_json(text).to_json() == text
    assert json.loads(text)["freedoms"][0]["allowed"] == {"between": [32, 512]}


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format":"kerastutor.pattern","version":2}', '{"format":"kerastutor.pattern","version":1}',
     '{"format":"kerastutor.pattern","version":1,"accepted":[],"freedoms":[],"without_rules":[]}',
     '{"format":"kerastutor.pattern","version":1,"accepted":[1],"freedoms":[],"without_rules":[]}',
     '{"format":"kerastutor.pattern","version":1,"accepted":[],"freedoms":[],"without_rules":["none"]}'],
)  # fmt: skip
def test_other_text_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(TopologyError) as refused:
        Pattern.from_json(text)
    assert "\n" not in str(refused.value)


def test_freedom_for_no_layer_is_refused(net) -> None:
    with pytest.raises(TopologyError, match="'nowhere'"):
        Pattern((net(REFERENCE),), (Freedom("nowhere", "units", Between(1, 2)),))
    with pytest.raises(TopologyError, match="smaller one"):
        Between(3, 2)


def test_numbers_are_not_truth_values() -> None:
    assert not Between(0, 1).allows(True)
    assert not OneOf((1,)).allows(True)
    assert not Between(1, 5).allows(2.5)
    assert Between(0.0, 1.0).allows(0.5)


@given(st.integers(1, 5), st.integers(0, 5_000))
def test_without_freedom_a_pattern_is_equality(level: int, seed: int) -> None:
    network = sample(level, seed)
    pattern = Pattern((network,))
    assert matches(relabel(network, seed), pattern)
    assert not matches(mutate(network, "frozen", seed).topology, pattern)


@given(st.integers(1, 5), st.integers(0, 5_000))
def test_a_free_value_is_accepted_and_another_one_is_not(level: int, seed: int) -> None:
    network = sample(level, seed)
    wide = [layer for layer in network.layers if "units" in layer.config]
    free = wide[seed % len(wide)]
    pattern = Pattern((network,), (Freedom(free.id, "units", Between(1, 77), default=None),))
    for units in (5, 77, 78):
        changed = type(network)(
            tuple(
                layer if layer.id != free.id else type(layer)(
                    layer.id, layer.kind, layer.name, {**layer.config, "units": units}, layer.owns
                )
                for layer in network.layers
            ),
            network.calls, network.inputs, network.outputs,
        )  # fmt: skip
        assert bool(matches(relabel(changed, seed), pattern)) == (units <= 77)
