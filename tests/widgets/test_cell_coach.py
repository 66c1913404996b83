"""The coach among the cells of a shell: one explanation, one line of Python's, nothing hidden."""

import importlib.util
import warnings

import pytest
from IPython.core.interactiveshell import InteractiveShell

from kerastutor.coaching import diagnoses, silent, voice
from kerastutor.models.recording import Record
from kerastutor.widgets import extension
from kerastutor.widgets.coach import CellCoach

BLOCK = """
class Block(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(5)

    def call(self, x):
        return x + self.dense(x)

Block()(keras.Input((4,)))
"""


class Watched:
    """A shell with a coach: what was explained, and what IPython showed of tracebacks."""

    def __init__(self, shown, tracebacks, shell, coach):
        self.shown, self.tracebacks, self.shell, self.coach = shown, tracebacks, shell, coach

    def run(self, cell):
        return self.shell.run_cell(cell)


@pytest.fixture(scope="module")
def shell():
    shell = InteractiveShell()
    shell.colors = "nocolor"
    yield shell
    shell.history_manager.end_session()


@pytest.fixture
def watched(monkeypatch, shell):
    shown, tracebacks = [], []
    monkeypatch.setattr(voice, "show", shown.append)
    monkeypatch.setattr(shell, "_showtraceback", lambda kind, error, lines: tracebacks.append("\n".join(lines)))
    coach = CellCoach(shell)
    coach.attach()
    shell.run_cell("import keras, kerastutor")
    yield Watched(shown, tracebacks, shell, coach)
    coach.detach()


def test_a_mistake_is_explained_once_with_its_traceback_folded(watched):
    result = watched.run("x = keras.Input(784)")
    (bundle,) = watched.shown
    assert "784 is a single number" in bundle["text/plain"]
    assert "keras.Input(784)" in bundle["text/html"].partition("traceback</summary>")[2]
    assert watched.tracebacks == ["ValueError: explained above. %tb shows the traceback here."]
    assert isinstance(result.error_in_exec, ValueError)


def test_a_warning_that_an_explanation_explains_better_is_left_out(watched):
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        watched.run(BLOCK)
    assert "cannot merge" in watched.shown[0]["text/plain"]
    assert [str(one.message) for one in warned if "unbuilt state" in str(one.message)] == []


def test_other_warnings_are_given_in_the_end(watched):
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        watched.run(
            "import warnings\n"
            "class Careful(keras.layers.Layer):\n"
            "    def call(self, x):\n"
            "        warnings.warn('mind the gap')\n"
            "        return x\n"
            "Careful()(keras.Input((4,)))\n"
        )
    assert "mind the gap" in [str(one.message) for one in warned]


def test_an_error_of_python_keeps_its_traceback(watched):
    watched.run("1 / 0")
    assert watched.shown == []
    assert "ZeroDivisionError" in watched.tracebacks[0] and "1 / 0" in watched.tracebacks[0]


def test_an_unknown_mistake_gets_the_graph_and_what_keras_says(watched):
    watched.run("x = keras.Input((4,))\ny = keras.layers.Dot(1)([x, keras.layers.Dense(3)(x)])")
    assert "does not know the mistake" in watched.shown[0]["text/plain"]
    assert "axis values 4" in watched.shown[0]["text/plain"]
    assert "<img" in watched.shown[0]["text/html"]
    assert "traceback" not in watched.shown[0]["text/html"]  # it stands below


DOT = "x = keras.Input((4,))\ny = keras.layers.Dot(1)([x, keras.layers.Dense(3)(x)])"


@pytest.mark.parametrize("cell", [DOT, f"with kerastutor.coach():\n    {DOT.replace(chr(10), chr(10) + '    ')}"])
def test_an_unknown_mistake_keeps_its_traceback(watched, cell):
    watched.run(cell)
    (_said,), (traceback,) = watched.shown, watched.tracebacks
    assert "y = keras.layers.Dot(1)" in traceback and "in Dot.build" in traceback and "axis values 4" in traceback


def test_what_is_said_names_the_line_and_its_code(watched):
    watched.run("x = keras.Input((4,))\n\nkeras.Input(784)")
    assert "\n  Line 3: keras.Input(784)\n" in watched.shown[0]["text/plain"]
    watched.run(DOT)
    assert "\n  Line 2: y = keras.layers.Dot(1)([x, keras.layers.Dense(3)(x)])\n" in watched.shown[1]["text/plain"]


def test_a_line_of_a_file_is_named_with_its_file(watched, tmp_path):
    (tmp_path / "helpers.py").write_text("import keras\n\n\ndef entry():\n    return keras.Input(784)\n")
    watched.shell.user_ns["helper_folder"] = str(tmp_path)
    watched.run("import sys\nsys.path.insert(0, helper_folder)\nimport helpers\nsys.path.pop(0)\nhelpers.entry()")
    assert "\n  Line 5 of helpers.py: return keras.Input(784)\n" in watched.shown[0]["text/plain"]


def test_the_traceback_of_an_explained_mistake_can_be_asked_for(watched):
    watched.run("keras.Input(784)")
    watched.run("%tb")
    assert len(watched.shown) == 1
    assert "keras.Input(784)" in watched.tracebacks[-1] and "Cannot convert" in watched.tracebacks[-1]


def test_a_block_that_is_coached_is_explained_once(watched):
    watched.run("with kerastutor.coach():\n    keras.Input(784)")
    assert len(watched.shown) == 1
    assert watched.tracebacks == ["ValueError: explained above. %tb shows the traceback here."]


