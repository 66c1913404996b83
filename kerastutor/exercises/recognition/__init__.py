"""Recognising mistakes: from two aligned networks to what the learner may have had in mind.

Each recogniser looks for one family of mistakes and takes what it explains off the case, so the order matters: what is
specific comes before what is general, and the last ones explain whatever is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kerastutor.exercises.case import Case
from kerastutor.exercises.recognition import layers, ports, sharing, wiring
from kerastutor.topology.finding import Finding

__all__ = ["RECOGNISERS", "recognise"]

RECOGNISERS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    ports.sequential_forced,
    ports.inputs,
    ports.output_count,
    ports.input_order,
    ports.output_order,
    ports.input_shape,
    sharing.lost_work,
    sharing.twins,
    sharing.shared,
    sharing.repeated,
    layers.dropout_at_the_end,
    wiring.swapped,
    ports.skip_missing,
    wiring.projection,
    wiring.merge_kinds,
    wiring.merge_operands,
    wiring.self_merge_of_missing,
    ports.aux_depth,
    wiring.chained,
    layers.activations,
    layers.flattening,
    layers.pooling,
    wiring.merge_missing,
    layers.settings,
    layers.kinds,
    layers.missing,
    layers.extra,
    wiring.sources,
    layers.arguments,
    ports.other_tensor,
    ports.port_names,
)


def recognise(case: Case) -> list[Finding]:
    """Everything that keeps the learner's network from being the answer, the most fundamental first."""
    return [finding for recogniser in RECOGNISERS for finding in recogniser(case)]
