"""Building a network step by step, and stepping through code line by line."""

from kerastutor import models  # noqa: F401 - first through the door, which says why Keras cannot be loaded
