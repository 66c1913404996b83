"""Every misconception is recognised where it is, and nowhere else."""

import re
import string
from collections import defaultdict
from typing import NamedTuple

import pytest

from kerastutor.exercises.findings import findings
from kerastutor.exercises.ladder import rungs
from kerastutor.knowledge.mistakes import mistakes
from kerastutor.topology.differences.matching import match
from kerastutor.topology.finding import Finding
from kerastutor.topology.sameness.canonical import equal

BAR = 0.95
MISCONCEPTIONS = [mistake for mistake in mistakes().values() if mistake.hints]
OPEN_TO = ((), ("here",), ("here", "there"), ("here", "there", "code"))
"""The words that each of the idea, the region, the sentence and the line of code may use."""
GENERAL = {"layer_missing", "layer_extra", "layer_other", "setting_other"}


class Seen(NamedTuple):
    section: str
    shows: bool
    passed: bool
    found: tuple[Finding, ...]


@pytest.fixture(scope="module")
def seen(programs) -> list[Seen]:
    from kerastutor.models.reading import read

    found = []
    for section in programs.sections():
        expected = read(programs.run(section.expected)["model"])
        for shows, group in ((True, section.shows), (False, section.resembles)):
            found.extend(Seen(section.misconception, shows, *judged(programs.run(one), expected)) for one in group)
    return found


@pytest.fixture(autouse=True)
def softmax_of_one_is_meant(recwarn):
    """Keras warns of a softmax over one unit, which some of the programs have on purpose."""


def judged(names, expected) -> tuple[bool, tuple[Finding, ...]]:
    from kerastutor.models.leftovers import with_leftovers
    from kerastutor.models.reading import read

    learner = read(names["model"])
    if equal(learner, expected):
        return True, ()
    return False, findings(match(learner, expected), lambda: with_leftovers(names["model"], names))


def test_every_misconception_has_three_programs_of_each_sort(programs):
    sections = {section.misconception: section for section in programs.sections()}
    assert set(sections) == {misconception.id for misconception in MISCONCEPTIONS} - GENERAL
    assert all(len(one.shows) >= 3 <= len(one.resembles) for one in sections.values())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:You are using a softmax")
def test_precision_and_recall_of_each_misconception(seen):
    """Over all programs: a misconception that is said first is there, and one that is there is said first."""
    right: dict[str, int] = defaultdict(int)
    shown: dict[str, int] = defaultdict(int)
    wrong: dict[str, int] = defaultdict(int)
    for section, shows, _, found in seen:
        shown[section] += shows
        ids = [finding.mistake for finding in found]
        right[section] += shows and ids[:1] == [section]
        wrong[section] += not shows and section in ids
    recall = {name: right[name] / shown[name] for name in shown}
    precision = {name: right[name] / max(right[name] + wrong[name], 1) for name in shown}
    assert {name: value for name, value in recall.items() if value < BAR} == {}
    assert {name: value for name, value in precision.items() if value < BAR} == {}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:You are using a softmax")
def test_whatever_is_wrong_is_explained(seen):
    assert all(found for _, _, passed, found in seen if not passed)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:You are using a softmax")
def test_no_hint_gives_the_answer_before_its_rung(seen):
    """The line of code that mends the network, and the settings in it, are in the last hint and in no earlier one."""
    for _, _, _, found in seen:
        for finding in found:
            (*early, code), answer = finding.hints, finding.values["code"]
            assert answer in code
            secrets = set(re.findall(r"\w+=[^,)`]+|keras\.layers\.\w+\([^)]*\)", answer))
            for text in (*early, *rungs((), finding)[:3], finding.sentence, finding.why):
                assert answer not in text
                assert not any(secret in text for secret in secrets)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:You are using a softmax")
def test_no_hint_only_repeats_what_the_check_has_said(seen):
    for _, _, _, found in seen:
        for finding in found:
            assert finding.sentence not in rungs((), finding) or "(" not in finding.values["code"]


def test_hints_climb():
    for misconception in MISCONCEPTIONS:
        idea, region, code = misconception.hints
        for allowed, text in zip(OPEN_TO, (idea, region, misconception.sentence, code), strict=True):
            assert words(text) <= set(allowed), misconception.id
            assert text.endswith((".", "?", "{code}")), misconception.id
        assert "code" in words(code)
        assert words(misconception.sentence)


def words(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_the_catalogue_is_complete():
    for misconception in MISCONCEPTIONS:
        assert misconception.title
        assert misconception.why.endswith(".")
        assert re.fullmatch(r"\d\d", misconception.lesson)


def test_the_mark_stands_where_the_old_tensor_goes_in(programs):
    from kerastutor.models.reading import read

    chain = "x = Input((4,))\nseen = layers.Dense(8, name='seen')(x)\nspare = layers.Dropout(0.2, name='spare')(seen)\n"
    expected = read(programs.run(f"{chain}model = Model(x, layers.Dense(2)(spare))")["model"])
    _, found = judged(programs.run(f"{chain}model = Model(x, layers.Dense(2, name='last')(seen))"), expected)
    assert found[0].mistake == "overwritten"
    assert found[0].calls[0] == "last"


def test_what_a_shortcut_lacks_is_no_projection_unless_it_has_weights(programs):
    from kerastutor.models.reading import read

    block = "x = Input((8, 8, 4))\nh = layers.Conv2D(4, 3, padding='same')(x)\n"
    block += "model = Model(x, layers.Add()([h, {}]))"
    learner = programs.run(block.format("x"))
    for shortcut, lacking in (("layers.ReLU()(x)", False), ("layers.Conv2D(4, 1)(x)", True)):
        _, found = judged(learner, read(programs.run(block.format(shortcut))["model"]))
        assert ("projection_missing" in [finding.mistake for finding in found]) is lacking


def test_the_last_hint_can_be_written_as_it_stands(programs):
    from kerastutor.models.reading import read

    chain = "x = Input((4,))\na = layers.Dense(8, activation='relu', name='a')(x)\n"
    chain += "b = layers.Dense(8, activation='tanh', name='b')({})\n"
    chain += "model = Model(x, layers.Concatenate()([a, b]))"
    _, found = judged(programs.run(chain.format("a")), read(programs.run(chain.format("x"))["model"]))
    assert '`b = keras.layers.Dense(8, activation="tanh")(' in rungs((), found[0])[-1]
    reader = "model = Sequential([Input((5, 4)), layers.LSTM(3, return_sequences={})])"
    _, found = judged(programs.run(reader.format(True)), read(programs.run(reader.format(False))["model"]))
    assert "`return_sequences=False`" in rungs((), found[0])[-1]
