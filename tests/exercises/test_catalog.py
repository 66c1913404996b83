"""The exercises of the lessons: sealed, fresh, sound."""

import json

import pytest

from kerastutor.exercises import ExerciseError
from kerastutor.exercises.catalog import FOLDER, by_lesson, catalog, find
from kerastutor.exercises.sealing import declarations, read_sealed, seal, sealed_text
from kerastutor.exercises.spec import Spec
from kerastutor.teaching import authoring

SOURCES = sorted(FOLDER.glob("lesson_*.py"))


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_what_is_sealed_is_what_is_declared(source):
    """`kerastutor exercise seal FILE` makes it fresh again."""
    import keras

    from kerastutor.models.reading import read

    specs = [seal(one, read=read, keras=keras) for one in declarations(authoring.load(source))]
    assert sealed_text(specs) == source.with_suffix(".json").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_every_exercise_is_sound(source):
    problems = [str(proof) for proof in authoring.check_file(source) if not proof.sound]
    assert problems == []


def test_every_exercise_belongs_to_the_lesson_of_its_file():
    for source in SOURCES:
        for spec in read_sealed(source.with_suffix(".json")):
            assert source.stem == f"lesson_{spec.lesson}"
    assert [spec.id for specs in by_lesson().values() for spec in specs] == list(catalog())


def test_an_unknown_exercise_names_those_there_are():
    with pytest.raises(ExerciseError, match="01-stack"):
        find("01-stock")


def test_a_spec_survives_json():
    for spec in catalog().values():
        assert Spec.from_plain(json.loads(json.dumps(spec.to_plain()))) == spec


def test_a_sealed_file_changed_by_hand_is_refused(tmp_path):
    path = tmp_path / "lesson_99.json"
    entries = json.loads((FOLDER / "lesson_01.json").read_text())
    entries[0]["points"] = 100
    path.write_text(json.dumps(entries))
    with pytest.raises(ExerciseError, match="seal it again"):
        read_sealed(path)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"format": "kerastutor.exercise", "format_version": 1}]'])
def test_a_broken_sealed_file_is_refused_with_a_sentence(tmp_path, text):
    path = tmp_path / "lesson_99.json"
    path.write_text(text)
    with pytest.raises(ExerciseError):
        read_sealed(path)
