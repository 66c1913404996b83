"""Lesson 08, your own class."""

from kerastutor.exercises import declare


@declare("08-class-to-graph", title="From the class to the graph", starter="model = None  # your model here")
def class_to_graph(keras):
    """Write this class as a functional model whose input is an image of **784** numbers.

    ```python
    class Reader(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = layers.Dense(32, activation="relu")
            self.second = layers.Dense(32, activation="tanh")
            self.digit = layers.Dense(10, activation="softmax")

        def call(self, image):
            seen = self.first(image)
            return self.digit(seen + self.second(seen))
    ```
    """
    image = keras.Input((784,), name="image")
    seen = keras.layers.Dense(32, activation="relu", name="first")(image)
    more = keras.layers.Dense(32, activation="tanh", name="second")(seen)
    total = keras.layers.Add(name="total")([seen, more])
    return keras.Model(image, keras.layers.Dense(10, activation="softmax", name="digit")(total))


@declare("08-loop-to-graph", title="A layer that a class calls twice", starter="model = None  # your model here")
def loop_to_graph(keras):
    """Write this class as a functional model whose input is an image of **784** numbers.

    Count how often each layer is made, and how often it is called.

    ```python
    class Thinker(keras.Model):
        def __init__(self):
            super().__init__()
            self.begin = layers.Dense(16, activation="relu")
            self.think = layers.Dense(16, activation="relu")
            self.digit = layers.Dense(10, activation="softmax")

        def call(self, image):
            thought = self.begin(image)
            for _ in range(2):
                thought = self.think(thought)
            return self.digit(thought)
    ```
    """
    image = keras.Input((784,), name="image")
    think = keras.layers.Dense(16, activation="relu", name="think")
    thought = keras.layers.Dense(16, activation="relu", name="begin")(image)
    for _ in range(2):
        thought = think(thought)
    return keras.Model(image, keras.layers.Dense(10, activation="softmax", name="digit")(thought))
