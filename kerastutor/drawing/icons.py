"""Small line drawings, 16 by 16: one for each family of layers, and the curve of each common activation."""

from __future__ import annotations

from collections.abc import Mapping

FAMILIES: Mapping[str, str] = {
    "input": "M2 8h9M7.5 4.5 11 8l-3.5 3.5M13.5 3v10",
    "dense": "M4 4l8 4M4 4l8 0M4 4l8 8M4 12l8-8M4 12l8-4M4 12h8",
    "convolution": "M2.5 2.5h11v11h-11zM2.5 9h6.5v-6.5M9 13.5v-4.500h4.500",
    "pooling": "M2.500 3h11l-4 5v5l-3-1.500v-3.500z",
    "recurrent": "M12.500 9.500a5 5 0 1 1-.5-4.500M12.500 2v3.200h-3.200",
    "text": "M2 12l3-8 3 8M3.100 9h3.800M13.500 7.500v4.500M13.500 9.700a2 2.200 0 1 1-4 0a2 2.200 0 1 1 4 0",
    "regularisation": "M3 3l2 2M5 3l-2 2M11 3l2 2M13 3l-2 2M8 7v2M3 11l2 2M5 11l-2 2M11 12h2",
    "normalisation": "M1.500 12.500c4 0 4-9 6.500-9s2.500 9 6.500 9",
    "attention": "M1.500 8c3-5 10-5 13 0c-3 5-10 5-13 0M8 6.200v3.600",
    "merge": "M4 2v2.500c0 3 4 2 4 5v4M12 2v2.500c0 3-4 2-4 5M5.800 11.500 8 13.800l2.200-2.300",
    "reshape": "M2 5h5v6h-5zM9.500 8h0M10 3h4v10h-4z",
    "activation": "M2 12h5l6-9",
    "preprocessing": "M3 4.500h10M3 8h10M3 11.500h10M6 3v3M10.500 6.500v3M5 10v3",
    "wrapper": "M2 2h12v12h-12zM5.500 5.500h5v5h-5z",
    "operation": "M8 3v10M3 8h10",
    "custom": "M8 1.500l2 4.300 4.500.5-3.400 3.100 1 4.600-4.100-2.400-4.100 2.400 1-4.600-3.400-3.100 4.500-.5z",
}
"""The icon of each family, as SVG path commands."""

_RISE = "M2 12.500h3c4 0 2-9 6-9h3"

ACTIVATIONS: Mapping[str, str] = {
    "relu": "M2 12h6l6-8.500",
    "relu6": "M2 12h4l4-8h4",
    "leaky_relu": "M2 13l6-1.500 6-8",
    "sigmoid": _RISE,
    "hard_sigmoid": "M2 12.500h3l6-9h3",
    "tanh": _RISE,
    "hard_tanh": "M2 12.500h3l6-9h3",
    "softmax": "M3 13v-3M6.500 13v-6M10 13v-10M13.500 13v-5",
    "softplus": "M2 12.500c5 0 6-3 12-9.500",
    "gelu": "M2 11.500c3 0 3 1.500 5 1.500s3-4 7-9.500",
    "silu": "M2 11.500c3 0 3 1.500 5 1.500s3-4 7-9.500",
    "swish": "M2 11.500c3 0 3 1.500 5 1.500s3-4 7-9.500",
    "elu": "M2 12.800c4-.3 5-1.300 6-2.800l6-6.500",
    "selu": "M2 12.800c4-.3 5-1.300 6-2.800l6-6.500",
    "exponential": "M2 13c7 0 10-4 12-10.500",
}
"""The curve of each common activation; others are named without one."""
