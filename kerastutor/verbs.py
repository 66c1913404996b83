"""The public verbs that put something on the page, train, or keep what a learner did: a few lines each.

Every room is loaded when a verb first needs it, so that importing kerastutor costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

    from kerastutor.building.builder import Builder
    from kerastutor.building.log import BuildLog
    from kerastutor.building.stepping.stepper import Steps
    from kerastutor.data.dataset import Dataset
    from kerastutor.exercises.answers import Counts
    from kerastutor.exercises.exercise import Exercise
    from kerastutor.exercises.requirements import Requirement
    from kerastutor.networks import Network
    from kerastutor.topology.differences.pattern import Freedom
    from kerastutor.topology.graph import Topology
    from kerastutor.training import Live, Race, Run
    from kerastutor.widgets.progress import ProgressView
    from kerastutor.widgets.twin import DrawingView


def show(*models: Network, labels: Sequence[str] | None = None) -> DrawingView:
    """Show one model in both APIs side by side, or several models aligned.

    Args:
        models: Keras models, topologies, or paths of saved models; one or more.
        labels: a heading for each, where there are several; by default the names of the models.

    Raises:
        TypeError, ValueError: one of them cannot be read, or there is none; the message says what to do.

    >>> import keras, kerastutor as kt
    >>> kt.show(keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)], name="small"))
    TwinView(Topology('small': 2 layers, 2 calls))
    """
    from kerastutor.networks import read
    from kerastutor.widgets import twin

    if not models:
        raise TypeError("show() needs a model: kt.show(model), or kt.show(first, second) to compare two.")
    return twin.show(*map(read, models), labels=labels)


def build(start: keras.Model | Topology | BuildLog | Exercise | None = None) -> Builder:
    """Build a model step by step, in a cell: pick layers, watch both drawings and the code of both APIs grow.

    Args:
        start: a model, a topology, an earlier build log or an exercise (its starter) to go on from; by default an
            empty graph.

    Raises:
        ValueError: a model that cannot be gone on from; the message says what to do.

    >>> import kerastutor as kt
    >>> builder = kt.build()
    >>> builder.add("Dense", builder.input("image", 784), units=10, name="digit")
    Ref(call='digit', index=0)
    >>> builder.model.output_shape
    (None, 10)
    """
    from kerastutor.widgets import waiting

    with waiting.for_keras():
        from kerastutor.building.builder import Builder
        from kerastutor.building.start import begin
        from kerastutor.widgets import builder as view
    builder = Builder(begin(start))
    view.show(builder)
    return builder


def steps(source: str) -> Steps:
    """Run Keras code line by line and show what each line added to the graph.

    Args:
        source: Python code, also as it is pasted: with prompts, fences, or an indent that all lines have.

    Raises:
        BaseException: whatever interrupts the code, such as KeyboardInterrupt; an error is kept in `.error`.

    >>> import kerastutor as kt
    >>> kt.steps("import keras\\nx = keras.Input((4,))\\nx = keras.layers.Dense(2)(x)")
    Steps(3 of 3 lines)
    """
    from kerastutor.widgets import stepper

    return stepper.steps(source)


def train(
    model: keras.Model,
    x: Any = None,
    y: Any = None,
    *,
    epochs: int | None = None,
    batch_size: int | None = None,
    validation_data: Any = None,
    validation_split: float = 0.0,
    callbacks: keras.callbacks.Callback | Sequence[keras.callbacks.Callback] | None = None,
    shuffle: bool = True,
    class_weight: Mapping[int, float] | None = None,
    sample_weight: Any = None,
    initial_epoch: int = 0,
    steps_per_epoch: int | None = None,
    validation_steps: int | None = None,
    validation_batch_size: int | None = None,
    validation_freq: int | Collection[int] = 1,
    seconds: float | None = None,
    seed: int | None = None,
    deterministic: bool = False,
    name: str | None = None,
    wait: bool | None = None,
    **fit_arguments: Any,
) -> Run:
    """Train a compiled model in the background, with a live curve and a Stop button.

    Args:
        model: it was compiled; `x` and `y` fit it.
        x: arrays with one sample a row, a list or dict of them, or a data set that yields batches.
        y: the targets, one a sample; None where `x` yields them.
        epochs: passes over the data, those before `initial_epoch` counted; 5 to come unless `seconds` is given.
        batch_size: samples a step; 32 where the data are arrays.
        validation_data: `(x, y)`, or a data set, to measure on after each epoch.
        validation_split: the share of the samples, from the end and from 0 to 1, to measure on instead.
        callbacks: one or several, as in `model.fit`.
        shuffle: take the samples in a new order in each epoch.
        class_weight: by class, how much its samples count; 1 for others.
        sample_weight: how much each sample counts, one number a sample.
        initial_epoch: the number of the first epoch, from 0.
        steps_per_epoch, validation_steps: batches, where the data have no end.
        validation_batch_size: samples a step there; by default `batch_size`.
        validation_freq: measure after each of so many epochs, or after those counted here.
        seconds: train as many epochs as fit into this time.
        seed: decides the order of the samples; drawn from Python's `random` unless given.
        deterministic: equal seeds give equal histories to the last bit, on a GPU too; slower, for the whole process.
        name: what the run is called on the page; by default as the model is.
        wait: True: wait for the end; False: return at once; None: return at once where somebody can watch
            (JupyterLab, Notebook 7, VS Code, Colab), else wait. `.wait()` on the `Run` waits anywhere.
        fit_arguments: what else the `fit` of this model takes; the live view stands in for what `verbose` prints.

    Raises:
        CannotTrain: the model, the numbers, the data or a name cannot be right; the message says what to do.
        TrainingFailed: it ended with an error while it was waited for.

    >>> import keras, kerastutor as kt, numpy as np
    >>> model = keras.Sequential([keras.layers.Dense(1)])
    >>> model.compile(loss="mse")
    >>> run = kt.train(model, np.ones((8, 2)), np.ones(8), epochs=3, wait=True)
    >>> run.progress.status, len(run.history.history["loss"])
    ('finished', 3)
    """
    given = _options(locals(), but=("model", "x", "y", "wait"))
    from kerastutor import session, training

    return session.watched(training.train(model, x, y, **given), wait)


def race(
    models: Mapping[str, keras.Model],
    data: Dataset | tuple[Any, Any],
    *,
    epochs: int | None = None,
    batch_size: int | None = None,
    validation_data: Any = None,
    validation_split: float = 0.0,
    callbacks: keras.callbacks.Callback | Sequence[keras.callbacks.Callback] | None = None,
    shuffle: bool = True,
    class_weight: Mapping[int, float] | None = None,
    sample_weight: Any = None,
    initial_epoch: int = 0,
    steps_per_epoch: int | None = None,
    validation_steps: int | None = None,
    validation_batch_size: int | None = None,
    validation_freq: int | Collection[int] = 1,
    seconds: float | None = None,
    seed: int | None = None,
    deterministic: bool = False,
    wait: bool | None = None,
    **fit_arguments: Any,
) -> Race:
    """Train several compiled models one after the other, with equal seeds and budget, their curves together.

    Args:
        models: the models by the names to show.
        data: `(x, y)`, or a data set with `.train` and `.validation` that unpack to `(x, y)`.
        validation_data: `(x, y)`, or a data set, to measure on after each epoch; by default `.validation` of `data`.
        seconds: for each model, train as many epochs as fit into this time.
        seed: decides the order of the samples in every run; drawn from Python's `random` unless given.
        epochs, batch_size, validation_split, callbacks, shuffle, class_weight, sample_weight, initial_epoch,
            steps_per_epoch, validation_steps, validation_batch_size, validation_freq, deterministic, wait,
            fit_arguments: as in `train`, the same for each model.

    Raises:
        CannotTrain: a model cannot be trained, or there is none; nothing was started.
        TrainingFailed: one ended with an error while the race was waited for.

    >>> import keras, kerastutor as kt, numpy as np
    >>> models = {"one": keras.Sequential([keras.layers.Dense(1)]), "two": keras.Sequential([keras.layers.Dense(1)])}
    >>> for model in models.values():
    ...     model.compile(loss="mse")
    >>> [run.status for run in kt.race(models, (np.ones((8, 2)), np.ones(8)), epochs=1, wait=True).progress]
    ['finished', 'finished']
    """
    given = _options(locals(), but=("models", "data", "wait"))
    from kerastutor import session, training

    return session.watched(training.race(models, data, **given), wait)


def live() -> Live:
    """The live view of `train` as a Keras callback for your own `model.fit`.

    >>> import keras, kerastutor as kt, numpy as np
    >>> model = keras.Sequential([keras.layers.Dense(1)])
    >>> model.compile(loss="mse")
    >>> live = kt.live()
    >>> history = model.fit(np.ones((8, 2)), np.ones(8), epochs=2, verbose=0, callbacks=[live])
    >>> live.progress.epoch
    2
    """
    from kerastutor.widgets import run

    return run.live()


def exercise(id: str) -> Exercise:
    """The exercise with this id: `.check(model)`, `.hint()`, `.solution()`.

    Args:
        id: lesson or handout, and name, such as `01-stack`.

    Raises:
        ExerciseError: there is none with this id; the message names those that are like it.

    >>> import kerastutor as kt
    >>> kt.exercise("01-stack").check()
    Not attempted: There is nothing to check yet; give a model to `check` when you have one.
    """
    from kerastutor import session

    return session.desk().exercise(id)


def practice(level: int = 1, seed: int | None = None, *, kind: str | None = None) -> Exercise:
    """A new exercise made for you: endless practice, from one layer (level 1) to graphs with sharing.

    Args:
        level: 1 to 5.
        seed: the same level, seed and kind give the same exercise; by default a new one.
        kind: one kind only, such as `"which-class"`; see `kerastutor.exercises.practice.KINDS`.

    Raises:
        ExerciseError: there is no such level or kind.

    >>> import kerastutor as kt
    >>> kt.practice(1, seed=7, kind="which-class").spec.title
    'Sequential or functional?'
    """
    from kerastutor import session

    return session.desk().practice(level, seed, kind)


def progress() -> ProgressView:
    """How far you have come, lesson by lesson, with buttons to take your progress away and bring it back.

    >>> import kerastutor as kt
    >>> kt.progress().stages[0]["exercises"]
    1
    """
    from kerastutor import session
    from kerastutor.widgets import progress as view

    return view.show(session.desk().progress)


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

    >>> import kerastutor as kt
    >>> kt.submit("homework.json", student="ada")  # doctest: +SKIP
    PosixPath('homework.json')
    """
    from kerastutor import session

    return session.desk().submit(Path.cwd() if path is None else Path(path), student)


