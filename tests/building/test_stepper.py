"""The stepper: every node on its line, and a run that is in all else a plain run."""

import sys
import timeit

import keras
import pytest
from coaching.programs import programs

from kerastutor.building.stepping.stepper import run
from kerastutor.building.stepping.tracing import trace
from kerastutor.models import interception

FUNCTIONAL = """\
import keras
from keras import layers

inputs = keras.Input((8,), name="inputs")
x = layers.Dense(8, activation="relu", name="first")(inputs)
y = layers.Dense(8, name="second")(x)
x = layers.Add(name="sum")([x, y])
unused = layers.Dense(3, name="unused")
model = keras.Model(inputs, x)
"""


def lines(steps):
    return {call: step.line for step in steps.steps for call in step.new}


def test_each_call_appears_at_its_line():
    steps = run(FUNCTIONAL)
    assert lines(steps) == {"inputs": 4, "first": 5, "second": 6, "sum": 7}
    assert [call.source.line for call in steps.steps[-1].graph.calls] == [4, 5, 6, 7]


def test_a_sentence_says_what_a_name_means_now():
    steps = run(FUNCTIONAL)
    told = {step.line: step.sentence for step in steps.steps}
    assert told[7].startswith("`x` now means what sum returns, batch × 8; the tensor of first")
    assert "not called yet" in told[8]
    assert any("`unused` was created and never called" in remark for remark in steps.remarks)


def test_a_layer_is_not_called_before_the_line_that_calls_it():
    told = run("import keras\nx = keras.Input((4,))\nd = keras.layers.Dense(2)\ny = d(x)\n").steps
    assert [step.sentence for step in told if step.line == 3] == [
        "`d` is a Dense layer, not called yet, so it is in no graph."
    ]


def test_loops_and_helpers_are_followed():
    source = (
        "import keras\nfrom keras import layers\n\ndef block(x, n):\n    h = layers.Dense(n)(x)\n    return h + x\n\n"
        "x = keras.Input((4,), name='start')\nfor n in (4, 4):\n    x = block(x, n)\n"
    )
    steps = run(source)
    new = [(step.line, step.function, len(step.new)) for step in steps.steps if step.new]
    assert new == [(8, "", 1), (5, "block", 1), (6, "block", 1), (5, "block", 1), (6, "block", 1)]


def test_a_line_that_calls_a_helper_says_what_its_name_means_then():
    source = (
        "import keras\n\ndef wider(x):\n    h = keras.layers.Dense(4, name=f'd{x.shape[1]}')(x)\n    return h\n\n"
        "x = keras.Input((2,), name='start')\nfor n in range(2):\n    x = wider(x)\n"
    )
    told = [(step.line, step.sentence) for step in run(source).steps]
    assert [sentence.split(",")[0] for line, sentence in told if line == 9] == [
        "`x` now means what d2 returns",
        "`x` now means what d4 returns",
    ]
    assert not any("meant before" in sentence for line, sentence in told if line == 4)  # each call has its own names


def test_a_sequential_shows_each_layer_at_its_own_line():
    source = "import keras\nfrom keras import layers\nmodel = keras.Sequential([\n    keras.Input((4,)),\n"
    source += (
        "    layers.Dense(3, name='a'),\n    layers.Dense(2, name='b'),\n])\nmodel.add(layers.Dense(1, name='c'))\n"
    )
    graph = run(source).steps[-1].graph
    assert {call.id: call.source.line for call in graph.calls if call.id in "abc"} == {"a": 5, "b": 6, "c": 8}


def test_a_failing_line_ends_the_steps_and_is_explained():
    steps = run("import keras\nx = keras.Input((4,))\ny = keras.layers.Dense(3)(x)\nz = x + y\nnever = 1")
    assert [step.line for step in steps.steps][-1] == 4
    assert steps.explanation.finding.mistake == "merge_unequal_shapes"
    assert isinstance(steps.error, ValueError)


