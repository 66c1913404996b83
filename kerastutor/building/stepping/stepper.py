"""The stepper: for each line of a piece of Keras code, what it added to the graph, in a sentence.

>>> steps = run("import keras\\nx = keras.Input((4,), name='x')\\nx = keras.layers.Dense(2, name='d')(x)")
>>> [(step.line, step.new) for step in steps.steps]
[(1, ()), (2, ('x',)), (3, ('d',))]
>>> steps.steps[2].sentence
'`x` now means what d returns, batch × 2; the tensor of x that it meant before is still in the graph.'
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import keras
from IPython.core.inputtransformer2 import classic_prompt, ipython_prompt, leading_indent
from keras import tree

from kerastutor.building.stepping.tracing import Meaning, Moment, Traced, trace
from kerastutor.coaching.coach import explain
from kerastutor.coaching.explanation import Explanation
from kerastutor.coaching.tensors import is_input, producer_name
from kerastutor.drawing.words import shape_words
from kerastutor.models.describing import tensor_from
from kerastutor.models.growing import Growing
from kerastutor.models.keras_inside import calls_of, maker
from kerastutor.models.recording import Record, RecordedCall, Where
from kerastutor.topology.graph import Source, Topology

MOST_STEPS = 400
"""Steps that are shown; a longer run is cut there, and says so."""


@dataclass(frozen=True)
class Step:
    """One line, done.

    Attributes:
        line: its number in the source, from 1.
        function: the helper it stands in, `""` for the cell itself.
        new: the ids of the calls it added.
        graph: the network after it.
        sentence: what happened.
        failed: it raised, and the run ended there.
    """

    line: int
    function: str
    new: tuple[str, ...]
    graph: Topology
    sentence: str
    failed: bool = False


@dataclass(frozen=True)
class Steps:
    """A piece of code, and what each line of it did.

    Attributes:
        source: the code.
        steps: the lines in the order they ran; a line that adds nothing is shown the first time only.
        remarks: what is to be said at the end: layers never called, tensors that reach no output, a run that was cut.
        error: what it raised, or None.
        explanation: the coach's words for it.
    """

    source: str
    steps: tuple[Step, ...]
    remarks: tuple[str, ...] = ()
    error: BaseException | None = None
    explanation: Explanation | None = None

    @property
    def text(self) -> str:
        """Every step with its line, then the remarks."""
        lines = self.source.splitlines()
        told = [f"{step.line:>3}  {lines[step.line - 1].strip()}\n     {step.sentence}" for step in self.steps]
        return "\n".join([*told, *self.remarks])

    def __repr__(self) -> str:
        return f"Steps({len(self.steps)} of {len(self.source.splitlines())} lines)"


def run(source: str, namespace: dict[str, Any] | None = None) -> Steps:
    """Run code, as a cell would be, and tell what each line did.

    Args:
        source: Python code; it is run once, unchanged.
        namespace: where its names live; by default a new one.
    """
    return told(trace(source, {"__name__": "__main__"} if namespace is None else namespace))


def told(traced: Traced) -> Steps:
    """The steps of a run that was followed."""
    steps = tuple(_steps(traced))
    remarks = list(_remarks(traced)) if traced.error is None else []
    if traced.capped or len(steps) >= MOST_STEPS:
        remarks.append(f"The run went on; only its first {len(traced.moments):,} lines were followed.")
    explanation = None
    if isinstance(traced.error, Exception):  # and no interrupt
        explanation = explain(traced.error, traced.record)
    return Steps(traced.source, steps[:MOST_STEPS], tuple(remarks), traced.error, explanation)


def _steps(traced: Traced) -> Iterator[Step]:
    shown: set[int] = set()
    calls = created = 0
    graph, known = Topology((), (), (), ()), set()
    for moment in _until_it_failed(traced):
        grew = (moment.calls, moment.created) != (calls, created)
        if not grew and not moment.names and not moment.raised and moment.line in shown:
            continue
        shown.add(moment.line)
        new: tuple[str, ...] = ()
        if grew:
            graph = graph_at(traced.record, moment.calls, moment.created)
            new = tuple(call.id for call in graph.calls if call.id not in known)
            known = set(graph.call)
        made = [entry.layer for entry in traced.record.created[created : moment.created]]
        failed = moment.raised and traced.error is not None
        sentence = _stopped(traced) if failed else _sentence(moment.names, made, graph, new)
        calls, created = moment.calls, moment.created
        yield Step(moment.line, moment.function, new, graph, sentence, failed)


def _until_it_failed(traced: Traced) -> list[Moment]:
    """The lines up to the one that failed; those that called it, and ended with it, are left out."""
    moments = list(traced.moments)
    while traced.error is not None and len(moments) > 1 and moments[-1].raised and moments[-2].raised:
        moments.pop()
    return moments


def _stopped(traced: Traced) -> str:
    return f"The run stopped at this line with a {type(traced.error).__name__}; what was built until then is kept."


def graph_at(record: Record, calls: int, created: int) -> Topology:
    """The network when the record held so many calls and layers."""
    growing = Growing()
    lines = {id(entry.layer): entry.source for entry in record.created[:created]}
    for entry in record.created[:created]:
        if entry.source and _is_learners_input(entry.layer, record):
            growing.add_inputs([entry.layer.output], _source(entry.source))
    for call in _standing(record.calls[:calls]):
        line = lines.get(id(call.operation)) if call.stack is not None else call.source
        growing.add(call.operation, call.args, call.kwargs, call.outputs, _source(line or call.source))
    return growing.topology()


def _standing(calls: list[RecordedCall]) -> list[RecordedCall]:
    """The calls, without those that a Sequential made again when a layer was added to it."""
    kept: list[RecordedCall] = []
    for call in calls:
        if call.stack is not None and _begins_stack(call):
            kept = [other for other in kept if other.stack is not call.stack]
        kept.append(call)
    return kept


def _begins_stack(call: RecordedCall) -> bool:
    return any(is_input(t) for t in tree.flatten(call.args))


def _is_learners_input(layer: Any, record: Record) -> bool:
    """Whether this is an input of the learner's; Keras makes some for itself when it builds a model on data."""
    if not isinstance(layer, keras.layers.InputLayer) or not calls_of(layer):
        return False
    return not layer.name.startswith("input_layer") or any(
        maker(tensor) is layer for call in record.calls for tensor in tree.flatten((call.args, dict(call.kwargs)))
    )


