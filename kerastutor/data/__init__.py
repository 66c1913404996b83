"""Small real data sets, each with its origin and licence; all but `mnist` need no network.

Every function returns a `Dataset`: `.train` and `.validation` unpack to `x, y`.
"""

from kerastutor.data.dataset import Dataset, Split
from kerastutor.data.documentation import docstrings
from kerastutor.data.download import NoDownload, mnist
from kerastutor.data.handwriting import digit_pairs, digit_tasks, digits
from kerastutor.data.photographs import images

__all__ = ["Dataset", "NoDownload", "Split", "digit_pairs", "digit_tasks", "digits", "docstrings", "images", "mnist"]
