"""Layers for words: tokens, lookups, embeddings, masks."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry

layer = partial(entry, "text")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "Embedding",
        {"input_dim": REQUIRED, "output_dim": REQUIRED, "mask_zero": False},
        regularised="embeddings",
        owns="weights",
        shows="input_dim output_dim",
    ),
    layer(
        "ReversibleEmbedding",
        {
            "input_dim": REQUIRED,
            "output_dim": REQUIRED,
            "tie_weights": True,
            "mask_zero": False,
            "reverse_dtype": None,
            "logit_soft_cap": None,
        },
        call="inputs reverse",
        regularised="embeddings",
        owns="weights",
        shows="input_dim output_dim",
    ),
    layer(
        "TextVectorization",
        {
            "max_tokens": None,
            "standardize": "lower_and_strip_punctuation",
            "split": "whitespace",
            "ngrams": None,
            "output_mode": "int",
            "output_sequence_length": None,
            "pad_to_max_tokens": False,
            "vocabulary": None,
            "idf_weights": None,
            "sparse": False,
            "ragged": False,
            "encoding": "utf-8",
        },
        owns="weights",
        shows="max_tokens output_mode",
    ),
    layer(
        "StringLookup",
        {
            "max_tokens": None,
            "num_oov_indices": 1,
            "mask_token": None,
            "oov_token": "[UNK]",
            "vocabulary": None,
            "idf_weights": None,
            "invert": False,
            "output_mode": "int",
            "pad_to_max_tokens": False,
            "sparse": False,
            "encoding": "utf-8",
            "salt": None,
            "oov_method": "floormod",
        },
        owns="weights",
        shows="max_tokens output_mode",
    ),
    layer(
        "IntegerLookup",
        {
            "max_tokens": None,
            "num_oov_indices": 1,
            "mask_token": None,
            "oov_token": -1,
            "vocabulary": None,
            "vocabulary_dtype": "int64",
            "idf_weights": None,
            "invert": False,
            "output_mode": "int",
            "sparse": False,
            "pad_to_max_tokens": False,
            "oov_method": "floormod",
            "salt": None,
        },
        owns="weights",
        shows="max_tokens output_mode",
    ),
    layer(
        "Masking",
        {"mask_value": 0.0},
    ),
)
