"""Classes of wrong answers, and the comments that reach them."""

import tomllib
from dataclasses import replace

import pytest
from classroom import graded, mistakes, records, reference, specs
from hypothesis import given, settings
from hypothesis import strategies as st

from kerastutor.exercises.spec import NetworkAnswer
from kerastutor.teaching.grading.classes import AnswerClass, answer_classes
from kerastutor.teaching.grading.comments import offer, read
from kerastutor.topology.inventing.sampling import relabel

SPECS = specs()
STACK = SPECS["01-stack"]


def test_the_same_network_under_other_names_is_the_same_class():
    network = next(mistakes(STACK))
    made = [graded("ada", STACK, network), graded("bob", STACK, relabel(network, 3))]
    (one,) = answer_classes(made, SPECS)
    assert [record.student for record in one.members] == ["ada", "bob"]


def test_what_an_exercise_leaves_free_does_not_divide_a_class():
    assert isinstance(STACK.answer, NetworkAnswer)
    assert STACK.answer.freedoms
    made = []
    for width in (64, 100, 300):
        layers = (
            replace(one, config={"units": width}) if one.id == "hidden" else one for one in reference(STACK).layers
        )
        made.append(graded(f"{width}", STACK, replace(reference(STACK), layers=tuple(layers))))
    assert len({record.fingerprint for record in made}) == 3
    assert [len(one.members) for one in answer_classes(made, SPECS)] == [3]


def test_every_wrong_network_is_in_exactly_one_class_and_no_right_one_is():
    made = records(20)
    members = [record for one in answer_classes(made, SPECS) for record in one.members]
    assert sorted(members, key=repr) == sorted((record for record in made if record.outcome == "not_yet"), key=repr)


def test_the_comments_file_only_grows(tmp_path):
    path = tmp_path / "comments.toml"
    classes = answer_classes(records(20), SPECS)
    offer(path, classes[:2])
    written = path.read_text().replace('comment = ""', 'comment = """\nLook *again*.\n"""', 1)
    path.write_text(written)
    offer(path, classes)
    assert path.read_text().startswith(written.rstrip("\n"))
    comments = read(path)
    assert set(comments) == {(one.exercise, one.key) for one in classes}
    assert comments[classes[0].exercise, classes[0].key] == "Look *again*."
    before = path.stat()
    offer(path, classes)
    assert path.stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize("text", ["[broken", '["01-stack".abc]\n', '["01-stack".abc]\ncomment = 3\n'])
def test_a_file_that_cannot_be_read_is_one_sentence_and_stays_as_it_is(tmp_path, text):
    path = tmp_path / "comments.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"comments\.toml"):
        offer(path, answer_classes(records(10), SPECS))
    assert path.read_text() == text


@settings(max_examples=30)  # each writes a file
@given(st.text(), st.text(min_size=1))
def test_no_name_breaks_the_file(tmp_path_factory, student, exercise):
    path = tmp_path_factory.mktemp("comments") / "comments.toml"
    record = replace(graded("ada", STACK, next(mistakes(STACK))), student=student, exercise=exercise)
    offer(path, [AnswerClass(exercise, "abc123", (record,))])
    assert tomllib.loads(path.read_text(encoding="utf-8")) == {exercise: {"abc123": {"comment": ""}}}
