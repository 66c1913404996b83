"""What one check of a wrong model costs, counted: files entered, calls from file to file, readings, matchings."""

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import keras
import pytest

import kerastutor as kt

ROOT = str(Path(kt.__file__).parent)
FILES, CALLS = 41, 700  # a third of the files only read the model
MORE_FILES, MORE_CALLS = 12, 500  # where the weights match, so that what both compute is compared too


class Counted(NamedTuple):
    files: set[str]
    between: Counter[tuple[str, str]]
    entered: Counter[tuple[str, str]]

    def __str__(self) -> str:
        most = "\n".join(f"{times:5} {one} -> {other}" for (one, other), times in self.between.most_common(20))
        listed = "\n".join(sorted(self.files))
        return f"{len(self.files)} files, {self.between.total()} calls from file to file\n{listed}\n{most}"


def counted(work: Callable[[], object]) -> Counted:
    """The package's functions that run meanwhile; who called one is the nearest of the package on the stack."""
    found = Counted(set(), Counter(), Counter())

    def note(frame, event, _) -> None:
        here = frame.f_code.co_filename
        if event != "call" or not here.startswith(ROOT):
            return
        place = here.removeprefix(ROOT).strip("/")
        found.files.add(place)
        found.entered[place, frame.f_code.co_name] += 1
        caller = frame.f_back
        while caller is not None and not caller.f_code.co_filename.startswith(ROOT):
            caller = caller.f_back
        if caller is not None and caller.f_code.co_filename != here:
            found.between[caller.f_code.co_filename.removeprefix(ROOT).strip("/"), place] += 1

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return found


def too_wide() -> keras.Model:
    hidden = keras.layers.Dense(64, activation="relu")
    return keras.Sequential([keras.Input((64,)), hidden, keras.layers.Dense(10, activation="softmax")])


def activated_before_the_sum() -> keras.Model:
    image = keras.Input((16, 16, 32))
    x = keras.layers.Conv2D(32, 3, padding="same", activation="relu")(image)
    x = keras.layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    return keras.Model(image, keras.layers.Add()([x, image]))


def two_encoders() -> keras.Model:
    def encoder(name: str) -> keras.Model:
        wide, narrow = keras.layers.Dense(64, activation="relu"), keras.layers.Dense(16, activation="relu")
        return keras.Sequential([keras.Input((784,)), wide, narrow], name=name)

    left, right = keras.Input((784,)), keras.Input((784,))
    both = keras.layers.Concatenate()([encoder("one")(left), encoder("two")(right)])
    return keras.Model([left, right], keras.layers.Dense(1, activation="sigmoid")(both))


@pytest.mark.parametrize(
    ("exercise", "wrong"),
    [
        ("00-first-model", too_wide),
        ("06-residual-block", activated_before_the_sum),
        ("07-shared-stack", two_encoders),
    ],
)
def test_a_wrong_model_is_read_once_and_matched_once(exercise, wrong):
    kt.exercise(exercise).check(wrong())  # the first check loads the rooms
    model = wrong()
    found = counted(lambda: kt.exercise(exercise).check(model))
    assert found.entered["models/reading.py", "_read"] == 1, found
    assert found.entered["topology/differences/matching.py", "match"] == 1, found
    assert len(found.files) <= FILES + MORE_FILES, found
    assert found.between.total() <= CALLS + MORE_CALLS, found
