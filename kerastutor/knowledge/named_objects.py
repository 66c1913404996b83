"""What Keras knows by name in the parameters of a layer; any other name is the learner's own or a stranger's."""

ACTIVATIONS = frozenset(
    {"celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh", "leaky_relu"}
    | {"linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "soft_shrink"}
    | {"softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus", "tanh"}
    | {"tanh_shrink", "threshold"}
)
"""Functions of `keras.activations`."""
REGULARISERS = frozenset({"L1", "L2", "L1L2", "OrthogonalRegularizer"})
"""Classes of `keras.regularizers`."""
CONSTRAINTS = frozenset({"MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"})
"""Classes of `keras.constraints`."""
