"""The instructor's comments: one for each class of wrong answers, in a plain file that only grows."""

from __future__ import annotations

from collections.abc import Mapping

Comments = Mapping[tuple[str, str], str]
"""What the instructor says, in Markdown, by exercise and fingerprint of the network."""

NO_COMMENTS: Comments = {}
