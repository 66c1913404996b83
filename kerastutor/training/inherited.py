"""What Keras keeps for each thread, handed to the thread that trains, so that it trains as the cell would have."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from kerastutor.models.keras_inside import choose_for_thread, thread_settings


def inherited_state() -> Callable[[], None]:
    """Take this thread's Keras settings; calling what is returned in another thread gives it the same ones."""
    return partial(choose_for_thread, thread_settings())
