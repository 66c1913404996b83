"""Programs as learners write them: for every misconception some that show it, and some that only resemble it.

Each file in `programs/` holds sections: `=== misconception`, then one program under `--- expected`, and programs under
`--- shows` and `--- resembles`. Every program is Keras code that leaves a `model`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "programs"


@dataclass(frozen=True)
class Section:
    misconception: str
    expected: str
    shows: tuple[str, ...]
    resembles: tuple[str, ...]


def sections() -> list[Section]:
    return [_section(text) for path in sorted(FOLDER.glob("*.txt")) for text in path.read_text().split("=== ")[1:]]


def _section(text: str) -> Section:
    title, *programs = text.split("--- ")
    found: dict[str, list[str]] = {"expected": [], "shows": [], "resembles": []}
    for program in programs:
        heading, _, code = program.partition("\n")
        found[heading.strip()].append(code.strip() + "\n")
    return Section(title.strip(), found["expected"][0], tuple(found["shows"]), tuple(found["resembles"]))


def run(program: str) -> dict[str, Any]:
    """The names that a program leaves behind, its `model` among them."""
    import keras

    names: dict[str, Any] = {
        "keras": keras,
        "layers": keras.layers,
        "ops": keras.ops,
        "Input": keras.Input,
        "Model": keras.Model,
        "Sequential": keras.Sequential,
    }
    exec(compile(program, "<learner>", "exec"), names)
    return names
