"""The coach: right on the committed broken programs, silent or generic on errors that are not Keras'."""

import importlib.util

import keras
import pytest
from coaching.programs import programs, run
from many_cases import for_each

from kerastutor.coaching import voice
from kerastutor.coaching.coach import coach, explain
from kerastutor.coaching.diagnoses import diagnose
from kerastutor.coaching.evidence import gather
from kerastutor.coaching.silent import Cell, notice
from kerastutor.knowledge.mistakes import mistakes
from kerastutor.topology.finding import found

TENSORFLOW = importlib.util.find_spec("tensorflow") is not None
NO_TENSORFLOW = "tensorflow is not installed, and this program imports it"
BROKEN = programs("broken_programs.txt")
UNRELATED = programs("unrelated_programs.txt")
LET_PASS_BY_JAX = ("loss_missing", "beyond_vocabulary")


def trains(program):
    """Whether Keras compiles the model, which takes a second."""
    return ".fit(" in program.source


def title(program):
    return f"{program.label}, program {program.number}"


@for_each([program for program in BROKEN if not trains(program)], name=title)
def test_a_broken_program_is_diagnosed(program):
    broken_program_is_diagnosed(program)


@pytest.mark.slow
@for_each([program for program in BROKEN if trains(program)], name=title)
def test_a_broken_program_that_trains_is_diagnosed(program):
    broken_program_is_diagnosed(program)


def broken_program_is_diagnosed(program):
    error, record, _ = run(program.source, f"<broken {program.number}>")
    if program.label in LET_PASS_BY_JAX and keras.backend.backend() == "jax":
        assert error is None
        return
    assert error is not None
    finding = diagnose(gather(error, record))
    assert finding is not None
    assert finding.mistake == program.label
    shown = voice.html(explain(error, record))
    assert "{" not in finding.sentence + finding.why + finding.remedy
    assert type(error).__name__ in shown  # the traceback folds below, complete


@for_each(UNRELATED, name=title)
def test_an_error_that_is_not_keras_is_left_alone(program):
    error, record, _ = run(program.source, f"<unrelated {program.number}>")
    assert error is not None
    explanation = explain(error, record)
    assert explanation is None or explanation.finding is None


def test_every_mistake_of_the_coach_has_two_programs():
    labels = [*(program.label for program in BROKEN), *(program.label for program in SILENT)]
    assert set(labels) == {mistake.id for mistake in mistakes().values() if mistake.remedy}
    assert [label for label in set(labels) if labels.count(label) < 2] == []


def test_an_error_of_keras_that_is_not_known_gets_an_honest_generic_word():
    source = "x = keras.Input((4,))\ny = layers.Dot(axes=1)([x, layers.Dense(3)(x)])"
    error, record, _ = run(source, "<generic>")
    explanation = explain(error, record)
    assert explanation.finding is None
    assert "does not know the mistake" in explanation.text and "axis values 4" in explanation.text
    assert explanation.graph.call[explanation.failing].layer.startswith("dot")
    assert "Dot" in voice.html(explanation)


@pytest.mark.parametrize("error", [ValueError(), KeyError(None), Exception("{braces} {0}"), TypeError("x" * 100_000)])
def test_the_coach_never_raises(error):
    assert explain(error) is None or explain(error).text


def test_the_error_goes_on_as_it_is(capsys):
    with pytest.raises(ValueError, match="784") as caught, coach():
        keras.Input(784)
    assert "single number" in capsys.readouterr().err
    assert caught.value.__cause__ is None


SILENT = programs("silent_programs.txt")
CORRECT = programs("correct_programs.txt")


def runs_here(program):
    return TENSORFLOW or "tensorflow" not in program.source


@for_each([program for program in SILENT if runs_here(program) and not trains(program)], name=title)
def test_a_silent_mistake_is_noticed(program):
    silent_mistake_is_noticed(program)


@pytest.mark.slow
@for_each([program for program in SILENT if runs_here(program) and trains(program)], name=title)
def test_a_silent_mistake_is_noticed_after_training(program):
    silent_mistake_is_noticed(program)


