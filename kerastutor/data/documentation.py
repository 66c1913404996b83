"""Text and numbers: the documentation of the Python libraries on this machine. From which library is it?"""

from __future__ import annotations

import ast
import importlib.util
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from kerastutor.data.dataset import Dataset, Split
from kerastutor.data.picture import ExamplePicture, cards

LIBRARIES = ("numpy", "scipy", "sklearn", "keras")
WORDS = 60
"""How many words of a text are kept: its first ones."""
VOCABULARY = 10_000
"""Numbers that stand for words: 0 for no word, 1 for a rare one, 2 and up for the words of the training texts."""
NUMBERS = ("words", "lines", "arguments", "examples", "quoted")

_PER_LIBRARY, _VALIDATION_SHARE, _FEWEST_WORDS = 1_000, 0.2, 20
_NAMES = re.compile(r"scikit[-_ ]?learn|\b(numpy|np|scipy|sp|sklearn|scikit|keras|tensorflow|tf|jax|torch)\b", re.I)
_TESTS = re.compile(r"tests?|testing|test_.*|.*_test\.py|conftest\.py")


@dataclass(frozen=True)
class Docstring:
    """Documentation of one function or class: whose it is, its text with library names masked, `NUMBERS` about it."""

    library: str
    text: str
    numbers: tuple[int, ...]


def docstrings(*libraries: str, seed: int = 0) -> Dataset:
    """Documentation of functions, read from the libraries installed here: which library is each from?

    The word "library" replaces the names of libraries in the texts, so that the answer is not written in the question.
    Source files are read as text: nothing is imported.

    Args:
        libraries: two or more of "numpy", "scipy", "sklearn", "keras"; all four by default.
        seed: which of their functions are taken, and which of these validate.

    Returns:
        A `Dataset`: x = {"text_input": int32 (60,), the first words as numbers below 10,000, filled up with 0 in front;
        "meta_input": float32 (5,), the length in words and lines, and how many arguments, examples and quoted names;
        each on a logarithmic scale with mean 0 and spread 1}, y int32, the number of the library.

    Raises:
        ValueError: an unknown library, or only one.

    >>> docstrings("numpy", "keras").shapes
    {'x': {'text_input': (60,), 'meta_input': (5,)}, 'y': ()}
    """
    libraries = libraries or LIBRARIES
    _check(libraries)
    found = [each for library in libraries for each in _sample(library, seed)]
    found = [found[place] for place in np.random.default_rng(seed).permutation(len(found))]
    held_back = int(len(found) * _VALIDATION_SHARE)
    train, validation = found[held_back:], found[:held_back]
    numbers = _Numbers.of(train, libraries)
    return Dataset(
        name="docstrings",
        train=numbers.split(train),
        validation=numbers.split(validation),
        classes=libraries,
        description=(
            "The documentation of functions: from which library is it? text_input holds its first 60 words as numbers "
            "(library names are masked); meta_input holds five numbers about it: how many words, lines, arguments of "
            "the function, examples, and quoted names, on a logarithmic scale."
        ),
        origin=f"The source files of {', '.join(libraries)} that are installed on this machine.",
        licence="BSD-3-Clause (numpy, scipy, scikit-learn), Apache-2.0 (Keras)",
        picture=_picture(train, libraries),
    )


def read_docstrings(source: str, library: str) -> Iterator[Docstring]:
    """The documentation of every public function, class and method in Python source; none where it does not parse.

    >>> source = 'def f(x, y):\\n    "' + "numpy adds " * 10 + '"'
    >>> [(each.text[:12], each.numbers) for each in read_docstrings(source, "numpy")]
    [('library adds', (20, 1, 2, 0, 0))]
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    for node in _definitions(tree):
        if node.name.startswith("_"):
            continue
        text = ast.get_docstring(node) or ""
        if len(text.split()) >= _FEWEST_WORDS:
            yield Docstring(library, _NAMES.sub("library", text), _numbers_about(text, node))


def _definitions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """The functions and classes, and the methods in these; what lies inside a function is nobody's to call."""
    for node in getattr(tree, "body", ()):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node
        if not isinstance(node, ast.FunctionDef):
            yield from _definitions(node)


