"""Whether XLA takes over, by the times of the executions before."""

from concurrent.futures import Future

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerastutor.training.policy import ALWAYS, NEVER
from kerastutor.training.trial import Trial

MILLISECOND = 0.001


def after_plain_steps(trial):
    trial.took(4, 0.3)
    trial.took(20, 20 * MILLISECOND)
    return trial


def compiled(error=None):
    ready = Future()
    if error is None:
        ready.set_result(None)
    else:
        ready.set_exception(error)
    return ready


@pytest.mark.parametrize(
    ("steps", "seconds", "worth"), [(5_000, None, True), (1_000, None, False), (5_000, 1.0, False), (5_000, 9.0, True)]
)
def test_xla_is_worth_compiling_where_the_rest_takes_longer_than_that_costs(steps, seconds, worth):
    assert after_plain_steps(Trial(1.5, steps, seconds)).worth_compiling is worth


@given(st.lists(st.tuples(st.integers(1, 500), st.floats(0.0, 10.0)), max_size=20))
def test_never_is_never_and_always_is_always(executions):
    never, always = Trial(NEVER, 10_000), Trial(ALWAYS, 10_000)
    for steps, seconds in executions:
        never.took(steps, seconds)
        always.took(steps, seconds)
        assert not never.worth_compiling
        assert not always.worth_compiling
    assert not never.xla
    assert always.xla


def test_xla_takes_over_once_it_has_compiled():
    trial, ready = after_plain_steps(Trial(1.5, 5_000)), Future()
    trial.compiling(ready)
    trial.took(50, 0.05)
    assert not trial.xla
    assert not trial.worth_compiling, "it compiles already"
    assert not trial.wait(0)
    ready.set_result(None)
    assert trial.wait(0)
    assert trial.xla


def test_what_does_not_compile_is_never_used():
    trial = after_plain_steps(Trial(1.5, 5_000))
    trial.compiling(compiled(NotImplementedError("strings")))
    trial.took(50, 0.05)
    assert not trial.xla
    assert not trial.worth_compiling


@pytest.mark.parametrize(("per_step", "xla"), [(0.5 * MILLISECOND, True), (2 * MILLISECOND, False)])
def test_xla_stays_only_if_its_steps_are_faster(per_step, xla):
    trial = after_plain_steps(Trial(1.5, 5_000))
    trial.compiling(compiled())
    trial.took(50, 0.7)
    assert trial.xla, "one slow execution, the first, says nothing"
    trial.took(50, 50 * per_step)
    assert trial.xla is xla


def test_steps_beside_the_compiler_do_not_count():
    trial = after_plain_steps(Trial(1.5, 50_000))
    ready = Future()
    trial.compiling(ready)
    trial.took(500, 500 * 9 * MILLISECOND)
    ready.set_result(None)
    for _ in range(3):
        trial.took(50, 50 * 2 * MILLISECOND)
    assert not trial.xla, "2 ms are slower than the 1 ms of the steps alone"
