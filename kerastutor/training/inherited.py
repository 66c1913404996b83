"""What Keras keeps for each thread, handed to the thread that trains, so that it trains as the cell would have."""

from __future__ import annotations

from collections.abc import Callable

from keras.src.backend.common import global_state

_KEPT_BY_THREAD = (
    "custom_objects_scope_dict",
    "distribution",
    "dtype_policy",
    "flash_attention",
    "global_seed_generator",
    "torch_device",
)
"""Settings that Keras stores thread-locally; its bookkeeping (names, scopes in force) stays where it is."""


def inherited_state() -> Callable[[], None]:
    """Take this thread's Keras settings; calling what is returned in another thread gives it the same ones."""
    values = {name: global_state.get_global_attribute(name) for name in _KEPT_BY_THREAD}

    def take_over() -> None:
        for name, value in values.items():
            if value is not None:
                global_state.set_global_attribute(name, value)

    return take_over
