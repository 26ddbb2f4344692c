"""What large experiments cost before their first task and after their last: rank 0's memory, and the file's times.

    python tests/bench/file_size.py PROGRAM FOLDER [TASKS REPLICATES]...

Each experiment is begun, resumed and verified. A session that is over as soon as everything is ready runs no task, so
that what is timed is the making of the file, the search for missing rows, and the statistics. FOLDER needs room for the
largest file, 6 GB for 10^7 tasks.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

SIZES = [(10**4, 10), (10**5, 10), (10**6, 10), (10**7, 10), (10**7, 1000)]
READY, DONE, STOPPED = " runs in ", 0, 3
ENVIRONMENT = os.environ | {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_pml": "ob1",
}


@dataclass(frozen=True)
class Session:
    """What one call of the program took."""

    preparation: float  # seconds until tasks could run
    ending: float  # seconds from there to the end: statistics and close
    user: float  # seconds of CPU
    prepared_mebibytes: float  # the most memory held until tasks could run
    mebibytes: float  # the most memory held


def write_experiment(tasks: int, replicates: int) -> str:
    """The smallest networks; the points are 100 sizes of weights by as many learning rates as it takes."""
    return f"""\
[experiment]
replicates = {replicates}
rules = ["curl-descent"]
[network]
inputs = 2
hidden = 2
[training]
samples = 2
test_samples = 1
batch = 0
epochs = 1
records = 1
[sweep]
"initialization.student_scale" = {{linspace = [0.5, 1.0, 100]}}
"training.learning_rate" = {{linspace = [0.01, 0.1, {tasks // replicates // 100}]}}
"""


def read_peak(process: subprocess.Popen) -> float:
    """Mebibytes, of a process that is still there."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def call(command: list[str], allowed: int) -> Session:
    """Runs the program, and stops it as a batch system would when its tasks could run."""
    start = ready = time.monotonic()
    prepared, said = 0.0, ""
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        said += line
        if READY in line:
            process.send_signal(signal.SIGTERM)
            ready, prepared = time.monotonic(), read_peak(process)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != allowed:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}: {said}")
    end = time.monotonic()
    return Session(ready - start, end - ready, usage.ru_utime, prepared, usage.ru_maxrss / 1024)


def measure(program: Path, folder: Path, tasks: int, replicates: int) -> str:
    """One line of the table."""
    experiment, results = folder / "large.toml", folder / "large.h5"
    experiment.write_text(write_experiment(tasks, replicates))
    run = [str(program), "run", str(experiment), "-o", str(results), "--progress", "none"]
    begun = call(run, STOPPED)
    resumed = call([*run, "--resume"], STOPPED)
    verified = call([str(program), "verify", str(results)], DONE)
    gigabytes = results.stat().st_size / 1e9
    results.unlink()
    return (
        f"{tasks:9d} {replicates:5d} {begun.prepared_mebibytes:8.0f} {resumed.prepared_mebibytes:8.0f} "
        f"{max(begun.mebibytes, resumed.mebibytes):8.0f} {begun.preparation:8.1f} {resumed.preparation:8.1f} "
        f"{resumed.ending:8.1f} {verified.ending:8.1f} "
        f"{begun.user:8.1f} {resumed.user:8.1f} {verified.user:8.1f} {gigabytes:8.3f}"
    )


def main(program: str, folder: str, *sizes: str) -> None:
    numbers = [int(float(size)) for size in sizes]
    chosen = list(zip(numbers[::2], numbers[1::2], strict=True)) or SIZES
    print("                MiB ready       MiB  seconds                             user seconds                    GB")
    print("    tasks reps.   begun  resumed     peak   create   search      end   verify   create   search   verify")
    for tasks, replicates in chosen:
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            print(measure(Path(program).resolve(), Path(scratch), tasks, replicates), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
