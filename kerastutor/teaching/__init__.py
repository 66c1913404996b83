"""For instructors: writing exercises, grading what comes back, and pages to publish."""
