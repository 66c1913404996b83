"""Operations of neural networks: activations, convolutions, pooling, losses."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry_of_operation

operation = partial(entry_of_operation, "nn/")

OPERATIONS: tuple[LayerFacts, ...] = (
    operation("AdaptiveAveragePool", "inputs", {"output_size": REQUIRED, "data_format": None}),
    operation("AdaptiveMaxPool", "inputs", {"output_size": REQUIRED, "data_format": None}),
    operation(
        "AveragePool", "inputs", {"pool_size": REQUIRED, "strides": None, "padding": "valid", "data_format": None}
    ),
    operation(
        "BatchNorm",
        "x mean variance offset scale",
        {"axis": REQUIRED, "epsilon": 0.001},
        function="batch_normalization",
    ),
    operation("BinaryCrossentropy", "target output", {"from_logits": False}),
    operation(
        "CTCDecode",
        "inputs sequence_lengths",
        {"strategy": "greedy", "beam_width": 100, "top_paths": 1, "merge_repeated": True, "mask_index": 0},
    ),
    operation("CTCLoss", "target output target_length output_length", {"mask_index": 0}),
    operation("CategoricalCrossentropy", "target output", {"from_logits": False, "axis": -1}),
    operation("Celu", "x", {"alpha": 1.0}),
    operation("Conv", "inputs kernel", {"strides": 1, "padding": "valid", "data_format": None, "dilation_rate": 1}),
    operation(
        "ConvTranspose",
        "inputs kernel",
        {"strides": 1, "padding": "valid", "output_padding": None, "data_format": None, "dilation_rate": 1},
    ),
    operation("DepthToSpace", "x", {"block_size": REQUIRED, "data_format": "channels_last"}),
    operation(
        "DepthwiseConv", "inputs kernel", {"strides": 1, "padding": "valid", "data_format": None, "dilation_rate": 1}
    ),
    operation(
        "DotProductAttention",
        "query key value bias mask scale",
        {"is_causal": False, "flash_attention": None, "attn_logits_soft_cap": None},
    ),
    operation("Elu", "x", {"alpha": 1.0}),
    operation(
        "Fold", "x", {"output_size": REQUIRED, "kernel_size": REQUIRED, "dilation": 1, "padding": 0, "stride": 1}
    ),
    operation("Gelu", "x", {"approximate": True}),
    operation("Glu", "x", {"axis": -1}),
    operation("HardShrink", "x", {"threshold": 0.5}),
    operation("HardSigmoid", "x"),
    operation("HardSilu", "x"),
    operation("HardTanh", "x"),
    operation(
        "LayerNorm", "x gamma beta", {"axis": -1, "epsilon": None, "rms_scaling": False}, function="layer_normalization"
    ),
    operation("LeakyRelu", "x", {"negative_slope": 0.2}),
    operation("LogSigmoid", "x"),
    operation("LogSoftmax", "x", {"axis": -1}),
    operation("MaxPool", "inputs", {"pool_size": REQUIRED, "strides": None, "padding": "valid", "data_format": None}),
    operation("Mish", "x", function="activations.mish"),
    operation("Moments", "x", {"axes": REQUIRED, "keepdims": False, "synchronized": False}),
    operation("MultiHot", "inputs", {"num_classes": None, "axis": -1, "dtype": None, "sparse": False}),
    operation("Normalize", "x", {"axis": -1, "order": 2, "epsilon": None}),
    operation("OneHot", "x", {"num_classes": REQUIRED, "axis": -1, "dtype": None, "sparse": False}),
    operation("PSNR", "x1 x2", {"max_val": REQUIRED}),
    operation("Polar", "abs_ angle"),
    operation("RMSNorm", "x scale", {"axis": -1, "epsilon": None}, function="rms_normalization"),
    operation(
        "ReLU",
        "x",
        {"negative_slope": 0.0, "max_value": None, "threshold": 0.0},
        function="activations.relu",
        says="Keeps positive numbers and turns negative ones into zero, with an optional slope and ceiling.",
    ),
    operation("Relu", "x", says="Keeps positive numbers and turns negative ones into zero."),
    operation("Relu6", "x"),
    operation("Selu", "x"),
    operation(
        "SeparableConv",
        "inputs depthwise_kernel pointwise_kernel",
        {"strides": 1, "padding": "valid", "data_format": None, "dilation_rate": 1},
    ),
    operation("Sigmoid", "x", says="Squeezes every number into the range from 0 to 1."),
    operation("Silu", "x"),
    operation("SoftShrink", "x", {"threshold": 0.5}),
    operation(
        "Softmax", "x", {"axis": -1}, says="Turns numbers into shares that are positive and sum to one along an axis."
    ),
    operation("Softplus", "x"),
    operation("Softsign", "x"),
    operation("SpaceToDepth", "x", {"block_size": REQUIRED, "data_format": "channels_last"}),
    operation("SparseCategoricalCrossentropy", "target output", {"from_logits": False, "axis": -1}),
    operation("SparsePlus", "x"),
    operation("SparseSigmoid", "x"),
    operation("Sparsemax", "x", {"axis": -1}),
    operation("Squareplus", "x", {"b": 4}),
    operation("TanhShrink", "x"),
    operation("Threshold", "x", {"threshold": REQUIRED, "default_value": REQUIRED}),
    operation("Unfold", "x", {"kernel_size": REQUIRED, "dilation": 1, "padding": 0, "stride": 1}),
)
