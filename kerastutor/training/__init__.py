"""Short trainings: in the background, stoppable, and near the limit of the hardware."""

from kerastutor import models  # noqa: F401 - first through the door, which says why Keras cannot be loaded
from kerastutor.training.job import CannotTrain
from kerastutor.training.live import Live
from kerastutor.training.progress import RunProgress
from kerastutor.training.race import Race, race
from kerastutor.training.run import Run, TrainingFailed
from kerastutor.training.start import train

__all__ = ["CannotTrain", "Live", "Race", "Run", "RunProgress", "TrainingFailed", "race", "train"]
