"""What `import kerastutor` costs beyond starting Python, against `import keras`: medians of interleaved rounds.

python -m benchmarks.import_time [ROUNDS]
"""

import os
import statistics
import subprocess
import sys
import time

PROGRAMS = {"python alone": "pass", "import kerastutor": "import kerastutor", "import keras": "import keras"}


def seconds(program: str) -> float:
    """Wall time of one interpreter that runs `program` and ends."""
    began = time.perf_counter()
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, env=quiet)
    return time.perf_counter() - began


def medians(rounds: int) -> dict[str, float]:
    """Median seconds per program; the rounds are interleaved, so that a busy moment meets all of them."""
    taken: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(rounds):
        for name, program in PROGRAMS.items():
            taken[name].append(seconds(program))
    return {name: statistics.median(times) for name, times in taken.items()}


def main(rounds: int = 7) -> None:
    median = medians(rounds)
    bare = median.pop("python alone")
    print(f"python alone       {bare:6.3f} s   (median of {rounds} rounds)")
    for name, total in median.items():
        print(f"{name:<18} {total - bare:6.3f} s   beyond the interpreter")
    ratio = (median["import keras"] - bare) / max(median["import kerastutor"] - bare, 1e-4)
    print(f"import keras costs {ratio:.0f} times as much as import kerastutor")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
