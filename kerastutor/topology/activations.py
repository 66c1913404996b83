"""The spellings of activations: as a layer of their own, as an operation, or fused into another layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kerastutor.topology.graph import Json


class Named(NamedTuple):
    """The activation `name`, and the configuration with which another spelling of it computes the same."""

    name: str
    config: Mapping[str, Json]


FUSING = frozenset(
    {"Dense", "EinsumDense"}
    | {f"Conv{n}D" for n in (1, 2, 3)}
    | {f"Conv{n}DTranspose" for n in (1, 2, 3)}
    | {f"{kind}Conv{n}D" for kind in ("Separable", "Depthwise") for n in (1, 2)}
)
"""The layers whose parameter `activation` is applied last, to their one output. Not the recurrent ones."""

ACTIVATION_LAYERS: Mapping[str, Named] = {
    "ReLU": Named("relu", {}),
    "Softmax": Named("softmax", {}),
    "ELU": Named("elu", {}),
}
"""Layers with default parameters. `LeakyReLU()` is none: its slope is 0.3, that of the activation 0.2."""

ACTIVATION_OPERATIONS: Mapping[str, Named] = {
    "ops.Relu": Named("relu", {}),
    "ops.ReLU": Named("relu", {}),
    "ops.Relu6": Named("relu6", {}),
    "ops.Sigmoid": Named("sigmoid", {}),
    "ops.Tanh": Named("tanh", {}),
    "ops.Softmax": Named("softmax", {}),
    "ops.LogSoftmax": Named("log_softmax", {}),
    "ops.Softplus": Named("softplus", {}),
    "ops.Softsign": Named("softsign", {}),
    "ops.Silu": Named("silu", {}),
    "ops.Elu": Named("elu", {}),
    "ops.Selu": Named("selu", {}),
    "ops.Gelu": Named("gelu", {"approximate": False}),
    "ops.LeakyRelu": Named("leaky_relu", {}),
    "ops.HardSigmoid": Named("hard_sigmoid", {}),
    "ops.HardSilu": Named("hard_silu", {}),
    "ops.Mish": Named("mish", {}),
    "ops.Exp": Named("exponential", {}),
}
"""Operations of `keras.ops` with the parameters that the activation of that name has."""
