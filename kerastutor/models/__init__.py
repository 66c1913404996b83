"""The door to Keras: models read, recorded and rebuilt."""