def words_of(text: str) -> list[str]:
    """The words of a text in small letters.

    >>> words_of("Adds 2 numbers; see `add`.")
    ['adds', 'numbers', 'see', 'add']
    """
    return re.findall(r"[a-z]+", text.lower())


@dataclass(frozen=True)
class _Numbers:
    """How texts become arrays: learnt from the training texts alone."""

    vocabulary: dict[str, int]
    mean: np.ndarray
    spread: np.ndarray
    libraries: Sequence[str]

    @classmethod
    def of(cls, texts: Sequence[Docstring], libraries: Sequence[str]) -> _Numbers:
        counts = Counter(word for each in texts for word in words_of(each.text))
        vocabulary = {word: place for place, (word, _) in enumerate(counts.most_common(VOCABULARY - 2), start=2)}
        meta = _scale([each.numbers for each in texts])
        return cls(vocabulary, meta.mean(axis=0), meta.std(axis=0), libraries)

    def split(self, texts: Sequence[Docstring]) -> Split:
        meta = (_scale([each.numbers for each in texts]) - self.mean) / self.spread
        x = {
            "text_input": np.array([self._line(each.text) for each in texts], "int32"),
            "meta_input": meta.astype("float32"),
        }
        return Split(x, np.array([self.libraries.index(each.library) for each in texts], "int32"))

    def _line(self, text: str) -> list[int]:
        line = [self.vocabulary.get(word, 1) for word in words_of(text)[:WORDS]]
        return [0] * (WORDS - len(line)) + line  # in front, so that a recurrent layer ends on the words


def _scale(numbers: Sequence[tuple[int, ...]]) -> np.ndarray:
    logarithms: np.ndarray = np.log1p(np.array(numbers, "float64"))
    return logarithms


def _check(libraries: Sequence[str]) -> None:
    unknown = [library for library in libraries if library not in LIBRARIES]
    if unknown:
        raise ValueError(f"docstrings knows no library {unknown[0]!r}; it knows {', '.join(LIBRARIES)}.")
    if len(set(libraries)) < 2 or len(set(libraries)) < len(libraries):
        raise ValueError("docstrings needs two or more different libraries to choose between.")


@lru_cache(maxsize=len(LIBRARIES))
def _sample(library: str, seed: int) -> tuple[Docstring, ...]:
    """Documentation from files in random order until there is enough; each text once.

    Reading takes a second or two a library, so what was read is kept for the next run of the cell.
    """
    spec = importlib.util.find_spec(library)
    if spec is None or spec.origin is None:
        raise ValueError(f"{library} is not installed here; name other libraries.")
    root = Path(spec.origin).parent
    paths = [path for path in sorted(root.rglob("*.py")) if not _is_test(path.relative_to(root))]
    found: dict[str, Docstring] = {}
    for place in np.random.default_rng(seed).permutation(len(paths)):
        for each in read_docstrings(paths[place].read_text(encoding="utf-8", errors="ignore"), library):
            found.setdefault(" ".join(words_of(each.text)[:WORDS]), each)
        if len(found) >= _PER_LIBRARY:
            break
    return tuple(found.values())[:_PER_LIBRARY]


def _is_test(path: Path) -> bool:
    return any(_TESTS.fullmatch(part) for part in path.parts)


def _numbers_about(text: str, node: ast.FunctionDef | ast.ClassDef) -> tuple[int, ...]:
    arguments = len(node.args.args) + len(node.args.kwonlyargs) if isinstance(node, ast.FunctionDef) else 0
    return len(text.split()), len(text.splitlines()), arguments, text.count(">>>"), text.count("`") // 2


def _picture(texts: Sequence[Docstring], libraries: Sequence[str]) -> ExamplePicture:
    chosen = [[each for each in texts if each.library == library][turn] for turn in range(2) for library in libraries]
    return cards(
        [(_heading(each), textwrap.wrap(" ".join(each.text.split()), 100)[:2]) for each in chosen],
        f"The beginnings of {len(chosen)} texts, each with its library and the five numbers about it.",
    )


def _heading(each: Docstring) -> str:
    about = ", ".join(f"{name} {number}" for name, number in zip(NUMBERS, each.numbers, strict=True))
    return f"{each.library}: {about}"