def seal(
    model: Network,
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
        model: a Keras model, a `Topology`, or the path of a saved model; it is the answer.
        id: handout and name joined by dashes, such as `homework1-stack`.
        title: what the card is headed with.
        task: what the learner reads, in Markdown.
        into: the sealed file; an exercise with the same id in it is replaced, others stay.
        starter: the code the learner begins with.
        points: what it is worth in all, from 1.
        freedoms: what the model leaves to the learner, as `free("hidden", units=between(32, 512))`.
        requirements: what is asked for beyond the graph, such as `parameters(max=20_000)`.
        hints: hand-written hints, the vaguest first.
        counts: which of several answers by one learner is graded: the `"best"`, or the `"last"`.

    Raises:
        ExerciseError: the id is not of that form, or `into` is another kind of file.

    >>> import keras, kerastutor as kt, tempfile
    >>> stack = keras.Sequential([keras.Input((784,)), keras.layers.Dense(10, activation="softmax")])
    >>> kt.seal(stack, "homework1-stack", title="A stack", task="Build it.", into=f"{tempfile.mkdtemp()}/1.json").name
    '1.json'
    """
    given = _options(locals(), but=("model", "id", "into"))
    from kerastutor.exercises import sealing
    from kerastutor.networks import read

    return sealing.put(sealing.seal_topology(read(model), id, **given), Path(into))


def _options(given: Mapping[str, Any], *, but: Collection[str]) -> dict[str, Any]:
    """Of the `locals()` of a verb the arguments to hand on by name: so each stands once, in the signature."""
    by_name = {name: value for name, value in given.items() if name not in {*but, "fit_arguments"}}
    return {**by_name, **given.get("fit_arguments", {})}
