"""The coach: what a mistake was, why Keras minds, and what to try."""

from kerastutor import models  # noqa: F401 - first through the door, which says why Keras cannot be loaded
