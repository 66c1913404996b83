"""A small answer to a large exercise is judged at once, however many ways lead through what is missing."""

import time

import pytest

from kerastutor.exercises.judging import judge
from kerastutor.exercises.results import Outcome
from kerastutor.exercises.spec import NetworkAnswer, Spec
from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref, Topology


def residual(blocks: int) -> Topology:
    """So many blocks of a Dense layer and an addition that goes round it, between an input and an output."""
    layers = [Layer("x", "Input", config={"shape": [None, 8]})]
    calls = [Call("x", "x")]

    def call(name: str, kind: str, *sources: str, **config: object) -> None:
        layers.append(Layer(name, kind, config=config, owns="weights" if kind == "Dense" else "nothing"))
        slots = ["inputs"] if len(sources) == 1 else [f"inputs.{place}" for place in range(len(sources))]
        given = tuple(Argument(slot, Ref(source)) for slot, source in zip(slots, sources, strict=True))
        calls.append(Call(name, name, given))

    last = "x"
    for block in range(blocks):
        call(f"dense_{block}", "Dense", last, units=8, activation="tanh")
        call(f"sum_{block}", "Multiply", last, f"dense_{block}")
        last = f"sum_{block}"
    call("answer", "Dense", last, units=1)
    return Topology(tuple(layers), tuple(calls), (Port(Ref("x")),), (Port(Ref("answer")),))


@pytest.mark.parametrize("blocks", [20, 60])
def test_two_layers_handed_in_for_many_blocks(blocks):
    spec = Spec("09-deep", "D", "D.", NetworkAnswer((residual(blocks),)))
    begun = time.process_time()
    result = judge(spec, residual(1))
    assert result.outcome is Outcome.NOT_YET
    assert result.findings[0].calls
    assert time.process_time() - begun < 5


@pytest.mark.slow
def test_a_chain_of_missing_layers_may_be_as_long_as_it_likes():
    layers, calls = [Layer("x", "Input", config={"shape": [None, 8]})], [Call("x", "x")]
    for place in range(1100):
        layers.append(Layer(f"d{place}", "Dense", config={"units": 8}, owns="weights"))
        calls.append(Call(f"d{place}", f"d{place}", (Argument("inputs", Ref(calls[-1].id)),)))
    deep = Topology(tuple(layers), tuple(calls), (Port(Ref("x")),), (Port(Ref(calls[-1].id)),))
    result = judge(Spec("09-deep", "D", "D.", NetworkAnswer((deep,))), residual(0))
    assert result.outcome is Outcome.NOT_YET
