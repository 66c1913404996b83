"""Real handwritten digits that need no network: alone, in pairs, and with several questions about each."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np

from kerastutor.data.dataset import Dataset, Split
from kerastutor.data.picture import ExamplePicture, Tile, grid

ORIGIN = (
    "Optical recognition of handwritten digits, E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998; "
    "the 1,797 digits that ship with scikit-learn, written by 13 people."
)
LICENCE = "CC BY 4.0 (https://archive.ics.uci.edu/dataset/80)"
CLASSES = tuple("0123456789")
SHAPES = ((784,), (28, 28), (28, 28, 1), (64,), (8, 8), (8, 8, 1))
SPLIT_SEED = 80
"""Any number would do; it is fixed so that everybody validates on the same digits."""

_VALIDATION = 360  # a fifth
_INNER, _MARGIN = 24, 2  # 28 pixels, with the empty margin the digits of MNIST have


def digits(shape: tuple[int, ...] = (784,)) -> Dataset:
    """1,797 real handwritten digits, 1,437 to train on and 360 to validate.

    Args:
        shape: of one example. `(64,)`, `(8, 8)` and `(8, 8, 1)` hold the 8x8 pixels as they are; `(784,)`, `(28, 28)`
            and `(28, 28, 1)` hold them scaled up to the size of MNIST's digits.

    Returns:
        A `Dataset`: x float32 from 0 (paper) to 1 (ink), y int32 from 0 to 9.

    Raises:
        ValueError: another shape was asked for.

    >>> data = digits()
    >>> data.train.x.shape, data.validation.y.shape
    ((1437, 784), (360,))
    """
    train, validation = split_digits(shape)
    return Dataset(
        name="digits",
        train=train,
        validation=validation,
        classes=CLASSES,
        description=(
            "Real handwritten digits. x is the image, 0 for paper and 1 for ink; y is the digit. The same people wrote "
            "both parts, so a stranger's hand would be read a little worse than the validation examples."
        ),
        origin=ORIGIN,
        licence=LICENCE,
        picture=_picture(*split_digits((28, 28))[0]),
    )


def digit_pairs(shape: tuple[int, ...] = (784,), seed: int = 0) -> Dataset:
    """Pairs of handwritten digits: do both show the same digit? 6,000 pairs to train on, 1,000 to validate.

    Half of the pairs show the same digit, never the same image twice. No image of a validation pair occurs in training.

    Args:
        shape: of one image, as in `digits`.
        seed: which pairs are drawn.

    Returns:
        A `Dataset`: x = {"left": float32, "right": float32}, y float32: 1 for the same digit, 0 for two different ones.

    >>> sorted(digit_pairs().train.x)
    ['left', 'right']
    """
    random = np.random.default_rng(seed)
    train, validation = (
        _pairs(split, count, random) for split, count in zip(split_digits(shape), (6_000, 1_000), strict=True)
    )
    return Dataset(
        name="digit_pairs",
        train=train,
        validation=validation,
        classes=("different", "same"),
        description="Pairs of handwritten digits, left and right; y is 1 where both show the same digit, else 0.",
        origin=ORIGIN,
        licence=LICENCE,
        picture=_pair_picture(*_pairs(split_digits((28, 28))[0], 10, np.random.default_rng(seed))),
    )


def digit_tasks(shape: tuple[int, ...] = (784,)) -> Dataset:
    """Handwritten digits with three questions about each: which digit, is it even, how much ink?

    Args:
        shape: of one image, as in `digits`.

    Returns:
        A `Dataset`: y = {"digit": int32 from 0 to 9, "even": float32 (1 for even), "ink": float32, the mean of all
        pixels divided by the mean over all training digits}.

    >>> sorted(digit_tasks().train.y)
    ['digit', 'even', 'ink']
    """
    train, validation = split_digits(shape)
    usual = float(train.x.mean())
    pictures, _ = split_digits((28, 28))[0]
    asked = _tasks(train, usual)
    return Dataset(
        name="digit_tasks",
        train=asked,
        validation=_tasks(validation, usual),
        classes={"digit": CLASSES, "even": ("odd", "even")},
        description=(
            "Real handwritten digits with three questions about each image: which digit it is, whether that digit is "
            "even, and how much ink it took (1 is the usual amount)."
        ),
        origin=ORIGIN,
        licence=LICENCE,
        picture=_task_picture(pictures, asked.y),
    )


def split_digits(shape: tuple[int, ...]) -> tuple[Split, Split]:
    """The digits for training and for validation, the same ones every time, in the shape asked for."""
    if shape not in SHAPES:
        raise ValueError(f"digits come in the shapes {', '.join(map(str, SHAPES))}, not {shape!r}.")
    table = np.loadtxt(shipped_with_sklearn("data/digits.csv.gz"), delimiter=",", dtype="float32")
    table = table[np.random.default_rng(SPLIT_SEED).permutation(len(table))]
    pixels = table[:, :-1].reshape(-1, 8, 8) / 16
    if shape not in SHAPES[3:]:
        pixels = scaled_up(pixels)
    x, y = pixels.reshape(-1, *shape), table[:, -1].astype("int32")
    return Split(x[:-_VALIDATION], y[:-_VALIDATION]), Split(x[-_VALIDATION:], y[-_VALIDATION:])


def shipped_with_sklearn(name: str) -> Path:
    """A file among scikit-learn's data sets, found without importing it, which would take a second or more."""
    spec = importlib.util.find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("The digits come with scikit-learn: pip install scikit-learn.")
    return Path(spec.origin).parent / "datasets" / name


