"""Files of declarations: run them, and seal what they declare."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from kerastutor.exercises.sealing import declarations, seal, sealed_text
from kerastutor.exercises.spec import ExerciseError, Spec
from kerastutor.files import replace_text
from kerastutor.quiet import hushed


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
        import keras

        keras.distribution.list_devices()  # which is when TensorFlow looks for a GPU, and says so


def seal_file(path: Path, sealed: Path | None = None) -> Path:
    """Seal the exercises of a file into JSON, beside it unless told where, and return its path."""
    return replace_text(sealed or path.with_suffix(".json"), sealed_text(sealed_in(path)))


def sealed_in(path: Path) -> tuple[Spec, ...]:
    """The exercises that a file declares, sealed."""
    declared = declarations(load(path))
    import keras

    from kerastutor.models.reading import read

    return tuple(seal(declaration, read=read, keras=keras) for declaration in declared)
