"""What Shift-Tab, completion and a type checker learn of the public names."""

import ast
import inspect
import typing
from importlib import import_module
from pathlib import Path

import keras
import pytest

import kerastutor
import kerastutor.networks
import kerastutor.verbs

FUNCTIONS = {name: getattr(kerastutor, name) for name in kerastutor.__all__ if name not in ("data", "coach")}
FUNCTIONS = {name: function for name, function in FUNCTIONS.items() if not isinstance(function, type)}
EMPTY = inspect.Parameter.empty
KERAS_FIT = inspect.signature(keras.Model.fit).parameters


def names_for_type_checkers(module) -> dict[str, object]:
    """What `if TYPE_CHECKING:` brings into a module, imported."""
    blocks = [
        node.body for node in ast.parse(Path(module.__file__).read_text("utf-8")).body if isinstance(node, ast.If)
    ]
    found = {}
    for node in (node for block in blocks for node in block):
        for alias in node.names:
            if isinstance(node, ast.Import):
                found[alias.name] = import_module(alias.name)
            else:
                found[alias.name] = getattr(import_module(node.module), alias.name)
    return found


def test_the_names_listed_are_the_public_ones():
    assert dir(kerastutor) == sorted(kerastutor.__all__)
    assert dir(kerastutor.exercises) == sorted(kerastutor.exercises.__all__)
    with pytest.raises(AttributeError, match=r"has no 'nothing'; it has read, .*, data\.$"):
        kerastutor.nothing


def test_a_type_checker_is_told_of_each_public_name_what_it_is():
    told = names_for_type_checkers(kerastutor)
    assert set(told) == set(kerastutor.__all__)
    assert [name for name, value in told.items() if value is not getattr(kerastutor, name)] == []


@pytest.mark.parametrize("module", [kerastutor.networks, kerastutor.verbs], ids=["networks", "verbs"])
def test_type_hints_are_there_and_resolve(module):
    names = names_for_type_checkers(module)
    own = [function for function in FUNCTIONS.values() if function.__module__ == module.__name__]
    assert own
    for function in own:
        hints = typing.get_type_hints(function, localns={**names, **vars(module)})
        assert set(hints) == {*inspect.signature(function).parameters, "return"}, function.__name__


def test_help_names_each_argument_and_every_error():
    for name, function in FUNCTIONS.items():
        said = inspect.getdoc(function)
        wanting = [argument for argument in inspect.signature(function).parameters if argument not in said]
        assert (name, wanting) == (name, [])
        assert ">>> " in said, name


def test_no_verb_hides_its_arguments():
    """What is not Keras' own `fit` may take more: a model class can have a `fit` of its own."""
    kinds = {
        name: [one.name for one in inspect.signature(function).parameters.values() if one.kind is one.VAR_KEYWORD]
        for name, function in FUNCTIONS.items()
    }
    assert {name: hidden[0] for name, hidden in kinds.items() if hidden} == dict.fromkeys(
        ("train", "race"), "fit_arguments"
    )


def options_of(verb) -> dict[str, inspect.Parameter]:
    return {name: one for name, one in inspect.signature(verb).parameters.items() if one.kind is one.KEYWORD_ONLY}


def test_train_shows_what_fit_takes_with_the_same_defaults():
    shown = inspect.signature(kerastutor.train).parameters
    missing = set(KERAS_FIT) - set(shown) - {"self", "verbose"}
    assert not missing, "Keras' fit takes these, and kt.train does not show them"
    others = {name for name in set(KERAS_FIT) & set(shown) if shown[name].default != KERAS_FIT[name].default}
    assert others == {"epochs"}, "5 unless seconds are given"


def test_a_race_takes_what_train_takes():
    train, race = options_of(kerastutor.train), options_of(kerastutor.race)
    assert list(train.values()) == [*list(race.values())[:-1], train["name"], race["wait"]]
