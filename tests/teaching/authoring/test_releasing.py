"""Releasing a homework: nothing of a solution reaches the students, and nothing of the instructor's is overwritten."""

import json
from dataclasses import replace

import nbformat
import pytest
from classroom import specs
from hypothesis import given
from hypothesis import strategies as st

from kerastutor.exercises.sealing import read_sealed, sealed_text
from kerastutor.exercises.spec import ExerciseError, WithheldAnswer
from kerastutor.teaching.authoring import ReleaseError, release
from kerastutor.teaching.authoring.releasing import for_students

STACK = replace(specs()["01-stack"], id="hw-stack", starter="model = None  # your stack here")
CHECK = 'kt.exercise("hw-stack").check(model)'
SECRET = 'model = keras.Sequential([keras.Input((784,)), layers.Dense(77, activation="relu")])'
SOLVED = f"### BEGIN SOLUTION\n{SECRET}\n### END SOLUTION\n{CHECK}"


def notebook(*sources, **metadata):
    """A notebook of code cells, each with an output and metadata that tell the answer."""
    cells = [
        nbformat.v4.new_code_cell(
            source,
            execution_count=3,
            outputs=[nbformat.v4.new_output("stream", text="Dense(77)")],
            metadata={"note": SECRET, "tags": ["exercise"]},
        )
        for source in sources
    ]
    return nbformat.v4.new_notebook(cells=cells, metadata={"secret": SECRET, **metadata})


@pytest.fixture
def mine(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "hw.json").write_text(sealed_text([STACK]))
    nbformat.write(notebook(f"import keras\n{SOLVED}"), folder / "hw.ipynb")
    return folder


def sources(released):
    return [cell.source for cell in released.cells]


def test_the_solution_goes_the_starter_comes_and_the_check_stays():
    released = for_students(notebook(SOLVED), {"hw-stack": STACK})
    assert sources(released) == [f"model = None  # your stack here\n{CHECK}"]


def test_the_starter_is_that_of_the_next_check_and_is_indented_like_the_mark():
    inside = f"def build():\n    ### BEGIN SOLUTION\n    {SECRET}\n    ### END SOLUTION"
    released = for_students(notebook(inside, CHECK), {"hw-stack": STACK})
    assert sources(released)[0] == "def build():\n    model = None  # your stack here"


def test_outputs_numbers_and_metadata_are_gone_and_tags_stay():
    released = for_students(notebook(SOLVED, kernelspec={"name": "python3", "display_name": "Python 3"}), {})
    text = nbformat.writes(released)
    assert "Dense(" not in text
    assert released.cells[0].outputs == []
    assert released.cells[0].execution_count is None
    assert released.cells[0].metadata == {"tags": ["exercise"]}
    assert sorted(released.metadata) == ["kerastutor_release", "kernelspec"]
    nbformat.validate(released)


def test_hidden_tests_and_whole_cells_with_the_tag_go():
    own = notebook("### BEGIN HIDDEN TESTS\nassert model.count_params() == 77\n### END HIDDEN TESTS", SECRET)
    own.cells[1].metadata["tags"] = ["solution"]
    assert sources(for_students(own, {})) == [""]


@pytest.mark.parametrize(
    "source",
    [
        "### BEGIN SOLUTION\nmodel = 1",
        "model = 1\n### END SOLUTION",
        "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION",
        "### BEGIN SOLUTION\nmodel = 1\n### END HIDDEN TESTS",
    ],
)
def test_a_mark_without_a_partner_is_refused(source):
    with pytest.raises(ReleaseError, match="cell 1"):
        for_students(notebook(source), {})


@pytest.mark.parametrize("mark", ["# BEGIN SOLUTIONS", "x = 1  ### BEGIN SOLUTION", "### BEGIN SOLUTION (mine)"])
def test_a_mark_that_is_not_written_exactly_is_refused(mark):
    with pytest.raises(ReleaseError, match="write the mark exactly"):
        for_students(notebook(mark), {})


def test_a_copy_of_the_solution_elsewhere_is_refused():
    for copy in (SECRET, f"# {SECRET}"):
        with pytest.raises(ReleaseError, match=r"Cell 2 .* still shows a solution"):
            for_students(notebook(SOLVED, copy), {})
    own = notebook(SOLVED)
    own.cells.append(nbformat.v4.new_markdown_cell("Look", attachments={"a.txt": {"text/plain": SECRET}}))
    with pytest.raises(ReleaseError, match="Cell 2"):
        for_students(own, {})


@given(st.lists(st.sampled_from([SECRET, "### BEGIN SOLUTION", "### END SOLUTION", CHECK, "    ### BEGIN SOLUTION"])))
def test_no_arrangement_of_marks_lets_a_marked_solution_through(lines):
    text, marked, inside = "\n".join(lines), False, False
    for line in lines:
        inside = (inside or "BEGIN" in line) and "END" not in line
        marked = marked or (inside and line == SECRET)
    try:
        released = for_students(notebook(text), {})
    except ReleaseError:
        return
    assert "SOLUTION" not in nbformat.writes(released)
    assert not (marked and SECRET in sources(released)[0])


def test_the_sealed_file_beside_it_holds_no_answer(mine, tmp_path):
    out = tmp_path / "out"
    assert [path.name for path in release(mine / "hw.ipynb", out)] == ["hw.ipynb", "hw.json"]
    (spec,) = read_sealed(out / "hw.json")
    assert isinstance(spec.answer, WithheldAnswer)
    assert spec.version == STACK.version
    assert "Dense" not in json.dumps(json.loads((out / "hw.json").read_text())[0]["answer"])


def test_a_release_may_be_repeated_and_replaces_nothing_else(mine, tmp_path):
    out = tmp_path / "out"
    release(mine / "hw.ipynb", out)
    release(mine / "hw.ipynb", out)
    with pytest.raises(ReleaseError, match="your own notebook"):
        release(mine / "hw.ipynb", mine)
    for name in ("hw.ipynb", "hw.json"):
        other = tmp_path / name.replace(".", "-")
        other.mkdir()
        (other / name).write_bytes((mine / name).read_bytes())
        with pytest.raises(ReleaseError, match="no former release"):
            release(mine / "hw.ipynb", other)
        assert (other / name).read_bytes() == (mine / name).read_bytes()


def test_an_exercise_of_the_course_needs_no_file(tmp_path):
    nbformat.write(notebook(SOLVED.replace("hw-stack", "01-stack")), tmp_path / "hw.ipynb")
    assert [path.name for path in release(tmp_path / "hw.ipynb", tmp_path / "out")] == ["hw.ipynb"]


def test_what_cannot_be_released_is_one_sentence(mine, tmp_path):
    with pytest.raises(ReleaseError, match="There is no notebook"):
        release(mine / "none.ipynb", tmp_path / "out")
    (mine / "hw.ipynb").write_text("{")
    with pytest.raises(ReleaseError, match="is no notebook"):
        release(mine / "hw.ipynb", tmp_path / "out")
    nbformat.write(notebook(SOLVED.replace("hw-stack", "hw-other")), mine / "hw.ipynb")
    with pytest.raises(ExerciseError, match="hw-other"):
        release(mine / "hw.ipynb", tmp_path / "out")
    assert not (tmp_path / "out").exists()
