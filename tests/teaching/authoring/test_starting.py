"""The first files of a homework, its preview, and sealing from a working model with one call."""

import ast

import nbformat
import pytest
from classroom import reference, specs

import kerastutor as kt
from kerastutor.exercises.beside import find
from kerastutor.exercises.exercise import Exercise
from kerastutor.exercises.freedoms import between, free
from kerastutor.exercises.progress import Progress
from kerastutor.exercises.sealing import read_sealed, sealed_text
from kerastutor.exercises.spec import ExerciseError
from kerastutor.teaching.authoring import preview, start
from kerastutor.teaching.authoring.releasing import for_students

STACK, SIAMESE = specs()["01-stack"], specs()["05-siamese"]


def test_the_file_is_python_and_the_notebook_can_be_released(tmp_path):
    declared, notebook = start(str(tmp_path / "homework1"))
    ast.parse(declared.read_text())
    assert "homework1-model" in declared.read_text()
    own = nbformat.read(notebook, as_version=4)
    nbformat.validate(own)
    assert "Dense(128" not in nbformat.writes(for_students(own, {}))


def test_it_begins_with_a_model_of_yours(tmp_path):
    saved = tmp_path / "siamese.json"
    saved.write_text(reference(SIAMESE).to_json())
    script = tmp_path / "script.py"
    script.write_text(f"import kerastutor as kt\nmodel = kt.Topology.from_json({saved.read_text()!r})")
    declared, notebook = start(str(tmp_path / "hw 2"), script)
    assert 'name="encoder"' in declared.read_text()
    assert "hw-2-model" in notebook.read_text()


def test_no_file_is_overwritten(tmp_path):
    (tmp_path / "homework1.py").write_text("mine")
    with pytest.raises(ExerciseError, match="there already"):
        start(str(tmp_path / "homework1"))
    assert (tmp_path / "homework1.py").read_text() == "mine"


def test_a_script_without_a_model_is_one_sentence(tmp_path):
    (tmp_path / "script.py").write_text("network = 1")
    with pytest.raises(ExerciseError, match="leaves no `model`"):
        start(str(tmp_path / "homework1"), tmp_path / "script.py")
    with pytest.raises(ExerciseError, match="There is no file"):
        start(str(tmp_path / "homework1"), tmp_path / "none.py")
    with pytest.raises(ExerciseError, match="not of the form"):
        start(str(tmp_path / "???"))


def test_a_script_that_fails_is_said_to_fail(tmp_path):
    script = tmp_path / "mine.py"
    script.write_text("int('x')")
    with pytest.raises(ExerciseError, match=r"mine\.py stopped with ValueError: invalid literal"):
        start(str(tmp_path / "homework"), script)
    assert not (tmp_path / "homework.py").exists()


def test_neither_file_is_written_where_one_is_there(tmp_path):
    (tmp_path / "hw.ipynb").write_text("mine")
    with pytest.raises(ExerciseError, match=r"hw\.ipynb is there already"):
        start(str(tmp_path / "hw"))
    assert not (tmp_path / "hw.py").exists()


def test_the_preview_shows_every_card_without_its_answer(tmp_path):
    path = tmp_path / "homework.json"
    path.write_text(sealed_text([STACK, SIAMESE]))
    html = preview(path).read_text()
    assert html.count('class="kt-card') == 2
    assert "not attempted yet" in html
    assert "<script" not in html


def test_sealing_from_a_working_model_is_one_call(tmp_path):
    path = tmp_path / "homework.json"
    kt.seal(reference(SIAMESE), "hw-siamese", title="Two", task="Build it.", into=path)
    hidden = free("hidden", units=between(32, 512))
    kt.seal(reference(STACK), "hw-stack", title="One", task="Build it.", into=path, freedoms=[hidden], points=3)
    kt.seal(reference(STACK), "hw-siamese", title="Anew", task="Build it.", into=path)
    assert {spec.id: (spec.title, spec.points) for spec in read_sealed(path)} == {
        "hw-stack": ("One", 3),
        "hw-siamese": ("Anew", 1),
    }
    assert Exercise(find("hw-stack", tmp_path), Progress.in_memory()).check(reference(STACK)).passed
    assert sorted(found.name for found in tmp_path.iterdir()) == ["homework.json"]


def test_sealing_refuses_what_is_no_sealed_file_and_freedoms_of_no_layer(tmp_path):
    path = tmp_path / "data.json"
    path.write_text("{}")
    with pytest.raises(ExerciseError, match="list of sealed"):
        kt.seal(reference(STACK), "hw-stack", title="One", task="Build it.", into=path)
    with pytest.raises(ExerciseError, match="no such layer"):
        kt.seal(reference(STACK), "hw-stack", title="", task="", freedoms=[free("none", units=between(1, 2))])
    assert path.read_text() == "{}"
