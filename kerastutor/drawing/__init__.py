"""Pictures and words: a topology drawn as the graph it is, as the stack it may be, or both side by side."""

from kerastutor.drawing.drawing import (
    CannotSave,
    Drawing,
    draw,
    draw_beside,
    draw_difference,
    draw_failing,
    draw_place,
    draw_twin,
)

__all__ = ["CannotSave", "Drawing", "draw", "draw_beside", "draw_difference", "draw_failing", "draw_place", "draw_twin"]
