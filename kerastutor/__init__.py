"""Learn the two ways of building a Keras model, inside Jupyter."""
