"""Keras builds what is made up, with the shapes and the weights that it was given."""

from contextlib import suppress

import pytest

from kerastutor.topology.inventing.mutation import KINDS, mutate
from kerastutor.topology.inventing.sampling import sample
from kerastutor.topology.sameness.canonical import equal


def check_builds(level: int, seed: int) -> None:
    from kerastutor.models.reading import read
    from kerastutor.models.twins import build

    networks = [sample(level, seed)]
    with suppress(LookupError):
        networks.append(mutate(networks[0], KINDS[seed % len(KINDS)], seed).topology)
    for network in networks:
        model = build(network)
        again = read(model)
        assert equal(again, network)
        used = {network.call[call].layer for call in network.reaching}
        assert model.count_params() == sum(network.layer[layer].parameters or 0 for layer in used)
        for ours, theirs in zip(network.outputs, again.outputs, strict=True):
            assert network.tensor(ours.tensor).shape == again.tensor(theirs.tensor).shape


@pytest.mark.parametrize("level", range(1, 6))
def test_keras_builds_one_of_each_level(level: int) -> None:
    check_builds(level, 21 + level)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(60))
def test_keras_builds_many(seed: int) -> None:
    check_builds(1 + seed % 5, seed)
