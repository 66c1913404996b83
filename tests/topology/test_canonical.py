"""The canonical form: the same for all spellings of a network, and for nothing else."""

import subprocess
import sys
from dataclasses import replace
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerastutor.knowledge import facts
from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref, Tensor, Topology
from kerastutor.topology.inventing.mutation import KINDS, mutate
from kerastutor.topology.inventing.sampling import relabel, sample
from kerastutor.topology.sameness.canonical import canonical, equal, fingerprint, isomorphism

LEVELS = st.integers(1, 5)
SEEDS = st.integers(0, 10**6)


def respelled(topology: Topology, seed: int) -> Topology:
    """Some activations as layers of their own, some merges as operators, commuting arguments in another order."""
    random = Random(seed)
    layers: dict[str, Layer] = dict(topology.layer)
    calls: list[Call] = []
    moved: dict[Ref, Ref] = {}
    split = {layer.id for layer in topology.layers if layer.kind in ("Dense", "Conv2D") and random.random() < 0.5}
    for call in topology.calls:
        layer = topology.layer[call.layer]
        arguments = [Argument(s, moved.get(v, v) if isinstance(v, Ref) else v) for s, v in call.arguments]
        if facts(layer.kind).commutes:
            random.shuffle(arguments)
            arguments = [Argument(f"inputs.{i}", value) for i, (_, value) in enumerate(arguments)]
            if layer.kind == "Add" and len(arguments) == 2 and random.random() < 0.5:
                layers[layer.id] = replace(layer, kind="ops.Add")
                arguments = [Argument(f"x{i + 1}", value) for i, (_, value) in enumerate(arguments)]
        calls.append(replace(call, arguments=tuple(arguments)))
        activation = layer.config.get("activation")
        if layer.id in split and activation is not None:
            layers[layer.id] = replace(layer, config={k: v for k, v in layer.config.items() if k != "activation"})
            name = f"{call.id} then {activation}"
            layers[name] = Layer(name, "Activation", config={"activation": activation})
            calls.append(Call(name, name, (Argument("inputs", Ref(call.id)),), call.outputs))
            moved[Ref(call.id)] = Ref(name)
    ports = tuple(Port(moved.get(port.tensor, port.tensor), port.key) for port in topology.outputs)
    return Topology(tuple(layers.values()), tuple(calls), topology.inputs, ports, scopes=topology.scopes)


@given(LEVELS, SEEDS, SEEDS)
def test_other_names_order_and_spelling_are_the_same_network(level, seed, other):
    network = sample(level, seed)
    again = respelled(relabel(network, other), other)
    assert equal(network, again)
    assert fingerprint(network) == fingerprint(again)


@given(LEVELS, SEEDS, st.sampled_from(KINDS))
def test_one_mistake_is_another_network(level, seed, kind):
    network = sample(level, seed)
    try:
        mutant = mutate(network, kind, seed).topology
    except LookupError:  # this network gives no occasion for that mistake
        return
    assert not equal(network, mutant)
    assert fingerprint(network) != fingerprint(mutant)


@pytest.mark.soak
@pytest.mark.parametrize("level", range(1, 6))
def test_two_thousand_networks(level):
    for seed in range(400):
        network = sample(level, seed)
        assert equal(network, respelled(relabel(network, seed + 1), seed)), (level, seed)
        for kind in KINDS:
            try:
                mutant = mutate(network, kind, seed).topology
            except LookupError:
                continue
            assert not equal(network, respelled(relabel(mutant, seed), seed)), (level, seed, kind)


@given(LEVELS, SEEDS, SEEDS)
def test_an_isomorphism_pairs_like_with_like(level, seed, other):
    network, again = sample(level, seed), relabel(sample(level, seed), other)
    pairs = isomorphism(network, again)
    kinds = {call.id: network.layer_of(call.id).kind for call in network.calls}
    other_kinds = {call.id: again.layer_of(call.id).kind for call in again.calls}
    assert len(set(pairs.values())) == len(pairs)
    assert all(kinds.get(a) == other_kinds.get(b) for a, b in pairs.items())


def test_no_isomorphism_between_different_networks():
    with pytest.raises(ValueError, match="not equal"):
        isomorphism(sample(3, 1), sample(3, 2))


def branched(*branches: list[str], merge: str = "Add") -> Topology:
    """One input, branches that call the named Dense layers in turn, and one merge of all."""
    layers = {"x": Layer("x", "Input", config={"shape": [None, 4]}), "out": Layer("out", merge)}
    calls, ends, times = [Call("x", "x")], [], {}
    for branch in branches:
        latest = "x"
        for name in branch:
            layers.setdefault(name, Layer(name, "Dense", config={"units": 4}, owns="weights"))
            times[name] = times.get(name, 0) + 1
            call = name if times[name] == 1 else f"{name}#{times[name]}"
            calls.append(Call(call, name, (Argument("inputs", Ref(latest)),)))
            latest = call
        ends.append(latest)
    arguments = tuple(Argument(f"inputs.{i}", Ref(end)) for i, end in enumerate(ends))
    calls.append(Call("out", "out", arguments, (Tensor(),)))
    return Topology(tuple(layers.values()), tuple(calls), (Port(Ref("x")),), (Port(Ref("out")),))


def test_eight_identical_branches_in_every_rotation():
    branches = [[f"a{i}", f"b{i}"] for i in range(8)]
    first = branched(*branches)
    for turn in range(1, 8):
        assert equal(first, branched(*branches[turn:], *branches[:turn]))


def test_symmetry_broken_by_sharing_is_seen():
    """Rings of layers shared between neighbouring branches: two threes are not one six, whatever the order."""
    six = [[f"a{i}", f"a{(i + 1) % 6}"] for i in range(6)]
    threes = [[f"a{i}", f"a{(i + 1) % 3}"] for i in range(3)] + [[f"b{i}", f"b{(i + 1) % 3}"] for i in range(3)]
    assert not equal(branched(*six), branched(*threes))
    for rings in (six, threes):
        orders = list(permutations(range(6)))[::97]
        assert len({fingerprint(branched(*(rings[i] for i in order))) for order in orders}) == 1


def test_direction_of_a_ring_of_shared_layers_counts():
    forward = [["a", "b"], ["b", "c"], ["c", "a"]]
    mixed = [["a", "b"], ["b", "c"], ["a", "c"]]
    assert not equal(branched(*forward), branched(*mixed))


def test_the_fingerprint_is_the_same_in_another_process():
    program = (
        "from kerastutor.topology.inventing.sampling import sample;"
        "from kerastutor.topology.sameness.canonical import fingerprint;"
        "print(*(fingerprint(sample(level, 7)) for level in range(1, 6)))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == [fingerprint(sample(level, 7)) for level in range(1, 6)]


def test_the_form_is_plain_data():
    form = canonical(sample(4, 3))
    assert set(form) == {"nodes", "inputs", "outputs"}


def test_the_order_of_the_keys_of_a_constant_says_nothing(net):
    keys = ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}")
    first, second = (net(f"x = Input(); y = ops.GetItem()(x, {key})") for key in keys)
    assert equal(first, second)
    assert fingerprint(first) == fingerprint(second)