def scaled_up(pixels: np.ndarray) -> np.ndarray:
    """Images (n, 8, 8) scaled to (n, 28, 28): bilinear to 24x24, then an empty margin."""
    at = (np.arange(_INNER) + 0.5) * 8 / _INNER - 0.5  # where each new pixel lies among the old ones
    near = np.clip(1 - np.abs(at[:, None] - np.arange(8)), 0, 1)
    weights = (near / near.sum(axis=1, keepdims=True)).astype("float32")
    enlarged: np.ndarray = np.pad(weights @ pixels @ weights.T, ((0, 0), (_MARGIN, _MARGIN), (_MARGIN, _MARGIN)))
    return enlarged


def _pairs(split: Split, count: int, random: np.random.Generator) -> Split:
    x, y = split
    members = [np.flatnonzero(y == digit) for digit in range(10)]
    left = random.integers(len(y), size=count)
    same = np.arange(count) % 2 == 0
    right = np.array([_partner(place, members, y, alike, random) for place, alike in zip(left, same, strict=True)])
    order = random.permutation(count)
    left, right = left[order], right[order]
    return Split({"left": x[left], "right": x[right]}, same[order].astype("float32"))


def _partner(place: int, members: list[np.ndarray], y: np.ndarray, alike: bool, random: np.random.Generator) -> int:
    digit = int(y[place])
    wanted = digit if alike else (digit + int(random.integers(1, 10))) % 10
    others = members[wanted]
    return int(random.choice(others[others != place]))


def _tasks(split: Split, usual: float) -> Split:
    x, y = split
    ink = x.reshape(len(x), -1).mean(axis=1) / usual
    return Split(x, {"digit": y, "even": (y % 2 == 0).astype("float32"), "ink": ink.astype("float32")})


def _picture(x: np.ndarray, y: np.ndarray) -> ExamplePicture:
    first = [int(np.flatnonzero(y == digit)[turn]) for turn in range(2) for digit in range(10)]
    tiles = [Tile((1 - x[place],), str(y[place])) for place in first]
    return grid(tiles, "Handwritten digits, two of each from 0 to 9, with the digit below each image.")


def _pair_picture(x: dict[str, np.ndarray], y: np.ndarray) -> ExamplePicture:
    tiles = [
        Tile((1 - left, 1 - right), "same" if same else "different")
        for left, right, same in zip(x["left"], x["right"], y, strict=True)
    ]
    return grid(tiles, "Ten pairs of handwritten digits, each marked as same or different.", columns=5)


def _task_picture(x: np.ndarray, y: dict[str, np.ndarray]) -> ExamplePicture:
    tiles = [
        Tile((1 - x[place],), f"{y['digit'][place]} · {'even' if y['even'][place] else 'odd'} · {y['ink'][place]:.1f}")
        for place in range(10)
    ]
    return grid(tiles, "Ten handwritten digits with the digit, whether it is even, and the amount of ink.", columns=5)
