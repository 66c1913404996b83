"""The public verbs: a few lines each, composing the rooms of the house.

Every room is loaded when a verb first needs it, so that importing kerastutor costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from kerastutor.building.builder import Builder
    from kerastutor.drawing import Drawing
    from kerastutor.exercises.answers import Counts
    from kerastutor.exercises.exercise import Exercise
    from kerastutor.exercises.requirements import Requirement
    from kerastutor.models.twins import Proof
    from kerastutor.topology.differences.difference import Diff
    from kerastutor.topology.differences.pattern import Freedom, Match, Pattern
    from kerastutor.topology.graph import Topology
    from kerastutor.topology.sameness.rules import Rules
    from kerastutor.topology.sequential import Reason
    from kerastutor.training.run import Run


def read(model: Any) -> Topology:
    """Read a model into its topology: the calls, the tensors between them, and the layers they use.

    Args:
        model: a Keras model written in any API, a `Topology` (returned as it is), or the path of a `.keras` archive
            or a `model.to_json()` file, which are read without Keras.

    Raises:
        TypeError, ValueError: it cannot be read; the message says what to do.
    """
    from kerastutor.topology.graph import Topology

    if isinstance(model, Topology):
        return model
    if isinstance(model, (str, PathLike)):
        from kerastutor.formats import keras_file

        return keras_file.read(Path(model))
    from kerastutor.models import reading

    return reading.read(model)


def same(model: Any, expected: Any, *, rules: Rules | None = None) -> bool:
    """Whether two models are the same network: the same function with the same free parameters, however written.

    Args:
        model, expected: whatever `read` takes; `expected` may be a `Pattern`, then `matches` decides.
        rules: which spellings count as the same; by default all that compute the same.
    """
    from kerastutor.topology.differences.pattern import Pattern
    from kerastutor.topology.sameness.canonical import equal
    from kerastutor.topology.sameness.rules import DEFAULT

    if isinstance(expected, Pattern):
        return bool(matches(model, expected))
    return equal(read(model), read(expected), DEFAULT if rules is None else rules)


def matches(model: Any, pattern: Pattern) -> Match:
    """Whether a model is what a pattern describes, its freedoms used; a true or false value that says how."""
    from kerastutor.topology.differences import pattern as patterns

    return patterns.matches(read(model), pattern)


def diff(model: Any, expected: Any, *, rules: Rules | None = None) -> Diff:
    """The smallest set of differences that turns `model` into `expected`, told in the names of `model`. Empty: same."""
    from kerastutor.topology.differences import difference
    from kerastutor.topology.sameness.rules import DEFAULT

    return difference.diff(read(model), read(expected), DEFAULT if rules is None else rules)


def prove_same(first: Any, second: Any) -> Proof:
    """Carry the weights of one model over to the other and compare what they compute on random inputs."""
    from kerastutor.models import twins

    return twins.prove_same(first, second)


def why_not_sequential(model: Any) -> tuple[Reason, ...]:
    """Each call or arrow that keeps a model from being a Sequential, in a sentence; empty: it can be one."""
    from kerastutor.topology import sequential

    return sequential.why_not_sequential(read(model))


def code(model: Any, style: Literal["functional", "sequential"] = "functional") -> str:
    """Python source that builds the model in either API.

    Raises:
        NotSequential: `style` is `"sequential"` and the network cannot be one; `.reasons` says why.
        ValueError: `style` is neither.
    """
    from kerastutor.formats import source

    if style not in ("functional", "sequential"):
        raise ValueError(f"There is no style {style!r}; ask for 'functional' or 'sequential'.")
    return source.functional(read(model)) if style == "functional" else source.sequential(read(model))


def draw(model: Any) -> Drawing:
    """The picture of a model, one box per call, with the words for those who cannot see it."""
    from kerastutor import drawing

    return drawing.draw(read(model))


def show(*models: Any, labels: tuple[str, ...] | None = None) -> Any:
    """Show one model in both APIs side by side, or several models aligned.

    Args:
        models: whatever `read` takes.
        labels: a heading for each; by default the names of the models.
    """
    from kerastutor.widgets import twin

    if not models:
        raise TypeError("show() needs a model: kt.show(model), or kt.show(first, second) to compare two.")
    return twin.show(*(read(model) for model in models), labels=labels)


def build(start: Any = None) -> Builder:
    """Build a model step by step, in a cell: pick layers, watch both drawings and the code of both APIs grow.

    Args:
        start: a model, a topology or an exercise (its starter) to go on from; by default an empty graph.
    """
    from kerastutor.widgets import waiting

    with waiting.for_keras():
        from kerastutor.widgets import builder
    return builder.build(start)


def steps(source: str) -> Any:
    """Run Keras code line by line and show what each line added to the graph."""
    from kerastutor.widgets import stepper

    return stepper.steps(source)


def train(model: Any, x: Any, y: Any = None, **options: Any) -> Run:
    """Train a model in the background with a live curve and a Stop button; takes what `model.fit` takes.

    Returns at once where the notebook shows widgets, and waits for the end where nobody could watch; `.wait()` on the
    `Run` waits anywhere. See `kerastutor.training.train` for every option.
    """
    from kerastutor.widgets import run

    return run.train(model, x, y, **options)


def race(models: Mapping[str, Any], data: Any, **options: Any) -> Any:
    """Train several models under equal seeds and budget, their curves together. See `kerastutor.training.race`."""
    from kerastutor.widgets import run

    return run.race(models, data, **options)


def live(**options: Any) -> Any:
    """The live view of `train` as a Keras callback for your own `model.fit`."""
    from kerastutor.widgets import run

    return run.live(**options)


def exercise(id: str) -> Exercise:
    """The exercise with this id: `.check(model)`, `.hint()`, `.solution()`."""
    from kerastutor.widgets import exercise as view

    return view.exercise(id)


def seal(
    model: Any,
    id: str,
    *,
    title: str,
    task: str,
    into: str | PathLike[str] = "exercises.json",
    starter: str = "model = None  # your model here",
    points: int = 1,
    freedoms: Sequence[tuple[Freedom, ...]] = (),
    requirements: Sequence[Requirement] = (),
    hints: Sequence[str] = (),
    counts: Counts = "best",
) -> Path:
    """For instructors: make an exercise of a working model, and return the file it was sealed into.

    It is found by `kt.exercise(id)` in every notebook that lies beside the file.

    Args:
        model: whatever `read` takes; it is the answer.
        id: handout and name joined by dashes, such as `homework1-stack`.
        task: what the learner reads, in Markdown.
        into: the sealed file; an exercise with the same id in it is replaced, others stay.
        starter, points, freedoms, requirements, hints, counts: as in `kerastutor.exercises.declare`.

    Raises:
        ExerciseError: the id is not of that form, or `into` is another kind of file.
    """
    from kerastutor.exercises import sealing

    spec = sealing.seal_topology(
        read(model),
        id,
        title=title,
        task=task,
        points=points,
        starter=starter,
        freedoms=freedoms,
        requirements=requirements,
        hints=hints,
        counts=counts,
    )
    return sealing.put(spec, Path(into))


def practice(level: int = 1, seed: int | None = None, *, kind: str | None = None) -> Exercise:
    """A new exercise made for you: endless practice, from one layer (level 1) to graphs with sharing.

    Args:
        level: 1 to 5.
        seed: the same level, seed and kind give the same exercise; by default a new one.
        kind: one kind only, such as `"which-class"`; see `kerastutor.exercises.practice.KINDS`.
    """
    from kerastutor.widgets import exercise as view

    return view.practice(level, seed, kind)


def submit(path: str | PathLike[str] | None = None, *, student: str = "") -> Path:
    """Write your best answer to every exercise you checked, and your progress, into one file to hand in.

    Trying more after you passed costs nothing. Where your instructor asks for the last answer, the card of the exercise
    says so, and the last one is handed in.

    Args:
        path: of the file, or a folder for it; by default `kerastutor-submission.json` beside the notebook. A file that
            is there is never overwritten: the new one gets a number.
        student: your name or number; by default the name you are logged in with.

    Raises:
        HandingInError: nothing was checked yet, or the file cannot be written.
    """
    from kerastutor.widgets import exercise as view

    return view.submit(Path.cwd() if path is None else Path(path), student)


def progress() -> Any:
    """How far you have come, lesson by lesson, with buttons to take your progress away and bring it back."""
    from kerastutor.widgets import exercise as view

    return view.progress_view()
