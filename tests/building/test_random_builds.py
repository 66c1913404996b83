"""Random sequences of build, undo, redo, save and load come back to the identical network."""

import random

import pytest

from kerastutor.building.arguments import arguments_for
from kerastutor.building.draft import Impossible
from kerastutor.building.edits import (
    AddInput,
    AddLayer,
    CallAgain,
    Configure,
    Delete,
    InputOrder,
    MoveLater,
    Outputs,
    Rename,
    Rewire,
)
from kerastutor.building.log import BuildLog
from kerastutor.building.screen import tensors
from kerastutor.models.reading import read
from kerastutor.topology.sameness.canonical import fingerprint

LAYERS = (
    ("Dense", {"units": 4}),
    ("Dense", {"units": 6, "activation": "relu"}),
    ("Dropout", {"rate": 0.5}),
    ("Activation", {"activation": "tanh"}),
    ("Reshape", {"target_shape": [2, 2]}),
    ("Flatten", {}),
    ("LayerNormalization", {}),
)
WISHES = [
    "layer",
    "layer",
    "layer",
    "merge",
    "again",
    "delete",
    "later",
    "rename",
    "configure",
    "rewire",
    "outputs",
    "inputs",
]
MERGES = ("Add", "Concatenate", "Multiply")


def random_edit(log, chance):
    draft = log.now.draft
    every = tensors(draft.topology)
    layers = [layer for layer in draft.topology.layers if layer.kind != "Input"]
    calls = list(draft.topology.call)
    what = chance.choice(WISHES)
    if not every or chance.random() < 0.1:
        return AddInput(draft.fresh_name("Input"), (None, 4))
    if what == "merge":
        kind = chance.choice(MERGES)
        return AddLayer(
            draft.fresh_name(kind), kind, {}, arguments_for(kind, [chance.choice(every), chance.choice(every)])
        )
    if what == "outputs":
        return Outputs(tuple({chance.choice(every), chance.choice(every)}))
    if what == "inputs":
        inputs = [port.tensor.call for port in draft.topology.inputs]
        return InputOrder(tuple(chance.sample(inputs, len(inputs))))
    if what == "delete":
        return Delete(chance.choice(calls))
    if what == "later":
        return MoveLater(chance.choice(calls))
    if layers and what == "again":
        layer = chance.choice(layers)
        return CallAgain(layer.id, arguments_for(layer.kind, [chance.choice(every)]))
    if layers and what == "rename":
        return Rename(chance.choice(layers).id, f"name_{chance.randrange(10_000)}")
    if layers and what == "configure":
        layer = chance.choice(layers)
        return Configure(
            layer.id, dict(layer.config) | ({"units": chance.randint(1, 8)} if layer.kind == "Dense" else {})
        )
    if layers and what == "rewire":
        call = chance.choice([call for call in draft.topology.calls if call.tensors])
        kind = draft.topology.layer[call.layer].kind
        return Rewire(call.id, arguments_for(kind, [chance.choice(every) for _ in call.tensors]))
    kind, config = chance.choice(LAYERS)
    return AddLayer(draft.fresh_name(kind), kind, config, arguments_for(kind, [chance.choice(every)]))


def build_and_go_back_and_forth(seed):
    chance = random.Random(seed)
    log, prints = BuildLog(), [fingerprint(BuildLog().now.topology)]
    taken, refusals = 0, []
    for _ in range(14):
        if chance.random() < 0.3:
            log = log.undo() if chance.random() < 0.6 else log.redo()
        else:
            try:
                log = log.take(random_edit(log, chance))
                prints[log.position :] = [fingerprint(log.now.topology)]
                taken += 1
            except Impossible as refused:
                refusals.append(refused.sentence)
        assert fingerprint(log.now.topology) == prints[log.position]
    again = BuildLog.from_json(log.to_json())
    assert [fingerprint(state.topology) for state in again.states] == prints
    assert again.position == log.position
    now = log.now
    if now.topology.inputs and now.topology.outputs and len(now.topology.reaching) == len(now.topology.calls):
        assert fingerprint(read(now.model)) == fingerprint(now.topology)
    assert all(sentence.strip() for sentence in refusals)
    kept = log.undo().redo().now
    assert kept is log.now or log.position == 0
    return taken


@pytest.mark.parametrize("block", range(5))
def test_random_sequences_come_back(block):
    assert sum(build_and_go_back_and_forth(seed) for seed in range(4 * block, 4 * block + 4)) > 8


@pytest.mark.soak
def test_500_random_sequences_come_back():
    assert sum(build_and_go_back_and_forth(seed) for seed in range(500)) > 1500
