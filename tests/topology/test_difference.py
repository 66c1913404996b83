"""Differences: the fewest, in the learner's names, and mending them gives the expected network."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from itertools import count, islice
from random import Random
from time import process_time

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from kerastutor.topology.differences.difference import Diff, apply, diff
from kerastutor.topology.differences.matching import match
from kerastutor.topology.editing import in_computing_order
from kerastutor.topology.graph import Argument, Call, Ref
from kerastutor.topology.inventing.mutation import KINDS, Mutant, mutate
from kerastutor.topology.inventing.sampling import relabel, sample
from kerastutor.topology.sameness.canonical import equal
from kerastutor.topology.sameness.rules import DEFAULT, normalise
from kerastutor.topology.wording import Arrow

levels = st.integers(1, 5)
seeds = st.integers(0, 10_000)

BRANCHES = "x = Input(shape=[None, 8]); a = Dense(units=8)(x); b = Dense(units=8)(a); c = Dense(units=8)(b); "

PAIRS = {
    "a layer is missing": (
        "x = Input(shape=[None, 8]); a = Dense(units=4)(x)",
        "x = Input(shape=[None, 8]); h = Dense(units=16, activation='relu')(x); a = Dense(units=4)(h)",
        "missing_layer",
        "A call of `Dense(units=16, activation='relu')` is missing between `x` and `a`.",
    ),
    "a layer too many": (
        "x = Input(shape=[None, 8]); d = Dropout(rate=0.5)(x); a = Dense(units=4)(d)",
        "x = Input(shape=[None, 8]); a = Dense(units=4)(x)",
        "extra_layer",
        "`d` is a call of `Dropout(rate=0.5)` too many after `x`.",
    ),
    "an operation for a layer that lines up other axes": (
        "x = Input(shape=[None, 8, 8, 4]); g = Input(shape=[None, 4]); y = ops.Multiply()(x, g)",
        "x = Input(shape=[None, 8, 8, 4]); g = Input(shape=[None, 4]); y = Multiply()([x, g])",
        "wrong_layer",
        "`y` should be the layer `Multiply` and not the operation `Multiply`: where tensors have unlike numbers of "
        "axes, an operation lines up the last axes, and a layer the first ones.",
    ),
    "another width": (
        "x = Input(shape=[None, 8]); a = Dense(units=32)(x)",
        "x = Input(shape=[None, 8]); a = Dense(units=64)(x)",
        "wrong_config",
        "`a` has units=32, and 64 is expected.",
    ),
    "another activation": (
        "x = Input(shape=[None, 8]); a = Dense(units=4, activation='relu')(x); b = Dense(units=4)(a)",
        "x = Input(shape=[None, 8]); a = Dense(units=4, activation='tanh')(x); b = Dense(units=4)(a)",
        "wrong_config",
        "`a` has activation='relu', and 'tanh' is expected.",
    ),
    "an activation too many": (
        "x = Input(shape=[None, 8]); a = Dense(units=4, activation='relu')(x)",
        "x = Input(shape=[None, 8]); a = Dense(units=4)(x)",
        "wrong_config",
        "`a` has activation='relu', and no activation is expected.",
    ),
    "frozen": (
        "x = Input(shape=[None, 8]); a = Dense(units=4, _trainable=False)(x)",
        "x = Input(shape=[None, 8]); a = Dense(units=4)(x)",
        "wrong_config",
        "`a` is frozen, and should be trainable.",
    ),
    "another merge": (
        BRANCHES + "m = Concatenate()([c, a])",
        BRANCHES + "m = Add()([c, a])",
        "wrong_layer",
        "`m` is a call of `Concatenate`, and `Add` is expected.",
    ),
    "the skip from the wrong tensor": (
        BRANCHES + "m = Add()([c, a])",
        BRANCHES + "m = Add()([c, b])",
        "wrong_arrow",
        "The arrow from `a` to `m` should come from `b`.",
    ),
    "the merge takes one tensor too few": (
        BRANCHES + "m = Add()([c, a])",
        BRANCHES + "m = Add()([c, a, x])",
        "missing_arrow",
        "The arrow from `x` to `m` is missing.",
    ),
    "the merge takes one tensor too many": (
        BRANCHES + "m = Add()([c, a, x])",
        BRANCHES + "m = Add()([c, a])",
        "extra_arrow",
        "The arrow from `x` to `m` is one too many.",
    ),
    "the skip forgotten": (
        BRANCHES + "y = Dense(units=1)(c)",
        BRANCHES + "m = Add()([c, a]); y = Dense(units=1)(m)",
        "missing_layer",
        "A call of `Add` is missing that takes `c` and `a` and gives its tensor to `y`.",
    ),
    "order of Concatenate": (
        BRANCHES + "m = Concatenate()([c, a])",
        BRANCHES + "m = Concatenate()([a, c])",
        "swapped_order",
        "`m` takes `c`, then `a`; expected is `a`, then `c`.",
    ),
    "order around a minus": (
        BRANCHES + "m = ops.Subtract()(c, a)",
        BRANCHES + "m = ops.Subtract()(a, c)",
        "swapped_order",
        "`m` takes `c`, then `a`; expected is `a`, then `c`.",
    ),
    "another constant": (
        "x = Input(shape=[None, 8]); m = ops.Multiply()(x, 2); y = Dense(units=1)(m)",
        "x = Input(shape=[None, 8]); m = ops.Multiply()(x, 3); y = Dense(units=1)(m)",
        "wrong_argument",
        "`m` is given 2, and 3 is expected.",
    ),
    "training given": (
        "x = Input(shape=[None, 8]); d = Dropout(rate=0.5)(x, training=True); y = Dense(units=1)(d)",
        "x = Input(shape=[None, 8]); d = Dropout(rate=0.5)(x); y = Dense(units=1)(d)",
        "wrong_argument",
        "`d` is given training=True, and nothing is expected.",
    ),
    "shared where twins were meant": (
        "x = Input(shape=[None, 8]); z = Input(shape=[None, 8]); a = Dense(units=8)(x); b = a.again(z); "
        "m = Subtract()([a, b])",
        "x = Input(shape=[None, 8]); z = Input(shape=[None, 8]); a = Dense(units=8)(x); b = Dense(units=8)(z); "
        "m = Subtract()([a, b])",
        "shared_not_twin",
        "`a` is one layer called 2 times, and layers of their own are expected: the first call of `a` and the second "
        "call of `a` share weights and should not.",
    ),
    "twins where one shared layer was meant": (
        "x = Input(shape=[None, 8]); z = Input(shape=[None, 8]); a = Dense(units=8)(x); b = Dense(units=8)(z); "
        "m = Subtract()([a, b])",
        "x = Input(shape=[None, 8]); z = Input(shape=[None, 8]); a = Dense(units=8)(x); b = a.again(z); "
        "m = Subtract()([a, b])",
        "twin_not_shared",
        "`a` and `b` do not share their weights, and one layer called 2 times is expected.",
    ),
    "states swapped": (
        "x = Input(shape=[None, 8, 4]); o, h, c = LSTM(units=4, return_state=True)(x); "
        "y = LSTM(units=4)(x, initial_state=[c, h])",
        "x = Input(shape=[None, 8, 4]); o, h, c = LSTM(units=4, return_state=True)(x); "
        "y = LSTM(units=4)(x, initial_state=[h, c])",
        "swapped_order",
        "`y` takes the third tensor of `o`, then the second tensor of `o`; expected is the second tensor of `o`, then "
        "the third tensor of `o`.",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_one_mistake_is_one_difference_in_one_sentence(net, name: str) -> None:
    learner, expected, kind, sentence = PAIRS[name]
    learner, expected = net(learner), relabel(net(expected), 3)
    found = diff(learner, expected)
    assert [item.kind for item in found.items] == [kind]
    assert found.items[0].sentence == sentence
    assert found.exact
    assert equal(apply(learner, found), expected)


PORTS = "x = Input(shape=[None, 8]); z = Input(shape=[None, 8]); a = Dense(units=8)(x); b = Dense(units=4)(z); "


@pytest.mark.parametrize(
    ("mine", "its", "kind", "sentence"),
    [
        ({"inputs": "z x"}, {}, "input_order", "The inputs are `z`, then `x`; expected is `x`, then `z`."),
        ({"outputs": "b a"}, {}, "output_order", "The outputs are `b`, then `a`; expected is `a`, then `b`."),
        ({"outputs": "a"}, {}, "missing_arrow", "`b` is expected to be an output too."),
        ({"outputs": "a b x"}, {}, "extra_arrow", "`x` is an output too many."),
        ({"outputs": "a z"}, {}, "wrong_arrow", "The second output is `z`, and `b` is expected."),
        (
            {"outputs": "p=a q=b"},
            {"outputs": "p=a r=b"},
            "wrong_key",
            "The output `b` has the key 'q', and 'r' is expected.",
        ),
        (
            {"outputs": "p=a q=b"},
            {"outputs": "q=a p=b"},
            "output_order",
            "The outputs are 'p': `a`, then 'q': `b`; expected is 'q': `a`, then 'p': `b`.",
        ),
        (
            {"inputs": "p=x q=z"},
            {"inputs": "p=x r=z"},
            "wrong_key",
            "The input `z` has the key 'q', and 'r' is expected.",
        ),
    ],
)
def test_inputs_and_outputs(net, mine: dict, its: dict, kind: str, sentence: str) -> None:
    learner, expected = net(PORTS, **{"outputs": "a b", **mine}), net(PORTS, **{"outputs": "a b", **its})
    found = diff(learner, expected)
    assert [(item.kind, item.sentence) for item in found.items] == [(kind, sentence)]
    assert equal(apply(learner, found), expected)


def test_an_input_of_words_is_as_good_where_it_also_goes_elsewhere(net) -> None:
    words = "w = Input(shape=[None, 8], dtype='int32'); e = Embedding(input_dim=9)(w); y = Dense(units=4)(e)"
    found = diff(net(words, outputs="y w"), net(words))
    assert [(item.kind, item.sentence) for item in found.items] == [("extra_arrow", "`w` is an output too many.")]


def test_an_input_that_is_missing(net) -> None:
    learner = net("x = Input(shape=[None, 8]); y = Dense(units=1)(x)")
    expected = net(
        "x = Input(shape=[None, 8]); z = Input(shape=[None, 4]); c = Concatenate()([x, z]); y = Dense(units=1)(c)"
    )
    found = diff(learner, expected)
    assert {item.kind for item in found.items} == {"missing_layer"}
    assert "An input of shape [None, 4] is missing" in str(found)
    assert equal(apply(learner, found), expected)


def test_a_layer_that_was_made_and_not_used_is_not_missing(net) -> None:
    learner = net("x = Input(shape=[None, 8]); a = Dense(units=8)(x); b = Dense(units=8)(a); y = Dense(units=1)(a)")
    expected = net("x = Input(shape=[None, 8]); a = Dense(units=8)(x); b = Dense(units=8)(a); y = Dense(units=1)(b)")
    (found,) = diff(learner, expected).items
    assert (found.kind, found.sentence) == ("wrong_arrow", "The arrow from `a` to `y` should come from `b`.")
    assert found.arrows == (Arrow(Ref("a"), "y", "inputs"),)
    assert found.tensors == (Ref("a"), Ref("b"))


def test_the_arrow_is_that_of_the_drawing_even_through_calls_that_compute_nothing(net) -> None:
    learner = net(BRANCHES + "i = Identity()(a); m = Add()([c, i]); y = Dense(units=1)(m)")
    expected = net(BRANCHES + "m = Add()([c, b]); y = Dense(units=1)(m)")
    (found,) = diff(learner, expected).items
    assert found.arrows == (Arrow(Ref("i"), "m", "inputs.1"),)


def test_equal_spellings_have_no_difference(net) -> None:
    learner = net(BRANCHES + "m = Add()([c, a]); r = ReLU()(m)")
    expected = net(BRANCHES + "m = ops.Add()(a, c); r = Activation(activation='relu')(m)")
    found = diff(learner, expected)
    assert not found
    assert (found.items, found.exact, str(found)) == ((), True, "No difference.")


def test_a_rule_that_is_switched_off_makes_the_spelling_a_difference(net) -> None:
    learner = net("x = Input(shape=[None, 8]); a = Dense(units=8, activation='relu')(x)")
    expected = net("x = Input(shape=[None, 8]); a = Dense(units=8)(x); r = Activation(activation='relu')(a)")
    rules = DEFAULT.without("fused_activation")
    found = diff(learner, expected, rules)
    assert {item.kind for item in found.items} == {"missing_layer", "wrong_config"}
    assert equal(apply(learner, found), expected, rules)


def test_calls_that_reach_no_output_count_where_the_rule_is_off(net) -> None:
    learner = net("x = Input(shape=[None, 8]); a = Dense(units=8)(x); lost = Dense(units=8)(a)", outputs="a")
    expected = net("x = Input(shape=[None, 8]); a = Dense(units=8)(x)")
    assert not diff(learner, expected)
    (found,) = diff(learner, expected, DEFAULT.without("unreached_calls")).items
    assert (found.kind, found.calls) == ("extra_layer", ("lost",))


def test_eight_equal_branches_and_one_that_differs(net) -> None:
    def text(odd: int) -> str:
        branches = "; ".join(
            f"a{n} = Dense(units=8)(x); b{n} = Dense(units={odd if n == 5 else 8})(a{n})" for n in range(8)
        )
        return f"x = Input(shape=[None, 8]); {branches}; m = Concatenate()([{', '.join(f'b{n}' for n in range(8))}])"

    found = diff(net(text(9)), net(text(8)))
    assert [(item.kind, item.calls) for item in found.items] == [("wrong_config", ("b5",))]


NESTED = (
    "x = Input(shape=[None, 8]); z = Input(shape=[None, 8]); "
    "a = Dense(units=8, _scope='encoder')(x); b = Dense(units=4, _scope='encoder')(a); "
    "c = Dense(units=8, _scope='{0}'{1})(z); d = Dense(units=4, _scope='{0}'{2})(c); m = Subtract()([b, d])"
)


def test_a_nested_model_that_is_shared_or_rebuilt_is_one_difference(net) -> None:
    shared = net(NESTED.format("encoder#2", ", _id='a'", ", _id='b'"))
    rebuilt = net(NESTED.format("encoder_1", "", ""))
    (one,) = diff(shared, rebuilt).items
    assert one.sentence.startswith("`encoder` is one model called 2 times, and models of their own are expected")
    (other,) = diff(rebuilt, shared).items
    expected = "`encoder` and `encoder_1` do not share their weights, and one model called 2 times is expected."
    assert other.sentence == expected
    assert equal(apply(shared, diff(shared, rebuilt)), rebuilt)
    assert equal(apply(rebuilt, diff(rebuilt, shared)), shared)


@pytest.mark.parametrize(
    ("mine", "its", "sentence"),
    [
        (
            "units=3, use_bias=False",
            "units=4",
            "`y` has units=3 and use_bias=False, and units=4 and the default use_bias are expected.",
        ),
        ("units=3", "units=3, use_bias=False", "`y` has the default use_bias, and False is expected."),
        ("units=3, use_bias=False", "units=3", "`y` has use_bias=False, and the default use_bias is expected."),
    ],
)
def test_parameters_are_told_as_they_are_set(net, mine: str, its: str, sentence: str) -> None:
    text = "x = Input(shape=[None, 8]); y = Dense({})(x)"
    assert str(diff(net(text.format(mine)), net(text.format(its)))) == sentence


def test_constants_are_told_as_python_writes_them(net) -> None:
    key = "[{{'slice': [None, None, None]}}, {{'slice': [{}, 3, None]}}]"
    text = f"x = Input(shape=[None, 8]); s = ops.GetItem()(x, {key})"
    found = diff(net(text.format(0)), net(text.format(1)))
    assert str(found) == "`s` is given key=[:, 0:3], and key=[:, 1:3] is expected."


def test_a_name_that_looks_like_a_mark_of_ours_does_no_harm(net) -> None:
    expected = net("x = Input(shape=[None, 8]); a = Dense(units=8)(x); b = Dense(units=8, _id='c~activation')(a)")
    learner = net("x = Input(shape=[None, 8]); a = Dense(units=8)(x)")
    for one, other in ((learner, expected), (expected, learner)):
        found = diff(one, other)
        assert len(found) == 1
        assert equal(apply(one, found), other)


def residual(net, blocks: int):
    """So many blocks, each a Dense with a shortcut past it."""
    lines = [f"d{n} = Dense(units=8)(a{n}); a{n + 1} = Add()([a{n}, d{n}])" for n in range(blocks)]
    return net("; ".join(["a0 = Input(shape=[None, 8])", *lines, f"y = Dense(units=3)(a{blocks})"]))


def test_missing_residual_blocks_are_told_however_many_ways_lead_past_them(net) -> None:
    plain, deep = residual(net, 0), residual(net, 40)
    found = diff(plain, deep)
    assert equal(apply(plain, found), deep)
    assert "is missing between `a0` and `y`" in str(found)


def test_two_wrong_widths_in_a_long_chain_are_found_in_a_bounded_time(net) -> None:
    def chain(*odd: int):
        lines = [f"d{n + 1} = Dense(units={9 if n in odd else 8})(d{n})" for n in range(290)]
        return net("; ".join(["d0 = Input(shape=[None, 8])", *lines]))

    learner, expected = chain(40, 200), chain()
    began = process_time()
    found = diff(learner, expected)
    assert process_time() - began < 3
    assert [item.calls for item in found.items] == [("d41",), ("d201",)]


@pytest.mark.slow
def test_the_same_networks_get_the_same_answer_in_every_process() -> None:
    """However many differences there are, and however busy the machine is."""
    code = (
        "from kerastutor.topology.differences.difference import diff\n"
        "from kerastutor.topology.inventing.sampling import sample\n"
        "print(*[(str(found), found.exact) for found in (diff(sample(5, s), sample(5, s + 1)) for s in range(4))])"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


def test_differences_are_plain_data() -> None:
    expected = sample(4, 1)
    learner = mutate(expected, "wrong_arrow", 0).topology
    for item in diff(learner, expected).items:
        assert json.loads(json.dumps(item.to_plain()))["sentence"] == item.sentence


@settings(max_examples=25)
@given(levels, seeds)
def test_no_difference_exactly_when_equal(level: int, seed: int) -> None:
    one, other = sample(level, seed), sample(level, seed + 1)
    assert not diff(one, relabel(one, seed))
    assert bool(diff(one, other)) == (not equal(one, other))


@pytest.mark.slow
@settings(max_examples=25)
@given(levels, seeds)
def test_mending_all_differences_gives_the_expected_network_however_far_off(level: int, seed: int) -> None:
    learner, expected = sample(level, seed), sample(level, seed + 1)
    assert equal(apply(learner, diff(learner, expected)), expected)


@given(levels, seeds, st.lists(st.sampled_from(KINDS), min_size=1, max_size=3))
def test_a_few_mistakes_are_a_few_differences(level: int, seed: int, kinds: list) -> None:
    expected = learner = sample(level, seed)
    for kind in kinds:
        try:
            learner = mutate(learner, kind, seed).topology
        except LookupError:
            continue
    found = diff(learner, relabel(expected, seed))
    assert len(found) <= len(kinds) or not found.exact
    assert equal(apply(learner, found), expected)
    for item in found.items:
        check_names(learner, item.calls, item.tensors, item.arrows)
        assert item.sentence[0] in "`'" or item.sentence[0].isupper()
        assert item.sentence.endswith(".")


def check_names(learner, calls: tuple, tensors: tuple, arrows: tuple) -> None:
    """All that a difference names is there."""
    assert set(calls) <= set(learner.call)
    assert all(tensor.index < len(learner.call[tensor.call].outputs) for tensor in tensors)
    for arrow in arrows:
        assert (arrow.slot, arrow.tensor) in [tuple(argument) for argument in learner.call[arrow.call].arguments]


def single_mistakes(first: int):
    """Networks with one mistake each, of every kind and level in turn."""
    for seed in count(first):
        expected = sample(1 + seed % 5, seed)
        try:
            mutant = mutate(expected, KINDS[(seed // 5) % len(KINDS)], seed)
        except LookupError:
            continue
        yield expected, mutant


def names_the_mistake(found: Diff, mutant: Mutant) -> bool:
    first = found.items[0]
    return bool(
        set(first.calls) & set(mutant.calls)
        or set(first.arrows) & set(mutant.arrows)
        or set(first.calls) & {arrow.call for arrow in mutant.arrows}
    )


def check_single_mistakes(first: int, how_many: int) -> None:
    named = alone = 0
    for expected, mutant in islice(single_mistakes(first), how_many):
        found = diff(mutant.topology, relabel(expected, how_many))
        assert equal(apply(mutant.topology, found), expected)
        named += names_the_mistake(found, mutant)
        alone += len(found) == 1
    assert named >= 0.97 * how_many, (named, how_many)
    assert alone >= 0.97 * how_many, (alone, how_many)


def test_the_first_difference_names_the_mistake() -> None:
    check_single_mistakes(0, 150)


@pytest.mark.soak
def test_the_first_difference_names_the_mistake_in_two_thousand_networks() -> None:
    check_single_mistakes(10_000, 2_000)


@pytest.mark.soak
@pytest.mark.parametrize("how_many", [2, 3])
def test_up_to_three_mistakes_are_never_told_as_more(how_many: int) -> None:
    over = 0
    for seed in range(300):
        rng = Random(f"{how_many}/{seed}")
        expected = learner = sample(3 + seed % 3, seed + 20_000)
        made = 0
        while made < how_many:
            try:
                learner = mutate(learner, rng.choice(KINDS), rng.randrange(10**6)).topology
            except LookupError:
                continue
            made += 1
        found = diff(learner, relabel(expected, seed))
        assert len(found) <= how_many or not found.exact
        over += len(found) > how_many
    assert over <= 3


@given(levels, seeds)
def test_every_node_of_an_equal_network_has_its_counterpart(level, seed):
    expected = sample(level, seed)
    learner = relabel(expected, seed)
    pairs = match(learner, expected).nodes
    ours, theirs = normalise(learner).nodes, normalise(expected).nodes
    assert set(pairs) == set(ours)
    assert sorted(pairs.values()) == sorted(theirs)
    assert all(ours[our].label == theirs[their].label for our, their in pairs.items())


@given(levels, seeds, st.sampled_from(KINDS))
def test_looking_for_differences_leaves_the_normal_forms_as_they_are(level, seed, kind):
    """They are worked out once and used by everybody."""
    expected = sample(level, seed)
    try:
        learner = mutate(expected, kind, seed).topology
    except LookupError:  # the network gives no occasion for this mistake
        reject()
    diff(learner, expected)
    for topology in (learner, expected):
        assert normalise(topology) == normalise(replace(topology))


def test_calls_are_ordered_also_where_one_takes_what_no_other_makes():
    """What is left of a correction may not hold together; building a topology of it says so."""
    calls = (Call("b", "b", (Argument("x", Ref("a")),)), Call("a", "a", (Argument("x", Ref("gone")),)))
    assert [call.id for call in in_computing_order(calls)] == ["a", "b"]
