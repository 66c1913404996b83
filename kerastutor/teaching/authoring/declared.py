"""Files of declarations: run them, and seal what they declare."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

from kerastutor.exercises.sealing import declarations, seal, sealed_text
from kerastutor.exercises.spec import ExerciseError, Spec
from kerastutor.system.files import replace_text
from kerastutor.system.quiet import hushed


def load(path: Path) -> ModuleType:
    """Run a file of declarations and return it as a module."""
    if not path.is_file():
        raise ExerciseError(f"There is no file {path}.")
    load_keras()
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not declarations(module):
        raise ExerciseError(f"{path.name} declares no exercise; put @declare(...) from kerastutor.exercises above one.")
    return module


def load_keras() -> None:
    """Load Keras, as everything that reads an author's model will; its backend's notes are kept away."""
    with hushed():
        from kerastutor.models import keras  # through the door, which says why Keras cannot be loaded

        keras.distribution.list_devices()  # which is when TensorFlow looks for a GPU, and says so


def seal_file(path: Path, sealed: Path | None = None) -> Path:
    """Seal the exercises of a file into JSON, beside it unless told where, and return its path.

    Raises:
        ExerciseError: an exercise cannot be sealed, or a file that holds something else lies there.
    """
    target = sealed or path.with_suffix(".json")
    if target.exists():
        _make_sure_it_is_sealed(target)
    return replace_text(target, sealed_text(sealed_in(path)))


def _make_sure_it_is_sealed(path: Path) -> None:
    """Also one that was edited by hand, or sealed by another version, may be sealed again."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        entries = None
    if not isinstance(entries, list) or not all(isinstance(one, dict) and "version" in one for one in entries):
        raise ExerciseError(f"{path} is there already and holds no exercises; move it away, or rename your file.")


def sealed_in(path: Path) -> tuple[Spec, ...]:
    """The exercises that a file declares, sealed."""
    declared = declarations(load(path))
    import keras

    from kerastutor.models.reading import read

    return tuple(seal(declaration, read=read, keras=keras) for declaration in declared)
