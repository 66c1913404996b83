"""What a submission comes to: which answers are found, what is said where there is none, and who needs what."""

import json
import subprocess
import sys
from io import BytesIO

import pytest

from kerastutor.exercises.answers import MOST
from kerastutor.teaching.grading.extraction import Extraction, SubmittedAnswer, from_lines
from kerastutor.teaching.grading.intake import Submission
from kerastutor.teaching.grading.records import Verdict
from kerastutor.teaching.grading.sandbox import Limits, SandboxError, open_sandbox, protection
from kerastutor.teaching.grading.sandbox.extracting import together, verdict_on
from kerastutor.teaching.grading.sandbox.inside.reporting import ReportStream
from kerastutor.teaching.grading.sandbox.server import Ended, Server

EXERCISES = ("hw1-stack", "hw1-fork")
BEGIN = "import keras\nimport kerastutor as kt\n"
MODEL = "model = keras.Sequential([keras.Input((4,), name='x'), keras.layers.Dense({units})])\n"
CHECK = "kt.exercise('hw1-stack').check(model)\n"


@pytest.fixture(scope="module")
def extract():
    with open_sandbox(Limits(wall_seconds=8), exercises=EXERCISES) as extract:
        yield extract


@pytest.fixture
def run(extract, tmp_path):
    def run(*cells):
        file = tmp_path / ("answer.ipynb" if len(cells) > 1 else "answer.py")
        file.write_text(notebook(cells) if len(cells) > 1 else cells[0])
        return extract(Submission("somebody", (file,)))

    return run


def notebook(cells):
    made = [{"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": cell, "outputs": [], "execution_count": None}
            for n, cell in enumerate(cells)]  # fmt: skip
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def units(extraction, exercise="hw1-stack"):
    return [layer["config"].get("units") for layer in extraction.answers[exercise].topology["layers"]][1:]


slow = pytest.mark.slow


@slow
@pytest.mark.parametrize("name", ["answer.py", "answer.json"])
def test_where_the_wall_cannot_be_built_nothing_is_looked_at_and_nobody_is_blamed(name, tmp_path):
    """A bound that the kernel does not take stands for whatever is lacking when a child begins."""
    file = tmp_path / name
    file.write_text("while True: pass")
    with open_sandbox(Limits(open_files=2**40), exercises=EXERCISES) as extract:
        with pytest.raises(SandboxError, match=r"could not be built \(limits\)"):
            extract(Submission("somebody", (file,)))


@slow
def test_a_broken_cell_does_not_stop_the_next(run):
    found = run(BEGIN, "1 / 0", MODEL.format(units=3), CHECK)
    assert (found.verdict, units(found)) == (Verdict.CRASHED, [3])
    assert found.cause == "Cell 2 stopped with ZeroDivisionError: division by zero."


@slow
def test_what_only_ipython_understands_does_no_harm(run):
    magics = "%load_ext kerastutor\n%matplotlib inline\n!pip install x\nfiles = !ls\nmodel?\n"
    found = run(magics + BEGIN, "%%time\n" + MODEL.format(units=3), "%%bash\nexit 1", "%timeit 1\n" + CHECK)
    assert (found.verdict, units(found)) == (Verdict.GRADED, [3])


@slow
def test_the_last_answer_counts_and_is_kept_when_what_follows_never_ends(run):
    found = run(BEGIN + MODEL.format(units=3) + CHECK + MODEL.format(units=5) + CHECK + "while True: pass")
    assert (found.verdict, units(found)) == (Verdict.TIMED_OUT, [5])
    assert found.cause == "It ran longer than 8 seconds."


@slow
def test_passed_then_tried_wrong_is_all_found_in_one_cell_or_in_several(run):
    check = [MODEL.format(units=units) + CHECK for units in (3, 5, 3, 7)]
    for found in (run(BEGIN, *check), run(BEGIN + "".join(check))):
        assert [answer.topology["layers"][1]["config"]["units"] for answer in found.answers["hw1-stack"].all] == [
            5,
            3,
            7,
        ]


@slow
def test_of_what_is_handed_in_to_an_exam_the_last_is_found(run):
    exam = "from kerastutor.exercises import exam\nsat = exam('final', [kt.exercise('hw1-stack')])\n"
    found = run(BEGIN + exam, *(MODEL.format(units=units) + "sat.hand_in('hw1-stack', model)" for units in (3, 5)))
    assert (units(found), found.answers["hw1-stack"].earlier) == ([5], ())


@slow
def test_a_variable_named_after_the_exercise_is_an_answer(run):
    found = run(BEGIN, MODEL.format(units=3).replace("model", "hw1_fork"))
    assert units(found, "hw1-fork") == [3]


