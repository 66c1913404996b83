"""Which tensors Keras carries a mask along with, by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kerastutor.topology.graph import Json

_HANDS_ON = {
    "Dense", "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Dropout", "SpatialDropout1D",
    "GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization", "BatchNormalization",
    "LayerNormalization", "GroupNormalization", "UnitNormalization", "RMSNormalization", "Rescaling", "Masking",
    "Identity", "TimeDistributed", "MultiHeadAttention", "Attention", "AdditiveAttention",
}  # fmt: skip
_MERGES = {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"}
_RECURRENT = {"LSTM", "GRU", "SimpleRNN"}


def carries_mask(kind: str, config: Mapping[str, Json], taken: Sequence[bool]) -> bool:
    """Whether what a call returns first has a mask, given whether the tensors it takes have one.

    >>> carries_mask("Embedding", {"mask_zero": True}, [False]), carries_mask("Dense", {"units": 2}, [True])
    (True, True)
    >>> carries_mask("LSTM", {"units": 2}, [True]), carries_mask("ops.Relu", {}, [True])
    (False, False)
    """
    if kind == "Masking" or (kind == "Embedding" and bool(config.get("mask_zero"))):
        return True
    if kind in _MERGES:
        return any(taken)
    if kind in _RECURRENT:
        return bool(config.get("return_sequences")) and taken[:1] == [True]
    return kind in _HANDS_ON and taken[:1] == [True]
