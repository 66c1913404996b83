"""Short trainings: in the background, stoppable, and near the limit of the hardware."""

from kerastutor.training.job import CannotTrain
from kerastutor.training.progress import Progress
from kerastutor.training.run import Run, TrainingFailed
from kerastutor.training.start import train

__all__ = ["CannotTrain", "Progress", "Run", "TrainingFailed", "train"]
