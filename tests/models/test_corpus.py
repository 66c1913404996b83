"""The corpus: what is the same compares equal and computes the same; what is not, does not."""

import pytest
from corpus import PAIRS
from corpus.pair import Pair
from many_cases import for_each

from kerastutor.models.reading import read
from kerastutor.models.twins import prove_same
from kerastutor.topology.graph import Topology
from kerastutor.topology.sameness.canonical import equal, fingerprint
from kerastutor.topology.sameness.rules import ALL, DEFAULT


def test_every_pair_has_a_name_of_its_own():
    names = [pair.name for pair in PAIRS]
    assert sorted(set(names)) == sorted(names)


PROOFS = {
    "operators": "plus_and_add",
    "fused_activation": "activation_of_its_own",
    "axis_spelling": "concatenate_axis_written",
    "activation_spelling": "gelu_operation",
    "linear_activation": "linear_says_nothing",
    "flatten_reshape": "flatten_or_reshape",
    "batch_size": "built_by_three_samples",
    "constant_spelling": "constant_as_float",
    "implied_key": "attention_to_itself",
    "stateless_sharing": "shared_flatten",
    "merge_order": "add_swapped",
    "unreached_calls": "computed_and_dropped",
    "duplicate_calls": "same_sum_written_twice",
    "integer_inputs": "words_of_any_dtype",
    "merge_grouping": "concatenate_grouping",
}
"""For each rule a pair that is proved to be the same network below, and is so only by that rule."""


def test_every_rule_has_a_proof_and_a_near_miss():
    assert set(PROOFS) == ALL
    assert {pair.near for pair in PAIRS} - {""} == ALL


@pytest.mark.filterwarnings("ignore::UserWarning:keras")
@for_each(sorted(ALL))
def test_the_proof_of_a_rule_rests_on_it(rule):
    first, second = map(read, named(PROOFS[rule]).make())
    assert equal(first, second)
    assert not equal(first, second, DEFAULT.without(rule))


@pytest.mark.filterwarnings("ignore::UserWarning:keras")
@for_each(sorted(ALL))
def test_a_near_miss_of_each_rule_mixes_numbers_of_axes(rule):
    near = [model for pair in PAIRS if pair.near == rule for model in pair.make()]
    assert any(mixes(read(model)) for model in near)


def named(name: str) -> Pair:
    return next(pair for pair in PAIRS if pair.name == name and pair.same)


def mixes(topology: Topology) -> bool:
    """Whether a call takes tensors of unlike numbers of axes."""
    return any(len({len(topology.tensor(ref).shape) for ref in call.tensors}) > 1 for call in topology.calls)


@pytest.mark.filterwarnings("ignore::UserWarning:keras")
@for_each(PAIRS, name=lambda pair: pair.name)
def test_pair(pair):
    models = pair.make()
    first, second = map(read, models)
    assert equal(first, second) is pair.same, pair.why
    assert (fingerprint(first) == fingerprint(second)) is pair.same
    for topology in (first, second):
        text = topology.to_json()
        again = Topology.from_json(text)
        assert (again, again.to_json(), fingerprint(again)) == (topology, text, fingerprint(topology))
    if pair.same:
        proof = prove_same(*models)
        assert proof, proof.sentence
