"""A recording as a topology: the graph as far as it got, with the call that failed as its last."""

from __future__ import annotations

from dataclasses import replace

import keras
from keras import tree

from kerastutor.coaching.evidence import Evidence
from kerastutor.coaching.tensors import is_input
from kerastutor.models.growing import grown
from kerastutor.topology.graph import Topology


def graph_so_far(evidence: Evidence) -> tuple[Topology | None, str]:
    """The graph up to the failing call, and the id of that call; None where no call was seen. It has no outputs yet."""
    graph, failed = grown(evidence.record), evidence.failed
    failing = ""
    if failed is not None and any(isinstance(tensor, keras.KerasTensor) for tensor in evidence.tensors):
        failing = graph.add(failed.operation, failed.args, failed.kwargs, ())
    named = tree.flatten([given.value for given in evidence.site.given])
    graph.add_inputs(filter(is_input, named))  # the failing line names them, so they are looked for
    return (replace(graph.topology(), outputs=()), failing) if graph.calls else (None, "")
