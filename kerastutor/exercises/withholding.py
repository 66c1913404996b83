"""Exercises without their answers: what a class is given where the instructor grades.

What lies on a learner's machine can be read by the learner. So the key stays with the instructor, and a check here says
only what the task says anyway: whether there is a model, and whether its inputs and outputs are those asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kerastutor.exercises.policies import NEVER
from kerastutor.exercises.spec import ExerciseError, NetworkAnswer, Ports, Spec, WithheldAnswer
from kerastutor.knowledge import facts
from kerastutor.topology.graph import Json, Layer, Topology, Weight
from kerastutor.topology.wording import several

_DRAWN = ("activation", "shape", "dtype")  # whatever the kind of layer; besides, what matters most for its kind


def withheld(spec: Spec) -> Spec:
    """The exercise without references, freedoms, requirements, hints and solution; its version stays.

    Of a picture beside the task there stays what is drawn: not the settings that a drawing leaves out.

    Raises:
        ExerciseError: its answer is no network.
    """
    if isinstance(spec.answer, WithheldAnswer):
        return spec
    if not isinstance(spec.answer, NetworkAnswer):
        raise ExerciseError(f"The answer of {spec.id!r} is no network, so it cannot be withheld.")
    answers = () if spec.answer.any_network else spec.answer.references
    ports = tuple(dict.fromkeys(map(ports_of, answers)))
    answer = WithheldAnswer(spec.version, ports, spec.answer.untouched)
    picture = None if spec.picture is None else _as_drawn(spec.picture)
    return replace(spec, answer=answer, hints=(), solution=NEVER, picture=picture)


def ports_of(topology: Topology) -> Ports:
    """What goes in and out of a network."""
    return Ports(tuple(topology.tensor(port.tensor).shape for port in topology.inputs), len(topology.outputs))


def ports_problem(learner: Topology, asked: Iterable[Ports]) -> str | None:
    """One sentence where the inputs and outputs are none of those asked for, else None."""
    options = list(asked)
    found = ports_of(learner)
    if not options or any(_fit(found, each) for each in options):
        return None
    nearest = next((each for each in options if len(each.inputs) == len(found.inputs)), options[0])
    if len(nearest.inputs) != len(found.inputs):
        return f"The model has {several(len(found.inputs), 'input')}; the task asks for {len(nearest.inputs)}."
    if nearest.outputs != found.outputs:
        return f"The model has {several(found.outputs, 'output')}; the task asks for {nearest.outputs}."
    return "The shape of an input is not the one that the task asks for."


def _fit(found: Ports, asked: Ports) -> bool:
    shapes = sorted(map(repr, found.inputs)), sorted(map(repr, asked.inputs))
    known = None not in found.inputs and None not in asked.inputs
    return (
        len(found.inputs) == len(asked.inputs)
        and found.outputs == asked.outputs
        and (not known or shapes[0] == shapes[1])
    )


def _as_drawn(topology: Topology) -> Topology:
    """The same network to draw, with nothing in it but what the drawing says."""
    layers = tuple(
        replace(layer, config=_drawn_config(layer), weights=_counted(layer.weights)) for layer in topology.layers
    )
    calls = tuple(replace(call, source=None) for call in topology.calls)
    return replace(topology, layers=layers, calls=calls)


def _drawn_config(layer: Layer) -> dict[str, Json]:
    names = {*_DRAWN, *facts(layer.kind).highlights}
    return {name: value for name, value in layer.config.items() if name in names}


def _counted(weights: tuple[Weight, ...] | None) -> tuple[Weight, ...] | None:
    """One weight of as many parameters: the shapes of a layer's weights would tell its settings."""
    return (Weight("all", (sum(weight.size for weight in weights),)),) if weights else weights
