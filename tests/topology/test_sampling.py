"""Made-up networks: the same everywhere, valid, and what they are made for."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerastutor.topology.graph import Topology
from kerastutor.topology.inventing.mutation import KINDS, mutate
from kerastutor.topology.inventing.sampling import LEVELS, relabel, sample
from kerastutor.topology.inventing.shapes import ShapeError, with_shapes
from kerastutor.topology.sameness.canonical import equal, fingerprint
from kerastutor.topology.sequential import why_not_sequential

levels = st.sampled_from(sorted(LEVELS))
seeds = st.integers(0, 10_000)


@given(levels, seeds)
def test_every_tensor_has_a_shape_and_every_call_reaches_an_output_or_is_lost_on_purpose(level: int, seed: int) -> None:
    net = sample(level, seed)
    assert all(tensor.shape and tensor.dtype for call in net.calls for tensor in call.outputs)
    assert net.reaching == set(net.call)
    assert Topology.from_json(net.to_json()) == net


@given(levels, seeds)
def test_other_names_and_another_order_are_the_same_network(level: int, seed: int) -> None:
    net = sample(level, seed)
    other = relabel(net, seed)
    assert equal(net, other)
    assert not set(net.call) & set(other.call)


@given(st.sampled_from([1, 2]), seeds)
def test_the_first_levels_are_chains(level: int, seed: int) -> None:
    assert why_not_sequential(sample(level, seed)) == ()


def test_each_level_brings_what_it_says() -> None:
    nets = {level: [sample(level, seed) for seed in range(60)] for level in LEVELS}
    assert any(len(call.tensors) > 1 for net in nets[3] for call in net.calls)
    assert any(len(net.inputs) > 1 and len(net.outputs) > 1 for net in nets[4])
    assert any(len(calls) > 1 for net in nets[4] for calls in net.calls_of.values())
    assert any(net.scopes for net in nets[5])
    assert len({fingerprint(net) for net in nets[3]}) > 55


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="levels are 1 to 5"):
        sample(6, 0)


def test_the_same_seed_gives_the_same_network_in_another_process() -> None:
    code = "from kerastutor.topology.inventing.sampling import sample; print(sample(5, 11).to_json())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == sample(5, 11).to_json()


@pytest.mark.parametrize("kind", KINDS)
def test_a_mistake_changes_the_function_and_fits(kind: str) -> None:
    made = 0
    for seed in range(40):
        net = sample(3 + seed % 3, seed)
        try:
            mutant = mutate(net, kind, seed)
        except LookupError:
            continue
        made += 1
        assert not equal(mutant.topology, net)
        assert mutant.calls or mutant.arrows
        assert set(mutant.calls) <= set(mutant.topology.call)
        assert all(mutant.topology.call[arrow.call].tensors for arrow in mutant.arrows)
        assert with_shapes(mutant.topology) == mutant.topology
        assert mutate(net, kind, seed) == mutant
    assert made >= 3


def test_a_chain_gives_no_occasion_for_mistakes_of_order() -> None:
    for kind in ("swapped_order", "input_order", "output_order", "twin_not_shared"):
        with pytest.raises(LookupError, match="no occasion"):
            mutate(sample(1, 0), kind, 0)


def test_shapes_that_do_not_fit_are_refused_by_name(net) -> None:
    wrong = net("x = Input(shape=[None, 4]); a = Dense(units=3)(x); s = Add()([a, x])")
    with pytest.raises(ShapeError, match=r"Add 's' cannot take \(None, 3\), \(None, 4\)"):
        with_shapes(wrong)


def test_a_shared_layer_needs_one_width(net) -> None:
    wrong = net("x = Input(shape=[None, 4]); a = Dense(units=3)(x); b = a.again(a)")
    with pytest.raises(ShapeError, match="shared layer 'a'"):
        with_shapes(wrong)


def test_unknown_kinds_leave_shapes_open(net) -> None:
    own = with_shapes(net("x = Input(shape=[None, 4]); a = Own()(x); b = Dense(units=3)(a)"))
    assert own.call["a"].outputs[0].shape is None