def test_a_coach_that_fails_hides_no_error_and_says_so_in_the_log(watched, monkeypatch, caplog):
    monkeypatch.setattr(voice, "say", lambda explanation: 1 / 0)
    with caplog.at_level("DEBUG", "kerastutor"):
        watched.run("keras.Input(784)")
    assert "ValueError" in watched.tracebacks[0] and "784" in watched.tracebacks[0]
    assert "ZeroDivisionError" in caplog.text


def failing_rule(subject):
    raise LookupError("this rule is broken")


def test_a_rule_that_fails_is_passed_over_and_named_in_the_log(watched, monkeypatch, caplog):
    monkeypatch.setattr(diagnoses, "RULES", (failing_rule, *diagnoses.RULES))
    monkeypatch.setattr(silent, "OF_CELLS", (failing_rule,))
    with caplog.at_level("DEBUG", "kerastutor"):
        watched.run("keras.Input(784)")
        assert silent.notice(silent.Cell("", Record(), {})) == []
    assert "784 is a single number" in watched.shown[0]["text/plain"]
    assert caplog.text.count("The rule failing_rule failed") == 2
    assert caplog.text.count("LookupError: this rule is broken") == 2


@pytest.mark.skipif(importlib.util.find_spec("tensorflow") is None, reason="tensorflow is not installed")
def test_advice_that_is_about_no_model_is_given_once(watched):
    watched.run("import tensorflow as tf")
    for units in range(1, 31):
        watched.run(f"layer = tf.keras.layers.Dense({units})")
    assert [bundle["text/plain"].partition(" is ")[0] for bundle in watched.shown] == ["Hint: tf.keras"]


def test_advice_on_two_lines_of_one_cell_is_given_once(watched):
    watched.run("a = keras.layers.Conv2D(32, 3, 3)\nb = keras.layers.Conv2D(64, 3, 3)")
    watched.run("c = keras.layers.Conv2D(64, 5, 5)")
    assert len(watched.shown) == 1


def test_a_silent_mistake_is_mentioned_once(watched):
    cell = "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation='softmax', name='sure')])"
    watched.run(cell)
    watched.run(cell)
    assert [bundle["text/plain"].partition(".")[0] for bundle in watched.shown] == [
        "Hint: sure is a softmax over one unit: it can only ever return 1"
    ]


def hinted(watched):
    return [bundle["text/plain"].partition(":")[2].partition(".")[0].strip() for bundle in watched.shown]


def test_a_hint_is_given_once_for_a_model_and_again_for_the_next(watched):
    watched.run("x = keras.Input((4,))\nmodel = keras.Model(x, keras.layers.Dense(3)(x))")
    compiled = "model.compile('adam', 'sparse_categorical_crossentropy')"
    watched.run(compiled)
    watched.run(compiled)
    assert len(watched.shown) == 1
    watched.run("model = keras.Model(x, keras.layers.Dense(3)(x))")
    watched.run(compiled)
    assert (
        hinted(watched)
        == ["The last layer has no activation, and sparse_categorical_crossentropy expects probabilities"] * 2
    )


def test_a_cell_that_makes_its_layers_anew_when_run_again_is_told_once(watched):
    cell = "both = keras.ops.concatenate([keras.Input((4,)), keras.Input((4,))])\n"
    cell += "second = keras.layers.Concatenate(axis=0)([keras.Input((4,)), keras.Input((4,))])"
    watched.run(cell)
    watched.run(cell)
    assert len(watched.shown) == 2


def test_the_extension_has_the_switch(shell):
    extension.load_ipython_extension(shell)
    try:
        shell.run_line_magic("coach", "hints off")
    finally:
        extension.unload_ipython_extension(shell)


def test_hints_can_be_switched_off_and_on(watched):
    watched.shell.register_magic_function(watched.coach.switch, "line", "coach")
    softmax = "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation='softmax', name='{}')])"
    watched.run("%coach hints off")
    watched.run(softmax.format("first"))
    watched.run("keras.Input(784)")
    assert len(watched.shown) == 1 and "784" in watched.shown[0]["text/plain"]  # errors are explained all the same
    watched.run("%coach hints on")
    watched.run(softmax.format("second"))
    assert "second is a softmax" in watched.shown[1]["text/plain"]
    assert "%coach hints off" in str(watched.run("%coach quiet").error_in_exec)


@pytest.fixture
def printed(shell, capsys):
    """What a shell prints that loads and unloads the extension."""
    yield lambda *cells: [(shell.run_cell(cell), capsys.readouterr().out.strip())[1] for cell in cells]
    extension.unload_ipython_extension(shell)
    shell.extension_manager.loaded.discard("kerastutor")


def test_the_cell_that_loads_the_extension_can_be_run_again(printed):
    by_function = "get_ipython().run_line_magic('load_ext', 'kerastutor')"
    again = ("%load_ext kerastutor\nx = 1", by_function, "  load_ext kerastutor")
    assert printed("%load_ext kerastutor", *again) == [""] * 4


def test_the_extension_can_be_unloaded_and_loaded_again(printed, shell):
    lines = ("%load_ext kerastutor", "# once: %load_ext kerastutor\n%unload_ext kerastutor")
    assert printed(*lines) == ["", ""]
    assert shell.custom_exceptions == ()
    assert printed("%load_ext kerastutor", "%reload_ext kerastutor") == ["", ""]
    assert shell.custom_exceptions == (Exception,)
