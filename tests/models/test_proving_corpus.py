"""What the prover says of pairs whose truth is established without it: minutes of computing, so before a release."""

from __future__ import annotations

import pytest
from all_bijections import compute_the_same
from corpus import PAIRS
from many_cases import for_each
from spellings import BY_HAND, DIFFERENT, RANDOM, SAME

from kerastutor.models.proving import prove
from kerastutor.models.reading import read

pytestmark = [pytest.mark.soak, pytest.mark.filterwarnings("ignore::UserWarning:keras")]

EVERY = {
    **{name: (pair, True) for name, pair in SAME.items()},
    **{name: (pair, False) for name, pair in DIFFERENT.items()},
}


def test_no_pair_is_in_two_lists():
    assert len(EVERY) == len(SAME) + len(DIFFERENT)
    assert set(BY_HAND) <= set(DIFFERENT)
    assert set(SAME) >= RANDOM


@for_each(sorted(set(EVERY) - set(BY_HAND)))
def test_the_truth_of_a_pair_is_what_all_bijections_say(name):
    pair, same = EVERY[name]
    assert compute_the_same(*pair.models(), random=name in RANDOM) is same


@for_each(sorted(EVERY))
def test_the_prover_knows_the_truth_whichever_comes_first(name):
    pair, same = EVERY[name]
    first, second = map(read, pair.models())
    for ours, theirs in ((first, second), (second, first)):
        proof = prove(ours, theirs)
        assert (proof.holds, proof.decided) == (same, True), proof.sentence


COMPUTE_THE_SAME = {
    "key_of_its_own": "there is one key only, so that its weight is 1",
    "flatten_or_average": "the image is one pixel",
    "reshape_order": "the axes are permuted into the order they are in",
    "padding": "the windows tile the image, so that nothing is padded",
    "mixed_precision": "types and rounding are no part of the function",
}
"""Pairs that the canonical form tells apart and that compute the same all the same."""


@for_each(PAIRS, name=lambda pair: pair.name)
def test_what_the_canonical_form_says_is_proved(pair):
    proof = prove(*map(read, pair.make()))
    assert proof.holds is (pair.same or pair.name in COMPUTE_THE_SAME), proof.sentence
