"""What one file of a submission may use."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """Bounds for running or reading one file of a submission; whoever goes beyond one is stopped and told which.

    Attributes:
        wall_seconds: from its start to its end.
        cpu_seconds: of each process.
        memory: bytes resident in all its processes together; what is shared with the server counts by its share.
        processes: alive at once.
        tasks: threads and processes that may be made (TensorFlow alone makes about ten threads).
        home: bytes its empty home holds; it stays in memory and is gone afterwards.
        home_files: files and folders its home holds.
        file: bytes of any one file it writes.
        open_files: files and sockets open at once, in each process.
        submission: bytes of the file that is handed in.
        report: bytes it may say about its answers; ResNet50 takes up to 0.2 MB, so that 40 such answers fit.
        calls: calls in one network; the largest model that comes with Keras has about 1,100.
    """

    wall_seconds: float = 120.0
    cpu_seconds: int = 60
    memory: int = 2048 * MIB
    processes: int = 32
    tasks: int = 512
    home: int = 128 * MIB
    home_files: int = 4096
    file: int = 64 * MIB
    open_files: int = 256
    submission: int = 32 * MIB
    report: int = 8 * MIB
    calls: int = 2000
