"""How far the dispatcher scales: measured with tasks that sleep, and simulated to 10,000 ranks.

    bash jobs/python.sh                                  # names a Python that can run this
    PYTHON tests/bench/scaling.py                        # everything; a quarter of an hour on two idle cores
    PYTHON tests/bench/scaling.py --ranks 2,16 --seconds-each 1    # a look

Prints a table of measurements beside what the simulation says of the same, the costs that it was given, and projections
for tasks of one length and for the published experiments.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from dispatch_simulation import ALWAYS_TWO, Backoff, Costs, Task, find_best_wall, simulate

PROJECT = Path(__file__).resolve().parents[2]
ENVIRONMENT = os.environ | {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
TIMER_SLACK = 55e-6  # by which Linux sleeps longer than it is asked to
WORKER_LOOKS = Backoff(20e-6 + TIMER_SLACK, 1e-3 + TIMER_SLACK)  # of mpi_channel.cpp
DISPATCHER_LOOKS = Backoff(2 * (20e-6 + TIMER_SLACK), 1e-3 + TIMER_SLACK)  # it waits for two channels in turn
NETWORK_LATENCY = 20e-6  # between nodes, slower than any InfiniBand
PROJECTED_RANKS = (1, 10, 30, 100, 300, 1000, 3000, 10_000)
PROJECTED_SECONDS = 10.0  # that tasks of one length take, if they are no more than
MOST_PROJECTED_TASKS = 5_000_000
FEWEST_PER_WORKER = 100


class Benchmark:
    """The program dispatch_benchmark."""

    def __init__(self, path: Path):
        self.path = path

    def run(self, ranks: int, *options: str) -> dict[str, float]:
        command = ["mpirun", "--oversubscribe", "-n", str(ranks), str(self.path), *options]
        return json.loads(subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout)

    def dispatch(self, ranks: int, tasks: int, seconds: float, *options: str) -> dict[str, float]:
        return self.run(ranks, "--tasks", str(tasks), "--seconds", str(seconds), *options)

    def list_lengths(self, experiment: Path) -> list[float]:
        """What the default cost model expects of each task."""
        command = [str(self.path), "--experiment", str(experiment), "--print-lengths"]
        text = subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout
        return [float(line) for line in text.split()]


def measure_costs(benchmark: Benchmark) -> Costs:
    """The dispatcher's time per message and per task, from tasks without length, alone and in batches of 32."""
    ranks = 4
    rows = [benchmark.dispatch(ranks, 40_000, 0.0), benchmark.dispatch(ranks, 400_000, 1e-7)]
    others = (ranks - 1) / ranks  # the share of the tasks that rank 0 does not do itself
    message, task = split_cost(rows, "lead_cpu_seconds", 1.0, others)
    worker_message, worker_task = split_cost(rows, "others_cpu_seconds", others, others)
    return Costs(message, message, task, 1e-6, 2.0 * worker_message, worker_task, DISPATCHER_LOOKS, WORKER_LOOKS)


def split_cost(rows: list[dict[str, float]], what: str, share: float, others: float) -> tuple[float, float]:
    """Processor time per message and per task of a share of the tasks. Messages are counted for the others' tasks alone."""
    (c1, m1), (c2, m2) = ((row[what] / row["tasks"] / share, row["messages_per_task"] / others) for row in rows)
    per_message = (c1 - c2) / (m1 - m2)
    return per_message, max(0.0, c2 - m2 * per_message)


def print_costs(costs: Costs, benchmark: Benchmark) -> None:
    idle = benchmark.dispatch(16, 1, 2.0)
    waiting = idle["others_cpu_seconds"] / 15 / idle["wall_seconds"]
    print(f"dispatcher: {1e6 * costs.send:.2f} us per message, {1e6 * costs.per_task:.2f} us per task")
    print(f"worker: {1e6 * costs.worker:.2f} us per batch and its report, {1e6 * costs.worker_per_task:.2f} us per task")
    print(f"a rank that waits takes {100 * waiting:.2f} % of a core, the dispatcher then "
          f"{100 * idle['lead_cpu_seconds'] / idle['wall_seconds']:.2f} %\n")


