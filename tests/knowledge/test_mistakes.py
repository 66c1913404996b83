"""The catalogue of mistakes: every row can be told, and is named by the code that recognises it."""

import ast
from pathlib import Path

import kerastutor
from kerastutor.knowledge.mistakes import mistakes

CODE = [ast.parse(path.read_text()) for path in Path(kerastutor.__file__).parent.rglob("*.py")]


def constants() -> set[str]:
    nodes = (node for tree in CODE for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {node.value for node in nodes if isinstance(node.value, str)}


def named() -> set[str]:
    """The ids with which findings are made in the code."""
    calls = (node for tree in CODE for node in ast.walk(tree) if isinstance(node, ast.Call))
    made = {"found": 0, "seen": 1, "Finding": 0}
    places = [(call, made.get(getattr(call.func, "attr", getattr(call.func, "id", "")))) for call in calls]
    given = [call.args[place] for call, place in places if place is not None and len(call.args) > place]
    return {one.value for one in given if isinstance(one, ast.Constant)}


def test_no_row_is_forgotten_by_the_code_and_none_is_missing():
    assert set(mistakes()) - constants() == set()
    assert named() - set(mistakes()) == set()


def test_what_is_explained_at_once_says_why_and_what_to_try():
    for mistake in mistakes().values():
        assert mistake.sentence
        assert mistake.why or not mistake.remedy
        assert bool(mistake.hints) == bool(mistake.lesson) == bool(mistake.title)
