"""Layers that prepare raw data."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry

layer = partial(entry, "preprocessing")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "Rescaling",
        {"scale": REQUIRED, "offset": 0.0},
        shows="scale",
    ),
    layer(
        "Normalization",
        {"axis": -1, "mean": None, "variance": None, "invert": False},
        owns="weights",
        shows="axis",
    ),
    layer(
        "Discretization",
        {"bin_boundaries": None, "num_bins": None, "epsilon": 0.01, "output_mode": "int", "sparse": False},
        owns="weights",
        shows="output_mode",
    ),
    layer(
        "CategoryEncoding",
        {"num_tokens": None, "output_mode": "multi_hot", "sparse": False},
        call="inputs count_weights",
        shows="output_mode",
    ),
    layer(
        "Hashing",
        {"num_bins": REQUIRED, "mask_value": None, "salt": None, "output_mode": "int", "sparse": False},
        shows="output_mode",
    ),
    layer(
        "HashedCrossing",
        {"num_bins": REQUIRED, "output_mode": "int", "sparse": False},
        shows="output_mode",
    ),
    layer(
        "Resizing",
        {
            "height": REQUIRED,
            "width": REQUIRED,
            "interpolation": "bilinear",
            "crop_to_aspect_ratio": False,
            "pad_to_aspect_ratio": False,
            "fill_mode": "constant",
            "fill_value": 0.0,
            "antialias": False,
            "data_format": "channels_last",
        },
        call="data training",
        shows="height width",
    ),
    layer(
        "CenterCrop",
        {"height": REQUIRED, "width": REQUIRED, "data_format": "channels_last"},
        call="data training",
        shows="height width",
    ),
    layer(
        "MelSpectrogram",
        {
            "fft_length": 2048,
            "sequence_stride": 512,
            "sequence_length": None,
            "window": "hann",
            "sampling_rate": 16000,
            "num_mel_bins": 128,
            "min_freq": 20.0,
            "max_freq": None,
            "power_to_db": True,
            "top_db": 80.0,
            "mag_exp": 2.0,
            "min_power": 1e-10,
            "ref_power": 1.0,
        },
    ),
    layer(
        "STFTSpectrogram",
        {
            "mode": "log",
            "frame_length": 256,
            "frame_step": None,
            "fft_length": None,
            "window": "hann",
            "periodic": False,
            "scaling": "density",
            "padding": "valid",
            "expand_dims": False,
            "data_format": "channels_last",
        },
        shows="mode",
    ),
    layer(
        "AutoContrast",
        {"value_range": [0, 255], "data_format": "channels_last"},
        call="data training",
    ),
)
