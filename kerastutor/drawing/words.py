"""Shapes, parameters and counts in the words a beginner reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kerastutor.knowledge import REQUIRED, facts
from kerastutor.knowledge.own_code import bare
from kerastutor.topology.graph import Layer, Tensor

_SPATIAL = ("height", "width", "depth")
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)
_UNIT_WORDS = {
    "units": "{} units",
    "filters": "{} filters",
    "rate": "rate {}",
    "kernel_size": "{}",
    "pool_size": "{}",
    "size": "{}",
    "strides": "strides {}",
    "num_heads": "{} heads",
    "input_dim": "{} words",
    "output_dim": "{} wide",
    "max_tokens": "{} tokens",
    "target_shape": "to {}",
    "n": "{} times",
}
_DIMENSIONS = re.compile(r"([123])D")
_COUNTED = ("units", "filters", "num_heads", "input_dim", "max_tokens", "n")
_SQUARES = ("kernel_size", "pool_size", "size", "strides", "dilation_rate", "padding", "cropping")


def plain(text: object) -> str:
    """One line of text that any reader takes: no control characters, no direction marks, no lone surrogates.

    >>> plain("a\\nb\\x00c")
    'a b c'
    """
    return _CONTROL.sub(" ", str(text))


def quoted(sentence: str) -> str:
    """Names between backticks stand in quotation marks in a drawing.

    >>> quoted("`a` goes to `b`.")
    '“a” goes to “b”.'
    """
    parts = plain(sentence).split("`")
    marks = [("“", "”")[place % 2] for place in range(len(parts) - 1)]
    return "".join(part + mark for part, mark in zip(parts, [*marks, ""], strict=True))


def shape_words(tensor: Tensor) -> str:
    """The shape of a tensor: `None` is said in words.

    >>> shape_words(Tensor((None, 784)))
    'batch × 784'
    >>> shape_words(Tensor((None, None, 64)))
    'batch × time × 64'
    >>> shape_words(Tensor((None, None, None, 3)))
    'batch × height × width × 3'
    >>> shape_words(Tensor((None,))), shape_words(Tensor(()))
    ('batch', 'one number')
    >>> shape_words(Tensor())
    ''
    """
    if tensor.shape is None:
        return ""
    return " × ".join(_axis_words(tensor.shape)) or "one number"


def _axis_words(shape: tuple[int | None, ...]) -> list[str]:
    middle = shape[1:-1]
    spoken = _SPATIAL if len(middle) > 1 else ("time",)
    words = []
    for position, length in enumerate(shape):
        if length is not None:
            words.append(str(length))
        elif position == 0:
            words.append("batch")
        elif position == len(shape) - 1:
            words.append("any" if len(shape) > 2 else "time")
        else:
            words.append(spoken[position - 1] if position <= len(spoken) else "any")
    return words


def count_words(count: int | None) -> str:
    """A number of parameters.

    >>> count_words(100480), count_words(1), count_words(0), count_words(None)
    ('100,480 parameters', '1 parameter', '', '')
    """
    if not count:
        return ""
    return f"{count:,} parameter{'s' if count != 1 else ''}"


def title(kind: str) -> str:
    """The class name that a kind stands for.

    >>> title("Dense"), title("ops.Add"), title("my_package>Whiten")
    ('Dense', 'Add', 'Whiten')
    """
    return plain(kind.rsplit(">", 1)[-1].removeprefix("ops."))


def activation(layer: Layer) -> str:
    """The name of the layer's fused activation; empty where there is none.

    >>> activation(Layer("dense", "Dense", config={"units": 2, "activation": "relu"}))
    'relu'
    >>> leaky = {"kind": "LeakyReLU", "config": {"negative_slope": 0.1}}
    >>> activation(Layer("dense", "Dense", config={"units": 2, "activation": leaky}))
    'LeakyReLU'
    """
    known = facts(layer.kind)
    if known.family == "activation" or layer.kind.startswith("ops."):
        return ""
    value = layer.config.get("activation", known.parameters.get("activation"))
    if value in (None, "linear", REQUIRED):
        return ""
    if isinstance(value, Mapping):
        value = str(value.get("kind", "custom")).removeprefix("ops.")
    return plain(bare(str(value)))


def highlights(layer: Layer) -> tuple[str, ...]:
    """The two or three parameters that matter for a layer of this kind, in words; its activation is said elsewhere.

    >>> highlights(Layer("conv", "Conv2D", config={"filters": 32, "kernel_size": [3, 3], "activation": "relu"}))
    ('32 filters', '3×3')
    >>> highlights(Layer("image", "Input", config={"shape": [None, 4]}))
    ()
    """
    if layer.kind == "Input":
        return ()
    known = facts(layer.kind)
    said = []
    for name in known.highlights:
        if name == "activation" and known.family != "activation":
            continue
        if name in layer.config or name in _UNIT_WORDS:
            value = layer.config.get(name, known.parameters.get(name))
            said.append(parameter_words(name, _per_axis(layer.kind, name, value)))
    return tuple(word for word in said if word)


def _per_axis(kind: str, name: str, value: Any) -> Any:
    """A size given once stands for every axis of the layer's kind: the 2 of a MaxPooling2D is 2×2."""
    axes = _DIMENSIONS.search(kind)
    return [value] * int(axes[1]) if axes and name in _SQUARES and isinstance(value, int) else value


def parameter_words(name: str, value: Any) -> str:
    """One parameter with its value, as short as it can be said.

    >>> parameter_words("units", 128), parameter_words("kernel_size", [3, 3]), parameter_words("axis", -1)
    ('128 units', '3×3', 'axis -1')
    >>> parameter_words("return_sequences", True), parameter_words("return_sequences", False)
    ('return_sequences', '')
    >>> parameter_words("activation", "relu")
    'relu'
    """
    if value is None or value is False or value is REQUIRED or value in ("", []):
        return ""
    if value is True or name == "activation":
        return plain(name if value is True else value_words(value))
    if name == "strides" and _ones(value):
        return ""
    words = value_words(value, square=name in _SQUARES)
    phrase = _UNIT_WORDS.get(name, plain(name).replace("{", "{{").replace("}", "}}") + " {}").format(words)
    return phrase.removesuffix("s") if value == 1 and name in _COUNTED else phrase


def value_words(value: Any, *, square: bool = False) -> str:
    """A config value in one short line.

    >>> value_words([3, 3], square=True), value_words([2, 4]), value_words(0.5), value_words({"class_name": "L2"})
    ('3×3', '(2, 4)', '0.5', 'L2')
    >>> value_words([[3, 3], [3, 3]], square=True)
    '3'
    """
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000:
        return f"{value:,}"
    if isinstance(value, (list, tuple)):
        if square and len(leaves := set(map(value_words, _leaves(value)))) == 1 and isinstance(value[0], (list, tuple)):
            return leaves.pop()
        items = [value_words(item) for item in value]
        return "×".join(items) if square else f"({', '.join(items)})"
    if isinstance(value, Mapping):
        return plain(value.get("class_name") or value.get("kind") or "{…}")
    return plain(f"{value:g}" if isinstance(value, float) else bare(str(value)))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _ones(value: Any) -> bool:
    return value == 1 or (isinstance(value, (list, tuple)) and all(item == 1 for item in value))