def silent_mistake_is_noticed(program):
    error, record, namespace = run(program.source, f"<silent {program.number}>")
    if error is not None:  # some backends refuse what others let pass
        assert diagnose(gather(error, record)).mistake == program.label
        return
    assert program.label in [finding.mistake for finding in notice(Cell(program.source, record, namespace))]


@pytest.mark.slow
def test_correct_programs_raise_no_false_alarm():
    alarms = []
    for program in filter(runs_here, CORRECT):
        namespace = None
        for number, source in enumerate(program.cells):
            error, record, namespace = run(source, f"<correct {program.number}.{number}>", namespace)
            assert error is None, (program.label, error)
            alarms += [(program.label, hint.mistake) for hint in notice(Cell(source, record, namespace))]
    assert alarms == []


PASTED = """
import tensorflow as tf
from tensorflow.keras import layers
model = tf.keras.Sequential([layers.Dense(8, activation="relu", input_shape=(4,)), layers.Dense(2)])
"""


@pytest.mark.skipif(not TENSORFLOW, reason=NO_TENSORFLOW)
def test_a_program_of_an_older_tutorial_gets_one_remark_and_no_more():
    error, record, namespace = run(PASTED, "<pasted>")
    assert error is None
    (remark,) = notice(Cell(PASTED, record, namespace))
    assert remark.mistake == "older_form"
    assert "keras.Input((4,))" in remark.remedy


BLOCK = """
class Block(layers.Layer):
    def __init__(self):
        super().__init__()
        self.convolution = layers.Conv1D(83, 3, padding="same")
        self.add = layers.Add()

    def call(self, inputs):
        print("called")
        x = self.convolution(inputs)
        return {result}

Block()({given})
"""
ADDED = "self.add([x, inputs])"


@pytest.mark.parametrize(
    ("result", "given", "shapes"),
    [
        (ADDED, "keras.Input((8, 3))", "x (batch, 8, 83) with inputs (batch, 8, 3)"),
        (ADDED, "keras.Input((None, 3))", "x (batch, any, 83) with inputs (batch, any, 3)"),
        (ADDED, "keras.Input((83, 3))", "x (batch, 83, 83) with inputs (batch, 83, 3)"),
        ("x + inputs", "keras.Input((83, 3))", "x (batch, 83, 83) with inputs (batch, 83, 3)"),
        ("x + inputs", "keras.Input((8, 3), batch_size=83)", "x (83, 8, 83) with inputs (83, 8, 3)"),
    ],
)
def test_inside_call_variables_are_named_and_open_axes_are_open(result, given, shapes):
    error, record, _ = run(BLOCK.format(result=result, given=given), "<block>")
    explanation = explain(error, record)
    assert f"cannot merge {shapes}" in explanation.text
    assert [call.layer.partition("_")[0] for call in explanation.graph.calls][-2:] == ["conv1d", "add"]
    assert explanation.failing == explanation.graph.calls[-1].id
    assert str(error) in explanation.traceback  # that of the run itself


def test_inside_call_on_data_the_learners_variables_are_named():
    error, record, _ = run(BLOCK.format(result=ADDED, given="np.zeros((2, 8, 3))"), "<block on data>")
    assert "inputs (2, 8, 3)" in explain(error, record).text


def test_looking_inside_a_call_prints_nothing_again(capsys):
    error, record, _ = run(BLOCK.format(result=ADDED, given="keras.Input((8, 3))"), "<printing block>")
    capsys.readouterr()
    assert explain(error, record).finding is not None
    assert capsys.readouterr().out == ""


def test_what_fails_at_another_line_when_it_is_looked_into_is_not_taken_for_the_mistake():
    source = BLOCK.format(result=ADDED, given="keras.Input((8, 3))")
    source = "late = False\n" + source.replace('print("called")', "assert not late")
    error, record, namespace = run(source, "<late>")
    namespace["late"] = True
    assert explain(error, record).finding.mistake == "merge_unequal_shapes"


