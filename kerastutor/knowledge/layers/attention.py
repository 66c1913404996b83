"""Layers in which every position looks at the others."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry

QUERY_VALUE_KEY = (
    "query value key query_mask value_mask key_mask attention_mask return_attention_scores training use_causal_mask"
)

layer = partial(entry, "attention")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "MultiHeadAttention",
        {
            "num_heads": REQUIRED,
            "key_dim": REQUIRED,
            "value_dim": None,
            "dropout": 0.0,
            "use_bias": True,
            "output_shape": None,
            "attention_axes": None,
            "sliding_window": None,
            "use_gate": False,
        },
        call=QUERY_VALUE_KEY,
        regularised="kernel bias",
        owns="weights",
        shows="num_heads key_dim output_shape",
        says=(
            "Every position asks all others what matters to it, in several heads side by side: the "
            "core of a transformer."
        ),
        link="attention_layers/multi_head_attention/",
    ),
    layer(
        "GroupQueryAttention",
        {
            "head_dim": REQUIRED,
            "num_query_heads": REQUIRED,
            "num_key_value_heads": REQUIRED,
            "dropout": 0.0,
            "use_bias": True,
            "sliding_window": None,
            "use_gate": False,
        },
        call=QUERY_VALUE_KEY,
        regularised="kernel bias",
        owns="weights",
        shows="head_dim num_query_heads",
        says="Multi-head attention in which groups of query heads share keys and values: less memory.",
        link="attention_layers/group_query_attention/",
    ),
    layer(
        "Attention",
        {"use_scale": False, "score_mode": "dot", "dropout": 0.0},
        call="inputs mask training return_attention_scores use_causal_mask",
        says="Mixes the values by how well each query fits each key, measured by dot products.",
        link="attention_layers/attention/",
    ),
    layer(
        "AdditiveAttention",
        {"use_scale": True, "dropout": 0.0},
        call="inputs mask training return_attention_scores use_causal_mask",
        owns="weights",
        says="Mixes the values by how well each query fits each key, measured by a learned sum.",
        link="attention_layers/additive_attention/",
    ),
)
