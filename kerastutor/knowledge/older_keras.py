"""What older versions of Keras called things, and what they are called today.

Books and tutorials written for Keras 1 and 2 are still read. Sources: the release notes of Keras 2
(https://github.com/keras-team/keras/wiki/Keras-2.0-release-notes) and the guide
https://keras.io/guides/migrating_to_keras_3/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Today:
    """What has taken the place of something.

    Attributes:
        form: how it is written today.
        reason: what became of the older form, in one sentence.
    """

    form: str
    reason: str = "It was given another name."


_ALL_LAYERS = Today("keras.layers", "All layers are in one place now, keras.layers.")
_ALL_UTILS = Today("keras.utils", "All of these helpers are in one place now, keras.utils.")
_INSIDE = Today("keras", "It was the inside of Keras; what models are made of is in keras itself.")
_A_MERGE_EACH = Today(
    "keras.layers.Concatenate()([a, b]), or Add, Multiply, Average, Dot",
    "Each way to merge tensors has a layer of its own now, where mode= told them apart.",
)
_AS_A_LAYER = Today("keras.layers.TextVectorization", "Text becomes numbers in a layer now.")
_AS_DATASET = Today(
    "keras.utils.image_dataset_from_directory, and layers such as keras.layers.RandomFlip",
    "Pictures are read as a dataset now, and varied by layers.",
)
_DATA_COMES_TO_FIT = "fit, evaluate and predict take generators too."

MODULES: Mapping[str, Today] = {
    **dict.fromkeys(
        (
            "keras.layers.advanced_activations",
            "keras.layers.convolutional",
            "keras.layers.convolutional_recurrent",
            "keras.layers.core",
            "keras.layers.embeddings",
            "keras.layers.experimental.preprocessing",
            "keras.layers.merge",
            "keras.layers.noise",
            "keras.layers.normalization",
            "keras.layers.pooling",
            "keras.layers.recurrent",
            "keras.layers.wrappers",
        ),
        _ALL_LAYERS,
    ),
    **dict.fromkeys(
        ("keras.utils.np_utils", "keras.utils.vis_utils", "keras.utils.generic_utils", "keras.utils.data_utils"),
        _ALL_UTILS,
    ),
    **dict.fromkeys(
        ("keras.engine", "keras.engine.base_layer", "keras.engine.topology", "keras.engine.training"), _INSIDE
    ),
    "keras.backend.tensorflow_backend": Today("keras.ops", "What computes with tensors is in keras.ops now."),
    "keras.objectives": Today("keras.losses"),
    "keras.preprocessing.text": _AS_A_LAYER,
    "keras.wrappers.scikit_learn": Today("keras.wrappers", "KerasClassifier is called SKLearnClassifier now."),
}
"""Modules that are gone, by their whole names; the form is the module where their contents are."""

NAMES: Mapping[str, Today] = {
    "AtrousConvolution2D": Today("keras.layers.Conv2D(..., dilation_rate=...)"),
    "CuDNNGRU": Today("keras.layers.GRU", "GRU takes the fast way of the GPU by itself."),
    "CuDNNLSTM": Today("keras.layers.LSTM", "LSTM takes the fast way of the GPU by itself."),
    "Deconvolution2D": Today("keras.layers.Conv2DTranspose"),
    "ImageDataGenerator": _AS_DATASET,
    "KerasClassifier": Today("keras.wrappers.SKLearnClassifier"),
    "KerasRegressor": Today("keras.wrappers.SKLearnRegressor"),
    "Merge": _A_MERGE_EACH,
    "ThresholdedReLU": Today("keras.layers.ReLU(threshold=...)"),
    "TimeDistributedDense": Today("keras.layers.TimeDistributed(keras.layers.Dense(...))"),
    "Tokenizer": _AS_A_LAYER,
    "merge": _A_MERGE_EACH,
    "np_utils": Today("keras.utils.to_categorical", "np_utils is part of keras.utils now."),
    "one_hot": _AS_A_LAYER,
    "text_to_word_sequence": _AS_A_LAYER,
}
"""Classes and functions that are gone from the modules that are left."""

_COMPUTES = "keras.backend says which engine computes; what computes with tensors is in keras.ops now."
BACKEND: Mapping[str, Today] = {
    name: Today(form, _COMPUTES)
    for name, form in {
        "batch_dot": "keras.ops.einsum, or the layer keras.layers.Dot",
        "eval": "keras.ops.convert_to_numpy(x)",
        "get_value": "keras.ops.convert_to_numpy(x)",
        "int_shape": "x.shape",
        "l2_normalize": "keras.ops.normalize",
        "learning_phase": "the argument training of call()",
        "permute_dimensions": "keras.ops.transpose",
        "placeholder": "keras.Input(shape=...)",
        "pow": "keras.ops.power",
        "random_normal": "keras.random.normal",
        "random_uniform": "keras.random.uniform",
        "set_value": "x.assign(value)",
        "switch": "keras.ops.where",
        "variable": "keras.Variable",
    }.items()
}
"""Functions of keras.backend that did not go into keras.ops under their own name."""

METHODS: Mapping[str, Today] = {
    "evaluate_generator": Today("{model}.evaluate(...)", _DATA_COMES_TO_FIT),
    "fit_generator": Today("{model}.fit(...)", _DATA_COMES_TO_FIT),
    "predict_classes": Today(
        "{model}.predict(x).argmax(axis=-1), or {model}.predict(x) > 0.5 where there is one unit",
        "Which class it is follows from what predict returns.",
    ),
    "predict_generator": Today("{model}.predict(...)", _DATA_COMES_TO_FIT),
    "predict_proba": Today("{model}.predict(x)", "It did the same as predict."),
}
"""Methods that models no longer have."""

OPTIMIZER_ATTRIBUTES: Mapping[str, Today] = {"lr": Today("optimizer.learning_rate")}

LAYER_PARAMETERS: Mapping[str, str] = {
    "W_constraint": "kernel_constraint",
    "W_regularizer": "kernel_regularizer",
    "atrous_rate": "dilation_rate",
    "b_constraint": "bias_constraint",
    "b_regularizer": "bias_regularizer",
    "bias": "use_bias",
    "border_mode": "padding",
    "dim_ordering": "data_format",
    "dropout_U": "recurrent_dropout",
    "dropout_W": "dropout",
    "filter_length": "kernel_size",
    "init": "kernel_initializer",
    "inner_activation": "recurrent_activation",
    "inner_init": "recurrent_initializer",
    "nb_filter": "filters",
    "output_dim": "units",
    "p": "rate",
    "pool_length": "pool_size",
    "sigma": "stddev",
    "subsample": "strides",
    "subsample_length": "strides",
}
"""Parameters of layers, by their older names."""

MODEL_PARAMETERS: Mapping[str, str] = {"input": "inputs", "output": "outputs"}
OPTIMIZER_PARAMETERS: Mapping[str, str] = {
    "lr": "learning_rate",
    "decay": "learning_rate=keras.optimizers.schedules.InverseTimeDecay(..., 1, {value})",
}
TRAINING_PARAMETERS: Mapping[str, str] = {
    "nb_epoch": "epochs",
    "nb_val_samples": "validation_steps",
    "samples_per_epoch": "steps_per_epoch",
    "val_samples": "steps",
}
"""Parameters of fit, evaluate and predict, by their older names. In all four, where more than the name is another, a
template of the whole."""
