"""The committed programs of learners: read from a text file and run as a notebook cell would."""

import linecache
import warnings
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from kerastutor.models.recording import watching


class Program(NamedTuple):
    label: str
    source: str
    number: int

    @property
    def cells(self):
        return self.source.split("# ---\n")


def programs(file):
    text = (Path(__file__).parent / file).read_text(encoding="utf-8")
    found = []
    for number, part in enumerate(text.split("# %% ")[1:]):
        label, _, source = part.partition("\n")
        found.append(Program(label.strip(), source, number))
    return found


def run(source, name="<cell>", namespace=None):
    """Run a cell, after others in their namespace, and return (its error or None, what was recorded, its namespace)."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    names = {"keras": keras, "layers": keras.layers, "np": np, "ops": keras.ops, "__name__": "__main__"}
    namespace = names if namespace is None else namespace
    with warnings.catch_warnings(), watching() as record:
        warnings.simplefilter("ignore")  # learners see Keras' warnings; here they would be errors
        try:
            exec(compile(source, name, "exec"), namespace)
        except Exception as error:
            return error, record, namespace
    return None, record, namespace