@slow
def test_a_value_is_an_answer_and_what_is_no_model_is_said_to_be_none(run):
    found = run(
        BEGIN + "kt.exercise('hw1-fork').check((None, 3))\nkt.exercise('hw1-stack').check(keras.layers.Dense(2))"
    )
    assert found.answers["hw1-fork"].value == [None, 3]
    assert "single layer" in found.answers["hw1-stack"].value


@slow
def test_training_is_over_at_once_and_builds_the_model_as_it_would(run):
    train = """
import numpy as np
x, y = np.zeros((20000, 6), "float32"), np.zeros((20000, 3), "float32")
model = keras.Sequential([keras.layers.Dense(3)])
model.compile("adam", "mse", metrics=["accuracy"])
history = model.fit(x, y, epochs=100_000)
assert history.history["accuracy"][-1] == 0
assert len(model.evaluate(x, y)) == 2 and model.predict(x).shape == (20000, 3)
assert kt.train(model, x, y, epochs=100_000).wait().history.history["loss"]
"""
    found = run(BEGIN + train + CHECK)
    assert found.verdict is Verdict.GRADED
    assert found.answers["hw1-stack"].topology["calls"][0]["outputs"] == [[[None, 6], "float32"]]


@slow
def test_what_shows_or_keeps_something_is_blank_and_what_thinks_or_builds_is_not(run):
    blank = "[name for name in kt.__all__ if getattr(getattr(kt, name), '__name__', '') == 'Blank']"
    built = "builder = kt.build()\nbuilder.add('Dense', builder.input('x', 4), units=7)\n"
    found = run(BEGIN + built + f"kt.exercise('hw1-fork').check({blank})\n" + CHECK.replace("model", "builder.model"))
    assert found.answers["hw1-fork"].value == ["draw", "show", "steps", "race", "live", "progress", "submit", "seal"]
    assert units(found) == [7]


@slow
def test_what_lies_beside_the_model_comes_along(run):
    found = run(BEGIN + MODEL.format(units=3) + "lost = keras.layers.Dense(9, name='lost')\n" + CHECK)
    assert "lost" in [layer["id"] for layer in found.answers["hw1-stack"].leftovers["layers"]]


@slow
@pytest.mark.parametrize(
    ("program", "verdict", "cause"),
    [
        ("", Verdict.NOT_ATTEMPTED, "No answer"),
        ("def broken(:", Verdict.CRASHED, "SyntaxError"),
        ("unknown", Verdict.CRASHED, "NameError: name 'unknown' is not defined"),
        ("import os; os._exit(3)", Verdict.CRASHED, "with the code 3"),
        ("import sys; sys.exit(3)", Verdict.NOT_ATTEMPTED, "No answer"),
        ("import sys; sys.stderr.write('E' * 10_000_000)", Verdict.NOT_ATTEMPTED, "No answer"),
    ],
)
def test_where_there_is_no_answer_the_cause_is_said(run, program, verdict, cause):
    found = run(program)
    assert found.verdict is verdict
    assert cause in found.cause
    assert found.answers == {}


@slow
def test_nothing_that_one_submission_leaves_is_there_for_the_next(run):
    run("open('/tmp/left', 'w').write('x')\nimport kerastutor, keras\nkerastutor.left = keras.left = 1")
    found = run(
        BEGIN + "import os\nkt.exercise('hw1-fork').check([os.listdir(), hasattr(kt, 'left'), hasattr(keras, 'left')])"
    )
    assert found.answers["hw1-fork"].value == [[], False, False]


@slow
def test_the_server_has_one_thread_when_it_forks():
    server = Server("code", None, walled=True)
    server.close()
    assert server.threads == 1


def test_this_machine_has_every_wall():
    assert protection().missing == (), "\n".join(protection().sentences)


