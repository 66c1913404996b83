"""The corpus: what is the same compares equal and computes the same; what is not, does not."""

import pytest
from corpus import PAIRS

from kerastutor.models.reading import read
from kerastutor.models.twins import prove_same
from kerastutor.topology.canonical import equal, fingerprint
from kerastutor.topology.graph import Topology


def test_is_large_enough():
    names = [pair.name for pair in PAIRS]
    assert len(set(names)) == len(names) >= 120
    assert sum(pair.same for pair in PAIRS) >= 60
    assert sum(not pair.same for pair in PAIRS) >= 60


@pytest.mark.filterwarnings("ignore::UserWarning:keras")
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
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
