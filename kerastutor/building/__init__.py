"""Step by step: the build log, the line-by-line stepper, and the coach for mistakes."""

from kerastutor import models  # noqa: F401 - first through the door, which says why Keras cannot be loaded
