"""What an author of exercises runs: start a file, prove it, seal it, look at it, and release a homework to a class.

This is the one place where exercises, Keras and the rebuilding of models come together.
"""

from kerastutor.teaching.authoring.declared import load, seal_file
from kerastutor.teaching.authoring.previewing import preview
from kerastutor.teaching.authoring.proving import ExerciseProof, check, check_file
from kerastutor.teaching.authoring.releasing import ReleaseError, release
from kerastutor.teaching.authoring.starting import start

__all__ = ["ExerciseProof", "ReleaseError", "check", "check_file", "load", "preview", "release", "seal_file", "start"]
