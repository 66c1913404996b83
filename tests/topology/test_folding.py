"""Repeated blocks: what is folded, what is not, and that a fold says nothing that is not so."""

from itertools import pairwise

import pytest

from kerastutor.topology.folding import Fold, fold, visible
from kerastutor.topology.graph import Ref, Topology


def times(folds: tuple[Fold, ...]) -> list[tuple[int, int]]:
    """(times, calls in one block) of each fold."""
    return [(found.times, len(found.blocks[0])) for found in folds]


def residual(number: int, before: str, units: int = 8) -> str:
    return (
        f"a{number} = Dense(units={units})({before}); r{number} = ReLU()(a{number}); "
        f"b{number} = Dense(units={units})(r{number}); s{number} = Add()([b{number}, {before}]); "
    )


def stack(count: int) -> str:
    return "s0 = Input(); " + "".join(residual(n, f"s{n - 1}") for n in range(1, count + 1))


def check_lossless(topology: Topology, folds: tuple[Fold, ...]) -> None:
    """Every call at most once, and each repetition wired as the one before it."""
    calls = [call for found in folds for call in found.calls]
    assert len(calls) == len(set(calls))
    for found in folds:
        assert found.times == len(found.blocks)
        assert len({len(block) for block in found.blocks}) == 1
        for first, second in pairwise(found.blocks):
            check_equal_blocks(topology, found, first, second)
        for inner in found.inside:
            assert set(inner.calls) < set(found.blocks[0])


def check_equal_blocks(topology: Topology, found: Fold, first: tuple[str, ...], second: tuple[str, ...]) -> None:
    follows = dict(zip(first, second, strict=True))
    for position, (ours, theirs) in enumerate(follows.items()):
        assert topology.layer_of(ours).kind == topology.layer_of(theirs).kind
        if position not in found.varies:
            assert topology.layer_of(ours).config == topology.layer_of(theirs).config
        for (slot, value), (other_slot, other) in zip(
            topology.call[ours].arguments, topology.call[theirs].arguments, strict=True
        ):
            assert slot == other_slot
            if isinstance(value, Ref) and value.call in follows:
                assert other == Ref(follows[value.call], value.index)
            elif isinstance(value, Ref):
                assert other.call not in second
            else:
                assert value == other


def test_nothing_repeats_nothing_is_folded(net) -> None:
    assert fold(net("x = Input(); a = Dense(units=8)(x); b = ReLU()(a); c = Dense(units=2)(b)")) == ()


def test_equal_layers_in_a_row(net) -> None:
    text = "x = Input(); a = Dense(units=8)(x); b = Dense(units=8)(a); c = Dense(units=8)(b); d = Dense(units=2)(c)"
    assert fold(net(text)) == (Fold(3, (("a",), ("b",), ("c",))),)


@pytest.mark.parametrize("count", [2, 3, 7])
def test_residual_blocks(net, count: int) -> None:
    topology = net(stack(count) + f"y = Dense(units=2)(s{count})")
    (found,) = fold(topology)
    assert found.times == count
    assert found.blocks[0] == ("a1", "r1", "b1", "s1")
    check_lossless(topology, (found,))
    assert visible(topology, (found,)) == 3


def test_the_order_of_creation_makes_no_difference(net) -> None:
    text = (
        "x = Input(); p = Dense(units=8)(x); q = Dense(units=4)(x); m = Add()([p, q]); "
        "q2 = Dense(units=4)(m); p2 = Dense(units=8)(m); m2 = Add()([p2, q2])"
    )
    assert fold(net(text)) == (Fold(2, (("p", "q", "m"), ("p2", "q2", "m2"))),)


def test_names_and_depth_of_names_make_no_difference(net) -> None:
    text = "x = Input(); zebra = Dense(units=8)(x); r = ReLU()(zebra); encoder = Dense(units=8)(r); s = ReLU()(encoder)"
    assert times(fold(net(text))) == [(2, 2)]


def test_other_wiring_is_another_block(net) -> None:
    text = (
        stack(1) + "a = Dense(units=8)(s1); r = ReLU()(a); b = Dense(units=8)(r); s = Add()([b, r]); y = Softmax()(s)"
    )
    assert all(found.blocks[0] != ("a1", "r1", "b1", "s1") for found in fold(net(text)))


def test_other_configuration_is_another_block(net) -> None:
    text = "s0 = Input(); " + residual(1, "s0") + residual(2, "s1", units=9)
    assert all(len(found.blocks[0]) < 4 for found in fold(net(text)))


def test_rates_may_rise_and_are_named(net) -> None:
    text = (
        "x = Input(); a = Dense(units=8)(x); d = Dropout(rate=0.1)(a); b = Dense(units=8)(d); e = Dropout(rate=0.2)(b)"
    )
    assert fold(net(text)) == (Fold(2, (("a", "d"), ("b", "e")), varies=(1,)),)


