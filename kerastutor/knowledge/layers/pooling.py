"""Layers that make images and sequences smaller."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry

layer = partial(entry, "pooling")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "MaxPooling1D",
        {"pool_size": [2], "strides": None, "padding": "valid", "data_format": "channels_last"},
        shows="pool_size",
        says="Shortens a sequence: of each small window only the largest value is kept.",
        link="pooling_layers/max_pooling1_d/",
    ),
    layer(
        "MaxPooling2D",
        {"pool_size": [2, 2], "strides": None, "padding": "valid", "data_format": "channels_last"},
        shows="pool_size",
        says="Shrinks an image: of each small window only the largest value is kept.",
        link="pooling_layers/max_pooling2_d/",
    ),
    layer(
        "MaxPooling3D",
        {"pool_size": [2, 2, 2], "strides": None, "padding": "valid", "data_format": "channels_last"},
        shows="pool_size",
        says="Shrinks a volume: of each small window only the largest value is kept.",
        link="pooling_layers/max_pooling3_d/",
    ),
    layer(
        "AveragePooling1D",
        {"pool_size": REQUIRED, "strides": None, "padding": "valid", "data_format": "channels_last"},
        shows="pool_size",
        says="Shortens a sequence: each small window becomes its mean.",
        link="pooling_layers/average_pooling1_d/",
    ),
    layer(
        "AveragePooling2D",
        {"pool_size": REQUIRED, "strides": None, "padding": "valid", "data_format": "channels_last"},
        shows="pool_size",
        says="Shrinks an image: each small window becomes its mean.",
        link="pooling_layers/average_pooling2_d/",
    ),
    layer(
        "AveragePooling3D",
        {"pool_size": REQUIRED, "strides": None, "padding": "valid", "data_format": "channels_last"},
        shows="pool_size",
        says="Shrinks a volume: each small window becomes its mean.",
        link="pooling_layers/average_pooling3_d/",
    ),
    layer(
        "GlobalMaxPooling1D",
        {"data_format": "channels_last", "keepdims": False},
        says="Keeps the largest value of each channel over the whole sequence: one vector remains.",
        link="pooling_layers/global_max_pooling1_d/",
    ),
    layer(
        "GlobalMaxPooling2D",
        {"data_format": "channels_last", "keepdims": False},
        says="Keeps the largest value of each channel over the whole image: one vector remains.",
        link="pooling_layers/global_max_pooling2_d/",
    ),
    layer(
        "GlobalMaxPooling3D",
        {"data_format": "channels_last", "keepdims": False},
        says="Keeps the largest value of each channel over the whole volume: one vector remains.",
        link="pooling_layers/global_max_pooling3_d/",
    ),
    layer(
        "GlobalAveragePooling1D",
        {"data_format": "channels_last", "keepdims": False},
        call="inputs mask",
        says="Takes the mean of each channel over the whole sequence: one vector remains.",
        link="pooling_layers/global_average_pooling1_d/",
    ),
    layer(
        "GlobalAveragePooling2D",
        {"data_format": "channels_last", "keepdims": False},
        says="Takes the mean of each channel over the whole image: one vector remains.",
        link="pooling_layers/global_average_pooling2_d/",
    ),
    layer(
        "GlobalAveragePooling3D",
        {"data_format": "channels_last", "keepdims": False},
        says="Takes the mean of each channel over the whole volume: one vector remains.",
        link="pooling_layers/global_average_pooling3_d/",
    ),
    layer(
        "AdaptiveMaxPooling1D",
        {"output_size": REQUIRED, "data_format": "channels_last"},
        shows="output_size",
        says="Max pooling with windows chosen so that the output has the length you ask for.",
        link="pooling_layers/",
    ),
    layer(
        "AdaptiveMaxPooling2D",
        {"output_size": REQUIRED, "data_format": "channels_last"},
        shows="output_size",
        says="Max pooling with windows chosen so that the output has the height and width you ask for.",
        link="pooling_layers/",
    ),
    layer(
        "AdaptiveMaxPooling3D",
        {"output_size": REQUIRED, "data_format": "channels_last"},
        shows="output_size",
        says="Max pooling with windows chosen so that the output volume has the size you ask for.",
        link="pooling_layers/",
    ),
    layer(
        "AdaptiveAveragePooling1D",
        {"output_size": REQUIRED, "data_format": "channels_last"},
        shows="output_size",
        says="Average pooling with windows chosen so that the output has the length you ask for.",
        link="pooling_layers/",
    ),
    layer(
        "AdaptiveAveragePooling2D",
        {"output_size": REQUIRED, "data_format": "channels_last"},
        shows="output_size",
        says="Average pooling with windows chosen so that the output has the height and width you ask for.",
        link="pooling_layers/",
    ),
    layer(
        "AdaptiveAveragePooling3D",
        {"output_size": REQUIRED, "data_format": "channels_last"},
        shows="output_size",
        says="Average pooling with windows chosen so that the output volume has the size you ask for.",
        link="pooling_layers/",
    ),
)