def measure(benchmark: Benchmark, costs: Costs, ranks: Iterable[int], lengths: Iterable[float], seconds_each: float) -> None:
    """Prints the table of measurements, each beside the simulation of the same."""
    print("ranks  task ms  tasks/s  efficiency  simulated  alone  wait us: median    95 %  messages/task  bytes/task  "
          "us of rank 0  of others  machine busy")
    for seconds in lengths:
        for count in ranks:
            tasks = max(4 * count, round(count * seconds_each / seconds))
            row = benchmark.dispatch(count, tasks, seconds)
            alone = benchmark.dispatch(count, tasks, seconds, "--alone")
            length = row["busy_seconds"] / tasks
            simulated = simulate([Task(seconds, length)] * tasks, count, costs)
            busy = (row["lead_cpu_seconds"] + row["others_cpu_seconds"]) / row["wall_seconds"] / len(os.sched_getaffinity(0))
            print(f"{count:5d} {1e3 * seconds:8g} {row['tasks_per_second']:8.0f} {row['efficiency']:11.3f} "
                  f"{simulated.efficiency:10.3f} {alone['efficiency']:6.3f} {1e6 * row['wait_median']:16.1f} "
                  f"{1e6 * row['wait_q95']:7.0f} {row['messages_per_task']:14.3f} {row['bytes_per_task']:11.0f} "
                  f"{1e6 * row['lead_cpu_seconds'] / tasks:13.2f} {1e6 * row['others_cpu_seconds'] / tasks:10.2f} "
                  f"{100 * busy:11.0f} %", flush=True)
    print()


def format_shares(tasks: list[Task], ranks: int, costs: Costs) -> str:
    """Efficiency, its factors: of the tasks and of dispatching them, and what that was one by one, always two a worker."""
    work, best = sum(task.actual for task in tasks), find_best_wall(tasks, ranks)
    batched, one_by_one = simulate(tasks, ranks, costs), simulate(tasks, ranks, costs, ALWAYS_TWO)
    return (f"{batched.efficiency:10.3f} {work / (ranks * best):9.3f} {best / batched.wall:12.3f} "
            f"{best / one_by_one.wall:17.3f} {batched.busy_share:12.3f}")


def equal_tasks(ranks: int, seconds: float) -> list[Task]:
    """Tasks that take some seconds together, no more than can be simulated, a hundred for each worker at least."""
    each = min(round(PROJECTED_SECONDS / seconds), MOST_PROJECTED_TASKS // ranks)
    return [Task(seconds, seconds)] * (ranks * max(FEWEST_PER_WORKER, each))


def project(name: str, tasks_for, costs: Costs) -> None:
    """Prints the efficiency of an ensemble at every number of ranks."""
    print(f"{name}\n ranks  efficiency  of tasks  of dispatch  without batches  rank 0 busy")
    for ranks in PROJECTED_RANKS:
        print(f"{ranks:6d}  {format_shares(tasks_for(ranks), ranks, costs)}", flush=True)
    print()


def read_tasks(path: Path) -> list[Task]:
    """The tasks of a results file, what they were expected to take and what they took."""
    import h5py

    with h5py.File(path) as file:
        expected, actual = (file[f"timing/{name}"][...].sum(axis=1).ravel() for name in ("predicted_seconds", "wall_seconds"))
    return [Task(*pair) for pair in zip(expected, actual) if pair[0] > 0.0 and pair[1] == pair[1]]


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--program", type=Path, default=PROJECT / "build/release/dispatch_benchmark")
    parser.add_argument("--ranks", default="2,4,8,16,32,64,128,256", help="measured, with commas between")
    parser.add_argument("--lengths", default="0.001,0.01,1", help="of measured tasks, in seconds")
    parser.add_argument("--seconds-each", type=float, default=4.0, help="that a measurement takes, four tasks a rank at least")
    parser.add_argument("--experiments", type=Path, nargs="*", default=sorted((PROJECT / "jobs/paper").glob("*.toml")))
    parser.add_argument("--results", type=Path, nargs="*", default=[], help="results files whose times are projected, too")
    return parser.parse_args()


def main() -> None:
    arguments = read_arguments()
    if not arguments.program.is_file():
        sys.exit(f"there is no program {arguments.program}; build the tests, or name it with --program")
    benchmark = Benchmark(arguments.program)
    costs = measure_costs(benchmark)
    print_costs(costs, benchmark)
    ranks = [int(count) for count in arguments.ranks.split(",")]
    measure(benchmark, costs, ranks, [float(length) for length in arguments.lengths.split(",")], arguments.seconds_each)
    cluster = replace(costs, latency=NETWORK_LATENCY)
    for seconds in (0.001, 0.01, 0.1, 1.0):
        project(f"tasks of {1e3 * seconds:g} ms", lambda count, length=seconds: equal_tasks(count, length), cluster)
    for experiment in arguments.experiments:
        tasks = [Task(seconds, seconds) for seconds in benchmark.list_lengths(experiment)]
        project(f"{experiment.stem}: {len(tasks)} tasks, as expected", lambda _, listed=tasks: listed, cluster)
    for results in arguments.results:
        tasks = read_tasks(results)
        project(f"{results.stem}: {len(tasks)} tasks, as they were", lambda _, listed=tasks: listed, cluster)


if __name__ == "__main__":
    main()
