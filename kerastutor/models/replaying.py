"""A call that failed, made once more on symbolic tensors all the way down."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from typing import NamedTuple

from kerastutor.models.recording import FailedCall, Record, composite, recording


class Replay(NamedTuple):
    """What an X-ray of a failing call saw, and the exception it ended with."""

    record: Record
    error: Exception


def replay(failed: FailedCall) -> Replay | None:
    """X-ray a call on symbolic tensors that failed; None where it does not fail this time.

    To learn what a layer returns, Keras runs its `call` on tensors of the backend. Where these cannot have an open
    axis, as in torch, some number stands in its place, and nothing tells it from a length that is meant. Here `call`
    runs on the symbolic tensors themselves. What it prints is not printed again.
    """
    with redirect_stdout(io.StringIO()):
        try:
            with recording(lambda layer: layer is failed.operation or composite(layer)) as record:
                failed.operation(*failed.args, **failed.kwargs)
        except Exception as error:
            return Replay(record, error)
    return None
