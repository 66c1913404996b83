"""How many axes a tensor has, from the structure alone.

Files do not hold every shape, so whoever wants a file and the live model to agree cannot ask the shapes. The rank of
most tensors follows from the kinds of the layers they passed. Where it does not, it is an unknown, named after the
tensor: layers that keep the axes hand it on, so that a shortcut past them is known to have as many axes as they return.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kerastutor.topology.graph import Json, Ref

Rank = int | Ref | None
"""A number of axes, batch included; the tensor that has it where the number is not known; None: nothing is known."""

_FLAT = {"Flatten", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D"}
_FLAT |= {kind.replace("Average", "Max") for kind in _FLAT}
_RECURRENT = {"LSTM", "GRU", "SimpleRNN"}
_MERGES = {"Add", "Multiply", "Subtract", "Average", "Maximum", "Minimum", "Concatenate"}
_MERGES |= {f"ops.{kind}" for kind in _MERGES - {"Average"}}
_KEEPS = {
    "Dense", "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Dropout", "SpatialDropout1D",
    "SpatialDropout2D", "SpatialDropout3D", "GaussianNoise", "GaussianDropout", "AlphaDropout",
    "ActivityRegularization",
    "BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization", "RMSNormalization",
    "SpectralNormalization", "Rescaling", "Normalization", "Masking", "Identity", "Permute",
    "MultiHeadAttention", "Attention", "AdditiveAttention",
    "Conv1D", "Conv2D", "Conv3D", "SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D",
    "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D",
    "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "UpSampling1D", "UpSampling2D", "UpSampling3D",
    "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", "Cropping1D", "Cropping2D", "Cropping3D",
}  # fmt: skip


def ranks(kind: str, config: Mapping[str, Json], taken: Sequence[Rank], width: int) -> list[Rank]:
    """Axes of all `width` tensors that a call returns: the states that recurrent layers return are one vector each."""
    state: Rank = 2 if kind in _RECURRENT else None
    return [rank(kind, config, taken), *[state] * (width - 1)]


def rank(kind: str, config: Mapping[str, Json], taken: Sequence[Rank]) -> Rank:
    """Axes, batch included, of what a call returns first, given those of the tensors it takes; None where unknown.

    >>> rank("Input", {"shape": [None, 28, 28]}, [])
    3
    >>> rank("Flatten", {}, [3]), rank("LSTM", {"units": 8}, [3]), rank("Lambda", {}, [3])
    (2, 2, None)
    """
    first = taken[0] if taken else None
    if kind == "Input":
        shape = config.get("shape")
        return len(shape) if isinstance(shape, list) else None
    if kind in _KEEPS:
        return first
    if kind in _MERGES:
        numbers = [axes for axes in taken if isinstance(axes, int)]
        return max(numbers) if numbers and len(numbers) == len(taken) else first if len(set(taken)) == 1 else None
    if kind in _FLAT:
        return first if config.get("keepdims") else 2
    if kind == "Embedding":
        return first + 1 if isinstance(first, int) else None
    if kind in _RECURRENT:
        return 3 if config.get("return_sequences") else 2
    if kind == "Reshape":
        return 1 + len(config.get("target_shape", ()))
    if kind == "RepeatVector":
        return 3
    return None
