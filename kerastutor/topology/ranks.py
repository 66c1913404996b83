"""How many axes a tensor has, from the structure alone.

Files do not hold every shape, so whoever wants a file and the live model to agree cannot ask the shapes. The rank of
most tensors follows from the kinds of the layers they passed; where it does not, it is None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .graph import Json

_FLAT = {"Flatten", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D"}
_FLAT |= {kind.replace("Average", "Max") for kind in _FLAT}
_RECURRENT = {"LSTM", "GRU", "SimpleRNN"}
_KEEPS = {
    "Dense", "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Dropout", "SpatialDropout1D",
    "SpatialDropout2D", "SpatialDropout3D", "GaussianNoise", "GaussianDropout", "AlphaDropout",
    "ActivityRegularization",
    "BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization", "RMSNormalization",
    "SpectralNormalization", "Rescaling", "Normalization", "Masking", "Identity", "Permute",
    "Add", "Multiply", "Subtract", "Average", "Maximum", "Minimum", "Concatenate",
    "MultiHeadAttention", "Attention", "AdditiveAttention",
    "Conv1D", "Conv2D", "Conv3D", "SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D",
    "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D",
    "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "UpSampling1D", "UpSampling2D", "UpSampling3D",
    "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", "Cropping1D", "Cropping2D", "Cropping3D",
}  # fmt: skip


def rank(kind: str, config: Mapping[str, Json], taken: Sequence[int | None]) -> int | None:
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
        known = [axes for axes in taken if axes is not None]
        return max(known) if known and len(known) == len(taken) else first
    if kind in _FLAT:
        return first if config.get("keepdims") else 2
    if kind == "Embedding":
        return None if first is None else first + 1
    if kind in _RECURRENT:
        return 3 if config.get("return_sequences") else 2
    if kind == "Reshape":
        return 1 + len(config.get("target_shape", ()))
    if kind == "RepeatVector":
        return 3
    return None
