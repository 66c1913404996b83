"""The stepper finds the line of every node in the models of the lessons."""

import pytest

from kerastutor.building.stepping.stepper import run
from kerastutor.exercises.catalog import by_lesson
from kerastutor.exercises.spec import NetworkAnswer
from kerastutor.formats.source import functional

MODELS = [
    pytest.param(reference, id=f"{spec.id}-{place}")
    for specs in by_lesson().values()
    for spec in specs
    if isinstance(spec.answer, NetworkAnswer)
    for place, reference in enumerate(spec.answer.references)
]


@pytest.mark.slow
@pytest.mark.parametrize("reference", MODELS)
def test_every_call_is_found_on_the_line_that_makes_it(reference):
    source = functional(reference)
    lines = source.splitlines()
    steps = run(source)
    line_of = {call: step.line for step in steps.steps for call in step.new}
    graph = steps.steps[-1].graph
    assert {call.id for call in graph.calls} == line_of.keys()
    for call in graph.calls:
        layer, line = graph.layer_of(call.id), lines[line_of[call.id] - 1]
        assert layer.name in line or layer.kind.removeprefix("ops.").lower() in line.lower()
