"""Sealing: from a declaration to a `Spec`, and from a file of declarations to the JSON committed beside it.

Building the references needs Keras and reading them needs `kerastutor.models`; this room reaches neither, so both come
in as arguments: `read`, which turns a model into a topology, and `keras`, the module.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from kerastutor.exercises.answers import Counts
from kerastutor.exercises.declaring import Declaration
from kerastutor.exercises.free_settings import check_freedoms
from kerastutor.exercises.requirements import Requirement
from kerastutor.exercises.settings import ExerciseSettings
from kerastutor.exercises.spec import ExerciseError, NetworkAnswer, Spec
from kerastutor.system.files import replace_text
from kerastutor.topology.differences.pattern import Freedom
from kerastutor.topology.graph import Topology

Read = Callable[[Any], Topology]


def seal(declaration: Declaration, *, read: Read, keras: Any) -> Spec:
    """Build the references, read them, and put everything into plain data.

    Keras numbers the names it gives by itself; it is made to begin anew, so that sealing twice gives the same text.
    """
    keras.utils.clear_session(free_memory=False)
    references = tuple(replace(read(model), name=declaration.id) for model in declaration.references(keras))
    check_freedoms(declaration.id, declaration.left_free, references)
    answer = NetworkAnswer(
        references=references,
        freedoms=declaration.left_free,
        rules_off=tuple(declaration.rules_off),
        requirements=tuple(declaration.requirements),
        any_network=declaration.any_network,
        untouched=built_by(declaration.starter, read=read, keras=keras),
    )
    return _sealed(declaration, declaration.task, answer)


def seal_topology(
    topology: Topology,
    id: str,
    *,
    title: str,
    task: str,
    points: int = 1,
    starter: str = "",
    freedoms: Sequence[tuple[Freedom, ...]] = (),
    requirements: Sequence[Requirement] = (),
    hints: Sequence[str] = (),
    counts: Counts = "best",
) -> Spec:
    """An exercise whose answer is this network; the rest as in `declare`."""
    settings = ExerciseSettings(
        id, title, points, starter, freedoms, requirements=requirements, hints=hints, counts=counts
    ).checked()
    check_freedoms(id, settings.left_free, [topology])
    references, requirements = (replace(topology, name=id),), tuple(settings.requirements)
    return _sealed(settings, task, NetworkAnswer(references, settings.left_free, requirements=requirements))


def _sealed(settings: ExerciseSettings, task: str, answer: NetworkAnswer) -> Spec:
    return Spec(
        id=settings.id,
        title=settings.title,
        task=task,
        answer=answer,
        points=settings.points,
        starter=settings.starter,
        hints=tuple(settings.hints),
        solution=settings.solution,
        picture=answer.references[0] if settings.drawn else None,
        counts=settings.counts,
    )


def built_by(starter: str, *, read: Read, keras: Any) -> Topology | None:
    """The network that a starter builds as `model`, where it builds one."""
    names: dict[str, Any] = {"keras": keras, "layers": keras.layers}
    exec(compile(starter, "<starter>", "exec"), names)  # the author's own code
    model = names.get("model")
    return None if model is None or model is ... else read(model)


def declarations(module: ModuleType) -> tuple[Declaration, ...]:
    """The exercises a module declares, in the order it declares them."""
    return tuple(value for value in vars(module).values() if isinstance(value, Declaration))


def sealed_text(specs: Iterable[Spec]) -> str:
    """The text of a sealed file: one exercise per entry, with its version, sorted keys, for quiet diffs."""
    entries = [{**spec.to_plain(), "version": spec.version} for spec in specs]
    return json.dumps(entries, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def read_sealed(path: Path) -> tuple[Spec, ...]:
    """The exercises in a sealed file; a file that was edited by hand raises `ExerciseError`."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise ExerciseError(f"The sealed exercises in {path.name} cannot be read: {problem}.") from None
    if not isinstance(entries, list):
        raise ExerciseError(f"{path.name} does not hold a list of sealed exercises.")
    return tuple(_unsealed(entry, path) for entry in entries)


def put(spec: Spec, path: Path) -> Path:
    """Put an exercise into a sealed file, made where it is missing, in the place of the one with the same id."""
    others = [one for one in read_sealed(path) if one.id != spec.id] if path.exists() else []
    return replace_text(path, sealed_text([*others, spec]))


def _unsealed(entry: Any, path: Path) -> Spec:
    spec = Spec.from_plain(entry)
    if spec.version != entry.get("version"):
        raise ExerciseError(f"The exercise {spec.id!r} in {path.name} was changed after it was sealed; seal it again.")
    return spec
