"""Whether XLA takes over, by the times of the executions before."""

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


@pytest.mark.parametrize(
    ("steps", "seconds", "xla"), [(5_000, None, True), (1_000, None, False), (5_000, 1.0, False), (5_000, 9.0, True)]
)
def test_xla_takes_over_where_the_rest_takes_longer_than_compiling_costs(steps, seconds, xla):
    assert after_plain_steps(Trial(1.5, steps, seconds)).xla is xla


@given(st.lists(st.tuples(st.integers(1, 500), st.floats(0.0, 10.0)), max_size=20))
def test_never_is_never_and_always_is_always(executions):
    never, always = Trial(NEVER, 10_000), Trial(ALWAYS, 10_000)
    for steps, seconds in executions:
        never.took(steps, seconds)
        always.took(steps, seconds)
    assert not never.xla
    assert always.xla


@pytest.mark.parametrize(("per_step", "xla"), [(0.5 * MILLISECOND, True), (2 * MILLISECOND, False)])
def test_xla_stays_only_if_its_steps_are_faster(per_step, xla):
    trial = after_plain_steps(Trial(1.5, 5_000))
    trial.took(50, 0.7)  # compiles
    assert trial.xla, "one slow execution, which compiled, says nothing"
    trial.took(50, 50 * per_step)
    assert trial.xla is xla
