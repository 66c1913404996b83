"""A training run: one background thread, and everything the learner can ask of it."""

from __future__ import annotations

import atexit
import math
import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from weakref import WeakSet

import keras

from kerastutor.models.error_messages import sentence
from kerastutor.models.keras_inside import choose_for_thread, thread_settings
from kerastutor.models.recording import Trained
from kerastutor.models.training_state import weights_kept
from kerastutor.training import devices
from kerastutor.training.control import Control
from kerastutor.training.engine import Engine, engine_class
from kerastutor.training.job import ENDLESS, Job
from kerastutor.training.journal import Listener, RunJournal
from kerastutor.training.loop import Loop
from kerastutor.training.policy import NEVER, Plan, choose
from kerastutor.training.progress import RunProgress, Status
from kerastutor.training.tasks import task_of
from kerastutor.training.trial import Trial
from kerastutor.training.turns import TURNS
from kerastutor.training.watch import Watch


class TrainingFailed(RuntimeError):
    """Training ended with an error; the message is the sentence shown on the page, the cause is the error itself.

    Attributes:
        trained: the training as it was asked for.
    """

    def __init__(self, message: str, trained: Trained) -> None:
        super().__init__(message)
        self.trained = trained


class Run:
    """A training that goes on in the background; what `train` returns.

    The methods may be called from any thread. However it ends, the model can be used afterwards and holds the
    weights after the last finished step.

    Attributes:
        model: the model that is trained.
        history: Keras' own `History` of the finished epochs, as `model.fit` returns it.
        seed: what decided the order of the samples; give it to `train` to repeat the run.
    """

    def __init__(self, job: Job, name: str) -> None:
        self.model = job.model
        self.seed = job.seed
        self.history = _History()
        self.history.set_model(job.model)
        self._job = job
        self._context = copy_context()
        self._control = Control()
        self._journal = RunJournal(name)
        self._loop: Loop | None = None
        self._plan: Plan | None = None
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None
        self._until = math.inf

    @property
    def progress(self) -> RunProgress:
        """Where it is now."""
        return self._journal.progress

    @property
    def plan(self) -> Plan | None:
        """How it trains and why; None before that is decided."""
        return self._plan

    @property
    def running(self) -> bool:
        """The training thread is still at work."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> Run:
        """Train the job's epochs in the background; returns at once."""
        return self._begin(self._job.epochs)

    def wait(self, timeout: float | None = None) -> Run:
        """Wait until it ends, at most `timeout` seconds; returns the run itself.

        Interrupting the wait (the square in the toolbar, Ctrl-C) stops the run.

        Raises:
            TrainingFailed: when it ended with an error.
        """
        try:
            return self.wait_uninterrupted(timeout)
        except KeyboardInterrupt:
            self.stop()
            return self.wait_uninterrupted()

    def wait_uninterrupted(self, timeout: float | None = None) -> Run:
        """Wait as `wait` does, but leave a KeyboardInterrupt to the caller."""
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        while self.running and time.monotonic() < deadline:
            self._joined(min(0.2, deadline - time.monotonic()))
        if not self.running and self._error is not None:
            raise TrainingFailed(self.progress.message, self._job.asked) from self._error
        return self

    def stop(self) -> None:
        """End the training after the execution in progress, at most about 0.1 s."""
        if self.running and not self._control.stopping:
            self._control.stop()
            self._journal.status("stopping")

    def pause(self) -> None:
        """Rest after the execution in progress, until `resume` or `stop`."""
        if self.running and not self._control.paused:
            self._journal.status("pausing")  # before the wish: the thread may grant it at once
            self._control.pause()

    def resume(self) -> None:
        """Go on after `pause`, also before it rests."""
        self._control.resume()
        self._journal.goes_on()

    def more(self, epochs: int | None = None) -> Run:
        """Train `epochs` epochs more (as many as before unless told), the curves going on; returns at once."""
        if self.running:
            self.resume()
            return self
        return self._begin(epochs or self._job.epochs)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with the progress, now and then at most ten times a second; returns how to end that."""
        return self._journal.listen(listener)

    def __repr__(self) -> str:
        progress = self.progress
        last = ", ".join(f"{name} {value:.4g}" for name, value in (progress.rows[-1] if progress.rows else {}).items())
        return f"Run of {progress.name!r}: {progress.status}, {progress.epoch} epochs" + (f", {last}" if last else "")

    def _joined(self, seconds: float) -> None:
        """Wait a little: a wait without end cannot be interrupted on every system."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _begin(self, epochs: int) -> Run:
        """Start the thread, in the context of the cell: some kernels know from it where a message belongs."""
        self._control.renew()
        self._error = None
        self.model.history = self.history
        self._until = math.inf if self._job.seconds is None else self._journal.seconds + self._job.seconds
        settings = thread_settings()
        first = self._job.initial_epoch + len(self.history.epoch)

        def work() -> None:
            choose_for_thread(settings)  # so that it trains as the cell would have
            self._work(first, first + epochs)

        self._journal.status("queued")
        name = f"kerastutor training {self.progress.name}"
        engine_class()  # loaded here: nothing of a backend may be imported in a thread
        devices.hand_over()
        self._thread = threading.Thread(target=self._context.run, args=(work,), name=name, daemon=True)
        self._thread.start()
        _UNDER_WAY.add(self)
        return self

    def _work(self, first: int, last: int) -> None:
        """The body of the thread: nothing may escape from here, and nothing may be printed."""
        if not TURNS.take(self, self._waits):
            self._journal.status("stopped", "Stopped before it began.")
            return
        try:
            self._train(first, last)
            self._journal.status(*self._ending(last))
        except BaseException as error:
            self._error = error
            self._journal.status("failed", f"Training ended with an error. {sentence(error)}")
        finally:
            TURNS.leave(self)

    def _waits(self, ahead: object) -> bool:
        """Say what it waits for, as long as it does."""
        if self._control.stopping:
            return False
        if isinstance(ahead, Run):
            name = repr(ahead.progress.name)
            message = f"Waiting until {name} has finished its training."
            if ahead.progress.status == "paused":
                message = f"{name} is paused, and this training waits for it: continue {name} or stop it."
            if self.progress.status == "queued" and self.progress.message != message:
                self._journal.status("queued", message)
        return True

    def _train(self, first: int, last: int) -> None:
        self._journal.status("preparing")
        if self._plan is None:
            self._plan = self._choose()
        if self._plan.how != "model.fit":
            try:
                self._run_loop(first, last)
                return
            except Exception as error:
                if self._loop is not None and self._loop.has_stepped:
                    raise
                self._plan = Plan("model.fit", NEVER, f"the faster way failed ({sentence(error)})")
        self._fit(first, last)

    def _run_loop(self, first: int, last: int) -> None:
        assert self._job.train is not None and self._plan is not None, "a plan other than model.fit needs arrays"
        if self._loop is None:
            self._loop = Loop(self._job, self._engine(self._plan), self._control, self._journal)
        self._describe()
        shown = None if self._job.epochs == ENDLESS else last - self._job.initial_epoch
        self._journal.begin(epochs=shown, steps=self._job.train.steps)
        self._loop.run(self.history, first, last, self._until)

    def _choose(self) -> Plan:
        if self._job.train is None:
            return Plan("model.fit", NEVER, self._job.needs_fit)
        return choose(task_of(self._job))

    def _engine(self, plan: Plan) -> Engine:
        assert self._job.train is not None, "the engine runs on arrays"
        trial = Trial(plan.xla_from, self._job.train.steps * self._job.epochs, self._job.seconds)
        return engine_class()(self._job.model, self._job.train, self._job.validation, plan, trial)

    def _fit(self, first: int, last: int) -> None:
        self._describe()
        batch_size = self._job.batch_size if self._job.train is not None else None
        watch = Watch(self._control, self._journal, samples_per_step=batch_size, until=self._until)
        callbacks = [*self._job.callbacks, self.history, watch]
        with weights_kept(self.model):
            self.model.fit(**self._job.fit_arguments, initial_epoch=first, epochs=last, callbacks=callbacks, verbose=0)

    def _describe(self) -> None:
        assert self._plan is not None
        how = ". ".join(filter(None, (f"{self._plan.how}: {self._plan.why}", self._job.remark)))
        self._journal.describe(device=devices.described(devices.prepare_device()), how=how)

    def _ending(self, last: int) -> tuple[Status, str]:
        progress = self.progress
        if self._control.stopping:
            return "stopped", "Stopped by you."
        fewer = self._job.initial_epoch + progress.epoch < last
        if fewer and self._job.seconds is not None:
            return "finished", f"The {self._job.seconds:g} seconds are over."
        if fewer:
            return "finished", "A callback ended the training."
        return "finished", ""


_UNDER_WAY: WeakSet[Run] = WeakSet()


@atexit.register
def _stop_all() -> None:
    """The process ends: a thread in the middle of a compiled step would take it down with a crash."""
    for run in tuple(_UNDER_WAY):
        run.stop()
        run._joined(2.0)


class _History(keras.callbacks.History):
    """Keras' own, except that training some more does not forget which epochs there were."""

    def __init__(self) -> None:
        super().__init__()
        self.epoch: list[int] = []

    def on_train_begin(self, logs: object = None) -> None:
        """Keras would empty the list of epochs here, and keep their metrics."""
