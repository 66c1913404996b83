"""Endless practice: generated exercises, each with exactly one right answer that the engine proves.

The same level, seed and history give the same exercise. What a learner got wrong before comes more often.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, takewhile
from random import Random

from kerastutor.exercises.policies import after_attempts
from kerastutor.exercises.progress import Attempt
from kerastutor.exercises.results import Outcome
from kerastutor.exercises.spec import Answer, ChoiceAnswer, ExerciseError, NetworkAnswer, Spec, ValueAnswer
from kerastutor.topology.graph import Call, Layer, Tensor, Topology
from kerastutor.topology.inventing.mutation import KINDS as MUTATIONS
from kerastutor.topology.inventing.mutation import mutate
from kerastutor.topology.inventing.sampling import LEVELS, sample
from kerastutor.topology.sameness.canonical import equal
from kerastutor.topology.sequential import why_not_sequential

Write = Callable[[Topology], str]
"""A topology to the source of its functional model."""

_STARTER = "model = None  # your model here"
_MOST_SEEDS = 200
_PICTURES = 4


@dataclass(frozen=True)
class _Question:
    """A generated exercise before it has an id."""

    title: str
    task: str
    answer: Answer
    starter: str = ""
    picture: Topology | None = None


def practice(level: int, seed: int, *, write: Write, history: Iterable[Attempt] = ()) -> Spec:
    """The generated exercise of this level and seed.

    Args:
        level: 1 (a chain of Dense layers) to 5 (nested models); see `kerastutor.topology.inventing.sampling.LEVELS`.
        seed: any whole number; each gives an exercise of its own.
        write: how a network is written as code.
        history: the learner's attempts so far; kinds of exercise that failed are chosen more often.
    """
    kinds = list(_MAKERS)
    rng = Random(f"practice/{level}/{seed}")
    weights = weaknesses(history)
    chosen = rng.choices(kinds, [weights[kind] for kind in kinds])[0]
    return make(chosen, level, seed, write=write)


def make(kind: str, level: int, seed: int, *, write: Write) -> Spec:
    """The exercise of one kind of `KINDS`; where a sampled network gives no occasion for it, the next one is tried."""
    if kind not in _MAKERS:
        raise ExerciseError(f"There is no kind of exercise {kind!r}; there are {', '.join(KINDS)}.")
    if level not in LEVELS:
        raise ExerciseError(f"There is no level {level!r}; the levels are {min(LEVELS)} to {max(LEVELS)}.")
    for attempt in range(_MOST_SEEDS):
        rng = Random(f"{kind}/{level}/{seed}/{attempt}")
        question = _MAKERS[kind](sample(level, rng.randrange(2**32)), rng, write)
        if question is not None:
            return Spec(
                id=f"practice-{kind}-{level}-{seed}",
                title=question.title,
                task=question.task,
                answer=question.answer,
                starter=question.starter,
                picture=question.picture,
                solution=after_attempts(2),
            )
    raise ExerciseError(f"No exercise of the kind {kind!r} was found at level {level}; try another seed.")


def fresh_seed() -> int:
    """A seed nobody has seen before, short enough to be told to a friend."""
    return secrets.randbelow(10**6)


def by_kind(history: Iterable[Attempt]) -> Mapping[str, tuple[bool, ...]]:
    """For each kind of exercise, whether each one tried was right at the first attempt, the oldest first."""
    found: dict[str, list[bool]] = {kind: [] for kind in KINDS}
    for exercise, outcome in _first_outcomes(history).items():
        kind = exercise.removeprefix("practice-").rsplit("-", 2)[0]
        if kind in found:
            found[kind].append(outcome is Outcome.PASSED)
    return {kind: tuple(right) for kind, right in found.items()}


def right_in_a_row(history: Iterable[Attempt], kind: str) -> int:
    """How many exercises of this kind were right at the first attempt, counted back from the newest."""
    return sum(1 for _ in takewhile(bool, reversed(by_kind(history)[kind])))


def weaknesses(history: Iterable[Attempt]) -> Mapping[str, float]:
    """How often each kind should come: 1 where nothing is known, up to 4 where every exercise failed at first."""
    return {kind: 1 + 3 * right.count(False) / max(len(right), 1) for kind, right in by_kind(history).items()}


def _first_outcomes(history: Iterable[Attempt]) -> Mapping[str, Outcome]:
    """What came of the first real attempt at each practice exercise, the oldest first."""
    first: dict[str, Outcome] = {}
    for attempt in history:
        if attempt.exercise.startswith("practice-") and attempt.outcome in (Outcome.PASSED, Outcome.NOT_YET):
            first.setdefault(attempt.exercise, attempt.outcome)
    return first


def _picture_to_code(network: Topology, rng: Random, write: Write) -> _Question | None:
    return _Question(
        title="Write the model drawn",
        task="Write the model of the drawing, in either API, and check it.",
        answer=NetworkAnswer((network,)),
        starter=_STARTER,
        picture=network,
    )


def _code_to_picture(network: Topology, rng: Random, write: Write) -> _Question | None:
    pictures = [network]
    for candidate in _mutants(network, rng):
        if not any(equal(candidate, known) for known in pictures):
            pictures.append(candidate)
        if len(pictures) == _PICTURES:
            break
    else:
        return None
    rng.shuffle(pictures)
    assert not any(equal(one, other) for one, other in combinations(pictures, 2))
    right = next(place for place, picture in enumerate(pictures) if picture is network)
    options = tuple("ABCD")
    why = tuple(
        "Every call and every arrow of the code is there." if place == right else f"In {option} something is different."
        for place, option in enumerate(options)
    )
    return _Question(
        title="Which drawing is it?",
        task=f"Which of the four drawings, A to D, shows this model?\n\n```python\n{write(network)}\n```",
        answer=ChoiceAnswer(options, right, why, tuple(pictures)),
    )


def _which_class(network: Topology, rng: Random, write: Write) -> _Question | None:
    if rng.random() < 0.5:  # else the level alone would tell: chains are on the first two, graphs above
        network = sample(2 if why_not_sequential(network) else 3, rng.randrange(2**32))
    reasons = why_not_sequential(network)
    told = " ".join(reason.sentence for reason in reasons) or "It is one plain chain: one input, one output."
    options = ("Sequential", "functional")
    return _Question(
        title="Sequential or functional?",
        task=(
            "Which is the right tool for the network of the drawing: `Sequential`, the simplest where it is enough, "
            "or the functional API? Answer `'Sequential'` or `'functional'`."
        ),
        answer=ChoiceAnswer(options, int(bool(reasons)), (told, told)),
        picture=network,
    )


def _predict_shape(network: Topology, rng: Random, write: Write) -> _Question | None:
    calls = [call for call in _steps(network) if len(call.outputs) == 1 and call.outputs[0].shape is not None]
    if not calls:
        return None
    call = rng.choice(calls)
    shape = call.outputs[0].shape
    assert shape is not None
    taken = ", ".join(str(network.tensor(ref).shape) for ref in call.tensors)
    return _Question(
        title="Predict a shape",
        task=f"What shape has the tensor that `{call.id}` returns? Give a tuple, the batch as None.",
        answer=ValueAnswer(list(shape), f"`{call.id}` takes {taken} and returns {shape}."),
        picture=_bare(network),
    )


def _predict_parameters(network: Topology, rng: Random, write: Write) -> _Question | None:
    layers = [layer for layer in network.layers if layer.parameters]
    if not layers:
        return None
    layer = rng.choice(layers)
    return _Question(
        title="Predict the parameters",
        task=f"How many parameters has the layer `{layer.id}`?",
        answer=ValueAnswer(layer.parameters, arithmetic(layer)),
        picture=_bare(network),
    )


def _find_the_bug(network: Topology, rng: Random, write: Write) -> _Question | None:
    broken = next(_mutants(network, rng), None)
    if broken is None:
        return None
    return _Question(
        title="Find the bug",
        task="The code was meant to be the model of the drawing, but one thing in it is wrong. Mend it and check it.",
        answer=NetworkAnswer((network,), untouched=broken),
        starter=write(broken),
        picture=network,
    )


def arithmetic(layer: Layer) -> str:
    """How the parameters of a layer add up, in words.

    >>> from kerastutor.topology.graph import Weight
    >>> arithmetic(Layer("dense", "Dense", weights=(Weight("kernel", (784, 10)), Weight("bias", (10,)))))
    '`dense`: kernel 784 × 10 = 7,840, bias 10; together 7,850.'
    """
    terms = []
    for weight in layer.weights or ():
        product = " × ".join(f"{length:,}" for length in weight.shape) or "1"
        terms.append(
            f"{weight.name} {product} = {weight.size:,}" if len(weight.shape) > 1 else f"{weight.name} {product}"
        )
    return f"`{layer.id}`: {', '.join(terms)}; together {layer.parameters:,}."


_MAKERS: Mapping[str, Callable[[Topology, Random, Write], _Question | None]] = {
    "picture-to-code": _picture_to_code,
    "code-to-picture": _code_to_picture,
    "which-class": _which_class,
    "predict-shape": _predict_shape,
    "predict-parameters": _predict_parameters,
    "find-the-bug": _find_the_bug,
}
KINDS: Sequence[str] = tuple(_MAKERS)


def _mutants(network: Topology, rng: Random) -> Iterator[Topology]:
    """Networks with one mistake each, of all kinds in turn."""
    kinds = list(MUTATIONS)
    rng.shuffle(kinds)
    for kind in kinds * 2:
        try:
            yield mutate(network, kind, rng.randrange(2**32)).topology
        except LookupError:
            continue


def _steps(network: Topology) -> Iterator[Call]:
    return (call for call in network.calls if network.layer_of(call.id).kind != "Input")


def _bare(network: Topology) -> Topology:
    """The network as a drawing may show it where sizes are the question: with the shapes of the inputs alone."""
    calls = tuple(
        call if network.layer_of(call.id).kind == "Input" else replace(call, outputs=(Tensor(),) * len(call.outputs))
        for call in network.calls
    )
    return replace(network, calls=calls, layers=tuple(replace(layer, weights=None) for layer in network.layers))
