"""The coach hears the first cell: programs of learners in new kernels, with the very cell that loads the extension."""

import re
from concurrent.futures import ThreadPoolExecutor

import keras
import pytest
from coaching.programs import Program, programs
from fresh_kernel import run_all, words

from kerastutor.knowledge.mistakes import mistakes

IMPORTS = "import keras\nimport numpy as np\nfrom keras import layers, ops\n"
LOADED_HERE = "%load_ext kerastutor\n" + IMPORTS
CORPUS = [*programs("broken_programs.txt"), *programs("silent_programs.txt")]

needs_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="other backends let some of these programs pass"
)


def is_said(label: str, text: str) -> bool:
    """Whether a text holds the sentence of a mistake, with whatever names; a hint where Keras lets it pass."""
    sentence = ".*".join(map(re.escape, re.split(r"\{\w+\}", mistakes()[label].sentence)))
    return re.search(sentence, text, re.S) is not None


def unheard(program: Program, *before: str) -> str:
    """A program of the corpus about which nothing right is said in a new kernel; "" where it is."""
    first, *rest = program.cells
    cells = run_all(*before[:-1], before[-1] + first, *rest)
    text = words(output for cell in cells for output in cell)
    return "" if is_said(program.label, text) else f"{program.label}-{program.number}: {text[-300:]}"


@needs_tensorflow
@pytest.mark.lessons
@pytest.mark.parametrize("program", CORPUS[::60], ids=lambda program: f"{program.label}-{program.number}")
def test_a_program_in_the_cell_of_the_extension_is_heard(program):
    assert unheard(program, LOADED_HERE) == ""


@needs_tensorflow
@pytest.mark.lessons
def test_a_program_in_the_cell_that_loads_keras_is_heard():
    program = next(program for program in CORPUS if program.label == "merge_unequal_shapes")
    assert unheard(program, "%load_ext kerastutor", IMPORTS) == ""


@needs_tensorflow
@pytest.mark.soak
@pytest.mark.parametrize("before", [(LOADED_HERE,), ("%load_ext kerastutor", IMPORTS)], ids=["same", "next"])
def test_the_whole_corpus_is_heard_in_new_kernels(before):
    with ThreadPoolExecutor(2) as kernels:
        missing = [told for told in kernels.map(lambda program: unheard(program, *before), CORPUS) if told]
    assert missing == []
