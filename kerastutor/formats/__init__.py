"""Text and files without Keras: saved models into topologies, topologies into Python source."""
