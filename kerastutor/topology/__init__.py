"""What a model is: pure data and graph algorithms, with the standard library only."""