def test_a_block_begins_with_its_layer_and_not_with_the_activation_before_it(net) -> None:
    text = (
        "x = Input(); a = Conv2D(filters=4)(x); r0 = ReLU()(a); b = Conv2D(filters=8)(r0); r1 = ReLU()(b); "
        "c = Conv2D(filters=8)(r1); r2 = ReLU()(c); f = Flatten()(r2)"
    )
    assert fold(net(text)) == (Fold(2, (("b", "r1"), ("c", "r2"))),)


def test_a_common_tensor_may_go_into_every_block(net) -> None:
    text = "x = Input(); e = Dense(units=4)(x); s0 = Input(); " + "".join(
        f"a{n} = MultiHeadAttention(num_heads=2)(s{n - 1}, value=e); s{n} = Add()([a{n}, s{n - 1}]); "
        for n in (1, 2, 3)
    )
    topology = net(text)
    (found,) = fold(topology)
    assert times((found,)) == [(3, 2)]
    check_lossless(topology, (found,))


def test_a_tensor_tapped_inside_keeps_the_blocks_apart(net) -> None:
    tapped = net(stack(2) + "y = Concatenate()([r1, s2])")
    assert all(found.times == 1 or len(found.blocks[0]) == 1 for found in fold(tapped))


def test_a_tensor_tapped_between_blocks_parts_the_run(net) -> None:
    topology = net(stack(4) + "y = Concatenate()([s2, s4])")
    assert [found.blocks for found in fold(topology)] == [
        (("a1", "r1", "b1", "s1"), ("a2", "r2", "b2", "s2")),
        (("a3", "r3", "b3", "s3"), ("a4", "r4", "b4", "s4")),
    ]


def test_an_output_inside_a_block_keeps_the_blocks_apart(net) -> None:
    folds = fold(net(stack(2), outputs="r1 s2"))
    assert all(len(found.blocks[0]) < 4 for found in folds)


def test_one_shared_layer_called_in_a_row(net) -> None:
    text = "x = Input(); a = Dense(units=8)(x); b = a.again(a); c = a.again(b)"
    assert fold(net(text)) == (Fold(3, (("a",), ("a#2",), ("a#3",))),)


def test_a_shared_layer_beside_one_of_its_own_is_no_repetition(net) -> None:
    text = "x = Input(); a = Dense(units=8)(x); b = a.again(a); c = Dense(units=8)(b); y = Softmax()(c)"
    assert fold(net(text)) == (Fold(2, (("a",), ("a#2",))),)


def test_a_nested_model_is_never_cut(net) -> None:
    inside = "a = Dense(units=8, _scope='m')(x); b = Dense(units=8, _scope='m')(a); "
    topology = net("x = Input(); " + inside + "c = Dense(units=8)(b); d = Dense(units=8)(c); y = Softmax()(d)")
    assert [found.blocks for found in fold(topology)] == [(("a",), ("b",)), (("c",), ("d",))]


def test_a_block_does_not_reach_from_one_nested_model_into_the_next(net) -> None:
    text = (
        "x = Input(); a1 = Dense(units=8, _scope='m')(x); r1 = ReLU(_scope='m')(a1); "
        "a2 = Dense(units=8, _scope='m')(r1); r2 = ReLU(_scope='n')(a2); y = Softmax()(r2)"
    )
    assert fold(net(text)) == ()


def test_equal_nested_models_are_folded_whole(net) -> None:
    text = "x = Input(); " + "".join(
        f"a{n} = Dense(units=8, _scope='m{n}')({before}); r{n} = ReLU(_scope='m{n}')(a{n}); "
        for n, before in ((1, "x"), (2, "r1"), (3, "r2"))
    )
    assert times(fold(net(text))) == [(3, 2)]


def test_folds_within_folds(net) -> None:
    block = "".join(
        f"c{n} = Conv2D(filters=8)({before}); d{n} = Conv2D(filters=8)(c{n}); p{n} = MaxPooling2D()(d{n}); "
        for n, before in ((1, "x"), (2, "p1"))
    )
    (found,) = fold(net("x = Input(); " + block))
    assert found.inside == (Fold(2, (("c1",), ("d1",))),)


def test_a_lone_block_that_resembles_the_repeated_one_is_closed_too(net) -> None:
    projection = (
        "a0 = Dense(units=8)(x); r0 = ReLU()(a0); b0 = Dense(units=8)(r0); p0 = Dense(units=8)(x); "
        "s0 = Add()([b0, p0]); "
    )
    topology = net("x = Input(); " + projection + residual(1, "s0") + residual(2, "s1") + "y = Softmax()(s2)")
    folds = fold(topology)
    assert times(folds) == [(1, 5), (2, 4)]
    check_lossless(topology, folds)


def test_calls_that_reach_no_output_are_not_lost(net) -> None:
    topology = net(stack(3) + "lost = Dense(units=1)(r2)", outputs="s3")
    check_lossless(topology, fold(topology))
    assert visible(topology, ()) == len(topology.calls)


def test_a_thousand_blocks_are_one(net) -> None:
    (found,) = fold(net(stack(1000)))
    assert found.times == 1000