def test_without_bubblewrap_nothing_is_run_unless_it_is_asked_for(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match=r"lacks protection .*\(bubblewrap.*apt install bubblewrap.*--unsafe-ok"):
        with open_sandbox(Limits(), exercises=EXERCISES):
            pass
    file = tmp_path / "hw1-fork.json"
    file.write_text("{")
    with open_sandbox(Limits(), exercises=EXERCISES, unsafe_ok=True) as extract:
        assert extract(Submission("somebody", (file,))).verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    ("namespaces", "missing"), [(0, ("bubblewrap", "namespaces")), (2, ("namespaces",))], ids=["refused", "not nested"]
)
def test_a_kernel_that_refuses_user_namespaces_is_told_and_what_to_do(namespaces, missing):
    """Some systems let nobody make them, some only bubblewrap, which needs two; here the machine is made so."""
    program = (
        "from kerastutor.teaching.grading.sandbox import protection\n"
        "found = protection()\n"
        "print(found.missing, *found.sentences, sep='\\n')"
    )
    refuse = f"echo {namespaces} > /proc/sys/user/max_user_namespaces"
    as_anybody = "exec setpriv --bounding-set=-all --inh-caps=-all --ambient-caps=-all"
    ordinary = ["bwrap", "--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-add", "ALL", "--dev-bind", "/", "/"]
    command = [*ordinary, "sh", "-c", f'{refuse} && {as_anybody} "$@"', "sh", sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    first, *sentences = done.stdout.splitlines()
    assert first == str(missing)
    told = [sentence for sentence in sentences if sentence.startswith("Missing: ")]
    assert len(told) == len(missing)
    assert all("To have it, allow user namespaces" in sentence for sentence in told)


def test_the_side_that_holds_the_keys_never_loads_keras_nor_what_is_behind_the_wall():
    program = (
        "import sys, kerastutor.teaching.grading.command, kerastutor.teaching.grading.judge_process\n"
        "print([name for name in sys.modules if name == 'keras' or '.sandbox.inside' in name])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def line(**fields):
    return json.dumps({"topology": None, "value": None, "leftovers": None, **fields}).encode() + b"\n"


def test_lines_are_read_until_the_one_that_was_cut_off():
    found = from_lines(
        line(answer="hw1-fork", value=1) + line(answer="other") + line(answer="hw1-fork")[:9], EXERCISES, 9
    )
    assert found == Extraction(Verdict.GRADED, "", {"hw1-fork": SubmittedAnswer(value=1)})


@pytest.mark.parametrize(
    "said",
    [b"{\n", b"3\n", b"\n", b"\xff\n", b"[" * 9999 + b"\n", b'{"answer": "hw1-fork"}\n', b'{"problem": "graded"}\n',
     line(answer="hw1-fork", value=float("nan")), line(answer="hw1-fork", topology={"calls": 3}),
     line(problem="timed_out", cause="x."), line(problem="crashed", cause="\x1b[31m"), b"{}\n" * 20_000,
     line(answer="hw1-stack", again=5), line(answer="hw1-stack", again=[0])],
)  # fmt: skip
def test_lines_that_the_sandbox_does_not_write_are_refused(said):
    found = from_lines(line(answer="hw1-stack", value=1) + said, EXERCISES, 9)
    assert (found.verdict, found.answers) == (Verdict.REFUSED, {})


def test_several_files_are_one_submission():
    one, two = SubmittedAnswer(value=1), SubmittedAnswer(value=2)
    crashed = Extraction(Verdict.CRASHED, "It broke.", {"hw1-fork": two})
    graded = Extraction(Verdict.GRADED, "", {"hw1-fork": one, "hw1-stack": one})
    both = {"hw1-fork": SubmittedAnswer(value=2, earlier=(one,)), "hw1-stack": one}
    assert together([graded, crashed]) == Extraction(Verdict.CRASHED, "It broke.", both)
    assert together([graded, crashed, graded]).answers["hw1-fork"] == SubmittedAnswer(value=1, earlier=(two,))
    assert together([]).verdict is Verdict.NOT_ATTEMPTED


def test_of_the_lines_every_different_answer_is_taken_where_it_was_given_last():
    told = line(answer="hw1-fork", value=1) + line(answer="hw1-fork", value=2)
    again = json.dumps({"answer": "hw1-fork", "again": 0}).encode() + b"\n"
    left_out = json.dumps({"answer": "hw1-fork", "left_out": True}).encode() + b"\n"
    assert from_lines(told, EXERCISES, 9).answers["hw1-fork"] == SubmittedAnswer(
        value=2, earlier=(SubmittedAnswer(value=1),)
    )
    answer = from_lines(told + again + left_out, EXERCISES, 9).answers["hw1-fork"]
    assert answer == SubmittedAnswer(value=1, earlier=(SubmittedAnswer(value=2),), left_out=True)


def test_of_an_exam_the_last_answer_is_taken_beside_what_was_checked():
    checked = line(answer="hw1-fork", value=1)
    sat = line(answer="hw1-fork", value=2, exam=True) + line(answer="hw1-fork", value=3, exam=True)
    answer = from_lines(checked + sat, EXERCISES, 9).answers["hw1-fork"]
    assert answer == SubmittedAnswer(value=3, earlier=(SubmittedAnswer(value=1),))


def test_a_network_that_is_too_large_takes_nothing_from_the_others():
    large = {"calls": [0] * 10, "layers": []}
    found = from_lines(line(answer="hw1-fork", value=1) + line(answer="hw1-fork", topology=large), EXERCISES, 9)
    assert found == Extraction(
        Verdict.GRADED, "", {"hw1-fork": SubmittedAnswer(too_large=True, earlier=(SubmittedAnswer(value=1),))}
    )  # fmt: skip
    assert from_lines(line(answer="hw1-fork", topology=large), EXERCISES, 9).verdict is Verdict.TOO_LARGE


def reported(*given, most_bytes=1 << 20, ended=True):
    """What comes out where a child checks these one after the other: values, or each with its exercise."""
    stream = BytesIO()
    report = ReportStream(stream, most_bytes, len(EXERCISES))
    for one in given:
        exercise, value = one if isinstance(one, tuple) else ("hw1-fork", one)
        report.answer(exercise, value=value)
    if ended:
        report.end()
    assert len(stream.getvalue()) <= most_bytes
    found = from_lines(stream.getvalue(), EXERCISES, 9)
    assert found.verdict is Verdict.GRADED
    return found.answers["hw1-fork"]


def large(number, kilobytes=9):
    return [number, *["x" * 1000] * kilobytes]


def numbers(answer):
    return [one.value[0] for one in answer.all]


def test_a_child_tells_every_different_answer_and_which_was_the_last():
    answer = reported(*[1, 2, 1] * 10_000)
    assert [one.value for one in answer.all] == [2, 1]
    assert not answer.left_out
    assert [one.value for one in reported(1, 2, 1, ended=False).all] == [2, 1]


def test_of_a_million_answers_the_latest_are_told_and_it_is_said():
    answer = reported(*range(20_000))
    assert [one.value for one in answer.all] == [*range(20_000 - MOST, 20_000)]
    assert answer.left_out
    assert not reported(*range(MOST)).left_out


@pytest.mark.parametrize("ended", [True, False])
def test_who_passes_after_many_small_answers_keeps_it_even_where_an_endless_loop_follows(ended):
    answer = reported(*range(60), "right", "one more", ended=ended)
    assert [one.value for one in answer.all][-2:] == ["right", "one more"]
    assert len(answer.all) == MOST


def test_of_large_answers_all_are_told_that_fit():
    answer = reported(*map(large, range(9)), most_bytes=100_000)
    assert numbers(answer) == list(range(9))
    assert not answer.left_out


def test_seven_variants_of_resnet50_and_the_right_one_between_them_fit():
    tried = [large(number, 200) for number in range(8)]
    answer = reported(*tried, most_bytes=Limits().report)
    assert numbers(answer) == list(range(8))
    assert not answer.left_out


def test_of_large_answers_that_do_not_fit_the_latest_are_told_beside_the_first_of_all():
    answer = reported(*map(large, range(40)), most_bytes=100_000)
    assert numbers(answer) == [0, 1, *range(32, 40)]
    assert answer.left_out


def test_of_large_answers_before_an_endless_loop_it_is_said_that_some_are_not_here():
    answer = reported(*map(large, range(9)), most_bytes=100_000, ended=False)
    assert numbers(answer) == [0, 1]
    assert answer.left_out
    assert not reported(*map(large, range(2)), most_bytes=100_000, ended=False).left_out


def test_no_exercise_takes_the_room_of_another():
    flood = [("hw1-stack", large(number)) for number in range(40)]
    answer = reported(*flood, *map(large, range(4)), *flood, most_bytes=100_000)
    assert numbers(answer) == list(range(4))
    assert not answer.left_out


def test_of_an_exam_that_is_handed_in_to_often_only_the_last_takes_room():
    stream = BytesIO()
    report = ReportStream(stream, 100_000, len(EXERCISES))
    for number in range(4):
        report.answer("hw1-fork", value=large(number))
    for number in range(40, 80):
        report.answer("hw1-fork", value=large(number), exam=True)
    report.end()
    answer = from_lines(stream.getvalue(), EXERCISES, 9).answers["hw1-fork"]
    assert numbers(answer) == [0, 1, 2, 3, 79]
    assert not answer.left_out


@pytest.mark.parametrize(
    ("ended", "verdict"),
    [
        (Ended(b"", "wall"), Verdict.TIMED_OUT),
        (Ended(b"", "memory"), Verdict.OUT_OF_MEMORY),
        (Ended(b"", "processes"), Verdict.REFUSED),
        (Ended(b"", "report"), Verdict.TOO_LARGE),
        (Ended(b"", "server"), Verdict.CRASHED),
        (Ended(b"", None, -9, 60.0), Verdict.TIMED_OUT),
        (Ended(b"", None, -9, 1.0), Verdict.OUT_OF_MEMORY),
        (Ended(b"", None, -11), Verdict.CRASHED),
        (Ended(b""), Verdict.GRADED),
    ],
)
def test_how_a_child_ends_is_told_whatever_it_said(ended, verdict):
    answers = {"hw1-fork": SubmittedAnswer(value=1)}
    found = verdict_on(ended, Extraction(Verdict.GRADED, "", answers), Limits())
    assert (found.verdict, found.answers) == (verdict, answers)
    assert verdict is Verdict.GRADED or found.cause.endswith(".")
