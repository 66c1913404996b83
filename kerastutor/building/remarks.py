"""What is said after a step that Keras takes and that is most often not meant: the coach's words, in the builder."""

from __future__ import annotations

from kerastutor.building.log import BuildLog
from kerastutor.building.workshop import Made, nested
from kerastutor.coaching.diagnoses import Finding
from kerastutor.coaching.silent import Cell, graph, notice
from kerastutor.models.recording import Created, Record, RecordedCall

RULES = (
    graph.add_broadcasts,
    graph.concatenate_batch,
    graph.softmax_one_unit,
    graph.merged_with_itself,
    graph.embedding_on_floats,
    graph.flatten_missing,
)
"""The silent mistakes that a step can make; sharing a layer is no mistake here, for the builder says that it does."""


def remarks(log: BuildLog) -> list[Finding]:
    """The silent mistakes of the last step: those of the network as it is now that it did not have before."""
    if not log.position:
        return []
    known = _found(log.states[log.position - 1])
    return [finding for finding in _found(log.now) if finding not in known]


def _found(made: Made) -> list[Finding]:
    if not made.topology.outputs or not made.topology.inputs:
        return []
    model = made.model
    record = Record(calls=_calls(made), created=[Created(model, None)])
    return notice(Cell("", record, {"model": model}), RULES)


def _calls(made: Made) -> list[RecordedCall]:
    called = [call for call in made.topology.calls if call.layer in made.layers]  # inputs are no calls
    given = [nested(call.arguments, lambda ref: made.tensors[ref.call][ref.index]) for call in called]
    return [
        RecordedCall(made.layers[call.layer], (), arguments, made.tensors[call.id])
        for call, arguments in zip(called, given, strict=True)
    ]
