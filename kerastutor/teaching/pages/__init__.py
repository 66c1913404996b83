"""The frame, the stylesheet and the colours that every static page shares: lessons, reports, feedback, previews."""

from kerastutor.teaching.pages.rendering import render

__all__ = ["render"]
