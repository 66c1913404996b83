"""The speed policy: how to run a training so that the time from the click to the last curve point is shortest.

Every choice below was measured (`python -m benchmarks.training`); the figures beside it are those of two CPU cores.
Mixed precision is left to the learner (`keras.config.set_dtype_policy`): a model that trains in seconds gains nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

How = Literal["compiled loop", "step by step", "model.fit"]

RESIDENT_BYTES = {"CPU": 512 * 2**20, "GPU": 4 * 2**30}
"""Data larger than this stay with `model.fit`, which brings them to the device batch by batch."""

ALWAYS, NEVER = 0.0, float("inf")

XLA_PAYS_FROM_SECONDS = {"dense": 1.5, "recurrent": 20.0}
"""How long the rest of a run has to take without XLA for XLA to pay on the CPU. A dense model's step takes half as long
with it (0.35 instead of 0.8 ms), and 1 s to compile beside the training; a recurrent one's three quarters, and 5 s."""


@dataclass(frozen=True)
class Workload:
    """What the choice depends on.

    Attributes:
        backend: `"tensorflow"`, `"jax"` or `"torch"`.
        device: `"CPU"` or `"GPU"`.
        families: the families of the model's layers, as `kerastutor.knowledge` names them.
        nbytes: how much memory the data take.
        xla: what `compile(jit_compile=...)` demands; None where the learner left it open.
        exact: the result must not depend on timing or on the compiler's liberties.
    """

    backend: str
    device: str
    families: frozenset[str]
    nbytes: int
    xla: bool | None = None
    exact: bool = False


@dataclass(frozen=True)
class Plan:
    """How a training will run.

    Attributes:
        how: the way the steps are run.
        xla_from: XLA takes over as soon as the rest of the run would take this many seconds without it.
        why: the reason as one clause.
    """

    how: How
    xla_from: float
    why: str


def choose(task: Workload) -> Plan:
    """The fastest way to run `task` that gives the same result as `model.fit`.

    >>> choose(Workload("tensorflow", "CPU", frozenset(), nbytes=2**20))
    Plan(how='compiled loop', xla_from=1.5, why='many steps in one call, with XLA where it pays, data on the device')
    >>> choose(Workload("jax", "CPU", frozenset({"convolution"}), nbytes=2**20)).how
    'step by step'
    """
    if task.nbytes > RESIDENT_BYTES[task.device]:
        return Plan("model.fit", NEVER, f"the data take {task.nbytes / 2**20:.0f} MB, too much to keep on the device")
    return {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}[task.backend](task)


def _tensorflow(task: Workload) -> Plan:
    """A compiled loop is 1.1 (convolutions) to 3 times (dense) faster a step than fit; XLA adds a factor of 2 to 3 for
    dense models, and makes convolutions on the CPU twice as slow."""
    xla_from = _tensorflow_xla(task)
    xla = {ALWAYS: ", with XLA", NEVER: ""}.get(xla_from, ", with XLA where it pays")
    return Plan("compiled loop", xla_from, f"many steps in one call{xla}, data on the device")


def _tensorflow_xla(task: Workload) -> float:
    if task.xla is not None:
        return ALWAYS if task.xla else NEVER
    if task.exact or (task.device == "CPU" and "convolution" in task.families):
        return NEVER
    return XLA_PAYS_FROM_SECONDS["recurrent" if "recurrent" in task.families else "dense"]


def _jax(task: Workload) -> Plan:
    """A compiled loop is 1.1 to 2 times faster than fit; but XLA runs a convolution inside a loop on the CPU with one
    thread and no library, 24 times slower."""
    if task.device == "CPU" and "convolution" in task.families:
        return Plan("step by step", ALWAYS, "data on the device; convolutions are slow inside a loop on the CPU")
    return Plan("compiled loop", ALWAYS, "many steps in one call, data on the device")


def _torch(task: Workload) -> Plan:
    """Compiling takes torch 15 to 70 s to the first epoch; the plain loop is 1.1 to 1.2 times faster than fit."""
    return Plan("step by step", NEVER, "data on the device")


def per_batch_callback(callbacks: Iterable[object]) -> str | None:
    """The class name of the first callback that wants to look at every batch; None where there is none.

    Such a callback needs `model.fit`, because between two chunks there is nothing to show it.
    """
    for callback in callbacks:
        if any(_overrides(callback, hook) for hook in _BATCH_HOOKS) and not _only_at_epochs(callback):
            return type(callback).__name__
    return None


_BATCH_HOOKS = (
    "on_batch_begin",
    "on_batch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_batch_begin",
    "on_test_batch_end",
)


def _overrides(callback: object, hook: str) -> bool:
    """The hooks that do nothing are those of keras.callbacks.Callback, the last class but one of every callback."""
    base = type(callback).__mro__[-2]
    method = getattr(callback, hook, None)
    return method is not None and getattr(method, "__func__", method) is not getattr(base, hook, None)


def _only_at_epochs(callback: object) -> bool:
    """ModelCheckpoint and its like count batches only when told to; what TerminateOnNaN does, the loop does itself."""
    return getattr(callback, "save_freq", None) == "epoch" or type(callback).__name__ == "TerminateOnNaN"