def _source(where: Where | None) -> Source | None:
    return None if where is None else Source(PurePath(where.file).name, where.line)


def _sentence(names: tuple[Meaning, ...], made: list[Any], graph: Topology, new: tuple[str, ...]) -> str:
    parts = [_named(meaning, graph) for meaning in names]
    if not parts and new:
        parts = [f"{call} was called and returns {shape_words(graph.call[call].outputs[0])}." for call in new[:3]]
    unnamed = [layer for layer in made if not any(meaning.now is layer for meaning in names)]
    if not parts and unnamed:
        parts = [
            f"The layer {type(layer).__name__} was created; it is in no graph before it is called."
            for layer in unnamed[:2]
        ]
    return " ".join(parts) if parts else "Nothing was added to the graph."


def _named(meaning: Meaning, graph: Topology) -> str:
    name, before, now, count = meaning
    if isinstance(now, keras.KerasTensor):
        maker = producer_name(now)
        what = f"the input {maker}" if is_input(now) else f"what {maker} returns"
        sentence = f"`{name}` now means {what}, {shape_words(tensor_from(now))}"
        if isinstance(before, keras.KerasTensor):
            sentence += f"; the tensor of {producer_name(before)} that it meant before is still in the graph"
        return f"{sentence}."
    if isinstance(now, keras.Model):
        held = {0: "no layer yet", 1: "1 layer"}.get(count, f"{count} layers")
        return f"`{name}` is a model with {held}."
    used = any(layer.name == now.name for layer in graph.layers)  # by now; Keras would tell of later lines too
    called = "called already" if used else "not called yet, so it is in no graph"
    return f"`{name}` is a {type(now).__name__} layer, {called}."


def _remarks(traced: Traced) -> Iterator[str]:
    """What print debugging does not show: layers that were made for nothing, tensors that lead nowhere."""
    called = {id(call.operation) for call in traced.record.calls}
    names = {id(meaning.now): meaning.name for moment in traced.moments for meaning in moment.names}
    for entry in traced.record.created:
        named = id(entry.layer) in names and not isinstance(entry.layer, (keras.Model, keras.layers.InputLayer))
        if named and id(entry.layer) not in called and not calls_of(entry.layer):
            yield f"The layer `{names[id(entry.layer)]}` was created and never called."
    models = [
        meaning.now
        for moment in traced.moments
        for meaning in moment.names
        if isinstance(meaning.now, keras.Model)
        and not isinstance(meaning.now, keras.Sequential)
        and hasattr(meaning.now, "operations")
    ]
    if models:
        inside = {id(operation) for model in models for operation in model.operations}
        for call in traced.record.calls:
            if call.stack is None and id(call.operation) not in inside and not isinstance(call.operation, keras.Model):
                yield f"What {call.operation.name} returns reaches no output of the model."


def as_code(pasted: str) -> str:
    """The code without prompts, the fences of a text, and an indent that all lines have.

    >>> as_code(">>> x = 1\\n>>> if x:\\n...     y = 2")
    'x = 1\\nif x:\\n    y = 2'
    """
    lines = pasted.strip("\n").splitlines(keepends=True)
    if lines and lines[0].lstrip().startswith("```"):
        lines = [line for line in lines if not line.lstrip().startswith("```")]
    for cleaned in (leading_indent, classic_prompt, ipython_prompt):
        lines = cleaned(lines)
    return "".join(lines)