def test_the_line_lit_in_the_end_is_the_one_that_failed_in_a_helper_too():
    steps = run(
        "import keras\n\ndef block(x):\n    h = keras.layers.Dense(3)(x)\n    return h + x\n\nblock(keras.Input((4,)))"
    )
    assert [(step.line, step.failed) for step in steps.steps][-2:] == [(4, False), (5, True)]
    assert "stopped at this line with a" in steps.steps[-1].sentence
    assert steps.remarks == ()


def test_an_exception_that_was_caught_stops_nothing():
    steps = run("try:\n    1 / 0\nexcept ZeroDivisionError:\n    a = 1\n")
    assert not any(step.failed for step in steps.steps)


def test_names_from_earlier_cells_are_no_news():
    space = {}
    run("import keras\nold = keras.Input((4,))\nmodel = keras.Model(old, keras.layers.Dense(3)(old))", space)
    steps = run("new = keras.layers.Dense(2)(old)", space)
    (step,) = steps.steps
    assert step.sentence.startswith("`new` now means") and "old" not in step.sentence
    assert steps.remarks == ()


def test_a_cell_that_is_run_again_begins_anew():
    space = {}
    source = "import keras\nx = keras.Input((4,))\nx = keras.layers.Dense(3)(x)"
    run(source, space)
    _, first, second = [step.sentence for step in run(source, space).steps]
    assert "meant before" not in first
    assert "meant before" in second


def test_a_model_has_as_many_layers_as_it_has_by_then():
    source = "import keras\nmodel = keras.Sequential()\nmodel.add(keras.Input((4,)))\nmodel.add(keras.layers.Dense(3))"
    sentences = [step.sentence for step in run(source).steps]
    assert "`model` is a model with no layer yet." in sentences[1]


@pytest.mark.parametrize("source", [program.source for program in programs("unrelated_programs.txt")[:20]])
def test_a_run_is_a_plain_run(source, capsys):
    def plain():
        space = {"keras": keras, "layers": keras.layers, "__name__": "__main__"}
        import numpy

        space["np"] = numpy
        return space

    mine, theirs = plain(), plain()
    traced = trace("print('begun')\n" + source, mine)
    printed = capsys.readouterr().out
    error = None
    try:
        exec(compile("print('begun')\n" + source, "<plain>", "exec"), theirs)
    except Exception as raised:
        error = raised
    assert printed == capsys.readouterr().out
    assert type(traced.error) is type(error)
    assert str(traced.error) == str(error)
    assert set(mine) == set(theirs)


def test_nothing_is_left_patched_or_traced():
    call, hook = keras.Layer.__call__, sys.gettrace()
    interrupted = trace("import keras\nx = keras.Input((4,))\nraise KeyboardInterrupt", {})
    assert isinstance(interrupted.error, KeyboardInterrupt)
    assert interrupted.moments[1].names[0].name == "x"
    run("1 / 0")
    assert keras.Layer.__call__ is call
    assert sys.gettrace() is hook
    assert interception._installed == 0


@pytest.mark.slow
def test_an_endless_run_is_followed_only_so_far_and_says_so():
    steps = run("n = 0\nwhile n < 40_000:\n    n += 1\n")
    assert any("were followed" in remark for remark in steps.remarks)
    assert len(steps.steps) < 10


def test_a_line_that_adds_nothing_costs_little():
    """Held against a tracer that does nothing, by turns in one process: a busy machine slows both. Usual: 200 times."""
    source = "for n in range(1_000):\n    a = n\n    b = a\n"
    code = compile(source, "<plain>", "exec")

    def nothing(*_):
        return nothing

    def least():
        before = sys.gettrace()
        sys.settrace(nothing)
        try:
            exec(code, {})
        finally:
            sys.settrace(before)

    rounds = [(timeit.timeit(least, number=1), timeit.timeit(lambda: trace(source, {}), number=1)) for _ in range(7)]
    assert min(followed for _, followed in rounds) < 1_000 * min(plain for plain, _ in rounds)
