"""A discrete-event simulation of the dispatcher, its workers and the network between them.

It follows src/ensemble/dispatcher.cpp, worker.cpp and schedule.cpp: longest task first, batches, a second one for a worker
whose first is short while more tasks are left than workers, and looks for messages that become rarer while none come.
"""

import heapq
from collections import deque
from dataclasses import dataclass, field

MOST_TASKS_AT_ONCE = 32  # of schedule.hpp
SOON = 0.1  # of load_of


@dataclass(frozen=True)
class Backoff:
    """Looks for messages whose distance doubles while none come, in seconds."""

    shortest: float = 0.0
    longest: float = 0.0

    def find_look(self, idle_since: float, arrival: float) -> float:
        """The first look at or after a message's arrival, by somebody who waits since a time."""
        if arrival <= idle_since or self.shortest == 0.0:
            return max(idle_since, arrival)
        look, gap = idle_since, self.shortest
        while look < arrival and gap < self.longest:
            look += gap
            gap *= 2.0
        if look < arrival:
            look += self.longest * -(-(arrival - look) // self.longest)
        return look


@dataclass(frozen=True)
class Costs:
    """What dispatching takes, in seconds; a dispatcher without any is perfect."""

    send: float = 0.0  # of the dispatcher's time, per message
    receive: float = 0.0  # the same
    per_task: float = 0.0  # of the dispatcher's time, per task beside its messages
    latency: float = 0.0  # of the network, one way
    worker: float = 0.0  # of a worker's time, per message that it gets and answers
    worker_per_task: float = 0.0  # the same, per task beside its messages
    dispatcher_looks: Backoff = Backoff()
    worker_looks: Backoff = Backoff()


@dataclass(frozen=True)
class Rule:
    """How tasks are batched: the constants of `batch_seconds`. Without: every task is a message of its own."""

    worth_a_message: float = 0.05
    of_dispatcher: float = 1e-4
    batches_left: float = 2.0
    most_tasks: int = MOST_TASKS_AT_ONCE
    soon: float = SOON  # after which a batch ends behind which the next one waits

    def batch_seconds(self, remaining_seconds: float, workers: int) -> float:
        wanted = max(self.worth_a_message, self.of_dispatcher * workers)
        return min(wanted, remaining_seconds / (self.batches_left * workers))


ONE_BY_ONE = Rule(most_tasks=1)
ALWAYS_TWO = Rule(most_tasks=1, soon=float("inf"))  # one by one, and every worker has a second task waiting


@dataclass(frozen=True)
class Task:
    """A task: what it is expected to take, and what it takes."""

    expected: float
    actual: float


@dataclass(frozen=True)
class Outcome:
    """What became of a simulated dispatch."""

    wall: float  # seconds
    efficiency: float  # time in tasks / (workers * wall)
    busy_share: float  # of the dispatcher's time
    messages: int


@dataclass
class Worker:
    """What the simulation knows of a worker."""

    expected: deque[float] = field(default_factory=deque)  # seconds of each of its batches, by the dispatcher's knowledge
    free_at: float = 0.0  # when it ends what it has seen so far


class Dispatch:
    """One simulated dispatch."""

    def __init__(self, tasks: list[Task], workers: int, costs: Costs, rule: Rule):
        self.queue = deque(sorted(tasks, key=lambda task: -task.expected))
        self.remaining_seconds = sum(task.expected for task in tasks)
        self.workers = [Worker() for _ in range(workers)]
        self.costs, self.rule = costs, rule
        self.reports: list[tuple[float, int, int]] = []  # arrival, worker, number of tasks; a heap
        self.waiting = [list(range(workers)), []]  # heaps of the workers with nothing, and with little
        self.now = self.busy = self.end = 0.0
        self.messages = 0

    def run(self) -> float:
        """The time at which the last task ends and is known to have."""
        self.hand_out()
        while self.reports:
            arrival = self.reports[0][0]
            if arrival > self.now:
                self.now = self.costs.dispatcher_looks.find_look(self.now, arrival)
            while self.reports and self.reports[0][0] <= self.now:
                self.hear()
                self.hand_out()
        return self.now

    def spend(self, seconds: float) -> None:
        self.now += seconds
        self.busy += seconds

    def hear(self) -> None:
        _, worker, count = heapq.heappop(self.reports)
        self.spend(self.costs.receive + count * self.costs.per_task)
        self.messages += 1
        self.workers[worker].expected.popleft()
        self.note_load(worker)

    def find_load(self, worker: int) -> int:
        """0: nothing, 1: little, 2: enough."""
        expected = self.workers[worker].expected
        return 0 if not expected else 1 if len(expected) == 1 and expected[0] < self.rule.soon else 2

    def note_load(self, worker: int) -> None:
        load = self.find_load(worker)
        if load < 2:
            heapq.heappush(self.waiting[load], worker)

    def hand_out(self) -> None:
        """First to the workers with nothing, then, while enough tasks are left, to those with little."""
        for load, least_left in ((0, 0), (1, len(self.workers))):
            while self.waiting[load] and len(self.queue) > least_left:
                worker = heapq.heappop(self.waiting[load])
                if self.find_load(worker) == load:  # else it was served meanwhile
                    self.give(worker)

    def give(self, worker: int) -> None:
        batch = self.take_batch()
        self.spend(self.costs.send)
        self.messages += 1
        state = self.workers[worker]
        state.expected.append(sum(task.expected for task in batch))
        self.note_load(worker)
        begin = state.free_at
        arrival = self.now + self.costs.latency
        if arrival > begin:
            begin = self.costs.worker_looks.find_look(begin, arrival)
        overhead = self.costs.worker + len(batch) * self.costs.worker_per_task
        state.free_at = begin + overhead + sum(task.actual for task in batch)
        heapq.heappush(self.reports, (state.free_at + self.costs.latency, worker, len(batch)))

    def take_batch(self) -> list[Task]:
        wanted = self.rule.batch_seconds(self.remaining_seconds, len(self.workers))
        batch, seconds = [], 0.0
        while self.queue and len(batch) < self.rule.most_tasks and (not batch or seconds < wanted):
            batch.append(self.queue.popleft())
            seconds += batch[-1].expected
        self.remaining_seconds -= seconds
        return batch


def simulate(tasks: list[Task], workers: int, costs: Costs = Costs(), rule: Rule = Rule()) -> Outcome:
    """Dispatches tasks, at least one, to workers."""
    dispatch = Dispatch(tasks, workers, costs, rule)
    wall = dispatch.run()
    work = sum(task.actual for task in tasks)
    return Outcome(wall, work / (workers * wall), dispatch.busy / wall, dispatch.messages)


def find_best_wall(tasks: list[Task], workers: int) -> float:
    """The wall time where each worker takes the longest task left as soon as it is free, and nothing costs time.

    What it exceeds an equal share by is the fault of long or few tasks, not of the dispatcher.
    """
    free_at = [0.0] * min(workers, len(tasks))
    for task in sorted(tasks, key=lambda task: -task.expected):
        heapq.heapreplace(free_at, free_at[0] + task.actual)
    return max(free_at)
