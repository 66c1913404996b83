"""Lesson 09, choosing."""

from kerastutor.exercises import declare

_STARTER = "model = None  # your model here"


@declare("09-shortest-form", title="The shortest form", starter=_STARTER)
def shortest_form(keras):
    """Somebody wrote this with the functional API. Write the same network in the shortest form there is.

    ```python
    signal = keras.Input((100, 1))
    smooth = layers.Conv1D(8, 5, activation="relu")(signal)
    pooled = layers.GlobalAveragePooling1D()(smooth)
    answer = layers.Dense(3, activation="softmax")(pooled)
    model = keras.Model(signal, answer)
    ```

    The check compares the networks, whatever their form; the form you can compare with the solution.
    """
    return keras.Sequential(
        [
            keras.Input((100, 1), name="signal"),
            keras.layers.Conv1D(8, 5, activation="relu", name="smooth"),
            keras.layers.GlobalAveragePooling1D(name="pooled"),
            keras.layers.Dense(3, activation="softmax", name="answer"),
        ]
    )


@declare("09-needs-a-graph", title="This one needs a graph", starter=_STARTER)
def needs_a_graph(keras):
    """A colleague wants a `Sequential` for this network, and cannot have it. Build it.

    - A signal of **100** numbers comes in.
    - A `Dense` layer with **20** units and `relu` looks at it.
    - `Concatenate` puts the signal itself beside what the layer returns, the signal first.
    - A `Dense` layer with **3** units and `softmax`.
    """
    signal = keras.Input((100,), name="signal")
    seen = keras.layers.Dense(20, activation="relu", name="seen")(signal)
    both = keras.layers.Concatenate(name="both")([signal, seen])
    return keras.Model(signal, keras.layers.Dense(3, activation="softmax", name="answer")(both))