def test_a_slip_of_python_inside_call_is_not_blamed_on_keras():
    error, record, _ = run(BLOCK.format(result="x / (1 // 0)", given="keras.Input((8, 3))"), "<slip>")
    assert isinstance(error, ZeroDivisionError)
    assert explain(error, record) is None


def test_of_what_is_joined_the_tensors_that_do_not_fit_are_named():
    source = "image = keras.Input((28, 28, 16))\na = layers.Conv2D(8, 1)(image)\nb = layers.Conv2D(16, 1)(image)\n"
    source += "c = layers.MaxPooling2D(3)(image)\nlayers.Concatenate()([a, b, c])"
    error, record, _ = run(source, "<joined>")
    text = explain(error, record).text
    assert "a (batch, 28, 28, 8) and c (batch, 9, 9, 16) do not fit: they differ in height and width." in text
    assert "strides=1" in text


def test_an_operator_is_called_as_it_is_written():
    error, record, _ = run("x = keras.Input((4,))\ny = x * layers.Dense(3)(x)", "<operator>")
    explanation = explain(error, record)
    assert explanation.text.startswith("* cannot merge x (batch, 4) with dense")
    assert "<code>*</code> cannot merge <code>x</code>" in voice.html(explanation)


def test_the_graph_so_far_shows_the_input_that_is_not_connected_and_no_outputs():
    source = "inputs = keras.Input((4,), name='inputs')\ny = layers.Dense(3)(inputs)\n"
    source += "inputs = keras.Input((4,), name='second')\nm = keras.Model(inputs, y)"
    error, record, _ = run(source, "<unconnected>")
    explanation = explain(error, record)
    assert [call.id.partition("_")[0] for call in explanation.graph.calls] == ["inputs", "dense", "second"]
    assert explanation.graph.outputs == ()
    assert "an earlier input that is called inputs too" in explanation.text


def test_names_are_shown_as_code_and_words_are_not():
    _, record, namespace = run("spare = layers.Dense(2)\nx = keras.Input((2,))\nm = keras.Model(x, layers.Dense(1)(x))")
    (hint,) = notice(Cell("", record, namespace))
    assert "The layer <code>spare</code> was made" in voice.hint_html(hint)


def test_what_is_asked_of_a_name_is_shown_as_code_with_it():
    hint = found("shared_output", layer="encoder", count=2)
    assert "<code>encoder</code> was called 2 times, and <code>encoder.output</code> is" in voice.hint_html(hint)


def test_a_tensor_that_reaches_no_output_is_called_by_its_variable():
    source = "x = keras.Input((4,))\nside = layers.Dropout(0.5)(x)\nm = keras.Model(x, layers.Dense(1)(x))"
    _, record, namespace = run(source)
    (hint,) = notice(Cell(source, record, namespace))
    assert hint.sentence == "The tensor side reaches no output of m."


def test_values_that_are_no_pixels_are_not_divided_by_255():
    source = "m = keras.Sequential([keras.Input((2,)), layers.Dense(1)])\nm.compile('sgd', 'mse')\n"
    source += "years = np.random.randint(1900, 2020, (8, 2))\nm.fit(years, np.zeros(8), verbose=0)"
    _, record, namespace = run(source)
    (hint,) = notice(Cell(source, record, namespace))
    assert "years go up to" in hint.sentence and "Normalization()" in hint.remedy and "255" not in hint.remedy


EARLIER = (
    "x = keras.Input((8,))\nh = layers.Dense(8)(x)\nmean = ops.mean(h, axis=-1, keepdims=True)\nnet = keras.Model(x, h)"
)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("y = h - mean", []),  # who takes a mean knows of the length 1
        ("net.compile('sgd', 'mse')\nhead = layers.Dense(2)(x)", []),  # beside the output of a model made before
        ("net.compile('sgd', 'mse')\nlayers.Dense(2)(mean)", ["reaches_no_output"]),
    ],
)
def test_what_an_earlier_cell_made_is_known_by_the_call_that_made_it(source, said):
    _, _, names = run(EARLIER)
    error, record, names = run(source, namespace=names)
    assert error is None
    assert [hint.mistake for hint in notice(Cell(source, record, names))] == said
