"""Small real data sets that need no network, each with its origin and licence.

Every function returns a `Dataset`: `.train` and `.validation` unpack to `x, y`.
"""

from kerastutor.data.dataset import Dataset, Split
from kerastutor.data.digits import digit_pairs, digit_tasks, digits

__all__ = ["Dataset", "Split", "digit_pairs", "digit_tasks", "digits"]
