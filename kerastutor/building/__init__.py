"""Step by step: the build log, the line-by-line stepper, and the coach for mistakes."""
