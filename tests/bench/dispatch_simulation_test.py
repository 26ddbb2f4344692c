"""The simulated dispatcher gives the answers that are known without it."""

import pytest

from dispatch_simulation import ALWAYS_TWO, ONE_BY_ONE, Backoff, Costs, Rule, Task, find_best_wall, simulate


def equal_tasks(count: int, seconds: float) -> list[Task]:
    return [Task(seconds, seconds)] * count


def test_one_worker_without_costs_loses_nothing():
    tasks = [Task(seconds, seconds) for seconds in (3.0, 0.01, 2.0)]
    outcome = simulate(tasks, 1)
    assert outcome.wall == pytest.approx(5.01)
    assert outcome.efficiency == pytest.approx(1.0)


def test_equal_tasks_without_costs_take_as_many_rounds_as_each_worker_gets():
    assert simulate(equal_tasks(12, 2.0), 4).wall == pytest.approx(6.0)
    assert simulate(equal_tasks(13, 2.0), 4).wall == pytest.approx(8.0)


def test_more_workers_than_tasks_take_the_longest_task():
    outcome = simulate([Task(5.0, 5.0), Task(1.0, 1.0)], 10)
    assert outcome.wall == pytest.approx(5.0)
    assert outcome.efficiency == pytest.approx(0.12)


def test_a_dispatcher_that_is_always_busy_sets_the_rate():
    costs = Costs(send=1e-3, receive=2e-3, per_task=1e-3)
    outcome = simulate(equal_tasks(2000, 1e-3), 50, costs, ONE_BY_ONE)
    assert 2000 / outcome.wall == pytest.approx(1 / 4e-3, rel=0.01)
    assert outcome.busy_share == pytest.approx(1.0, abs=0.01)


def test_batches_share_the_cost_of_messages():
    costs = Costs(send=1e-4, receive=2e-4)
    tasks = equal_tasks(20_000, 1e-3)
    one_by_one, batched = simulate(tasks, 10, costs, ONE_BY_ONE), simulate(tasks, 10, costs)
    assert one_by_one.messages == 40_000
    assert batched.messages < 40_000 / 16
    assert one_by_one.efficiency == pytest.approx(1e-3 / (10 * 3e-4), rel=0.01)
    assert batched.efficiency > 0.98


def test_workers_pay_for_messages_and_for_tasks():
    costs = Costs(worker=1e-3, worker_per_task=1e-4)
    batched = simulate(equal_tasks(3200, 1e-3), 1, costs, Rule(worth_a_message=0.016, batches_left=0.0001))
    assert batched.wall == pytest.approx(3200 * 1.1e-3 + 200 * 1e-3, rel=0.01)  # batches of 16


def test_workers_that_report_at_once_are_served_one_by_one():
    """The first waits for its own report and next task alone: with 100 workers served in 0.1 s of each second, none idles long."""
    costs = Costs(send=5e-4, receive=5e-4)
    outcome = simulate(equal_tasks(100 * 50, 1.0), 100, costs, ONE_BY_ONE)
    assert outcome.efficiency > 0.99


def test_a_second_task_hides_the_latency():
    tasks, costs = equal_tasks(1000, 1.0), Costs(latency=0.3)
    assert simulate(tasks, 10, costs, ALWAYS_TWO).efficiency > 0.98
    assert simulate(tasks, 10, costs, ONE_BY_ONE).efficiency == pytest.approx(1 / 1.6, rel=0.01)


def test_latency_longer_than_a_task_shows():
    """Two tasks of 1 s on the way to and from a worker, 3 s each way: two tasks every 7 s."""
    outcome = simulate(equal_tasks(1000, 1.0), 1, Costs(latency=3.0), ALWAYS_TWO)
    assert outcome.efficiency == pytest.approx(2 / 7, rel=0.01)


def test_no_task_waits_behind_a_long_one_while_a_worker_is_idle():
    tasks = [Task(1.0, 1.0)] * 2 + [Task(0.5, 0.5)] * 4 + [Task(0.4, 4.0)]
    assert simulate(tasks, 2).wall == pytest.approx(6.0)
    assert simulate(tasks, 2).wall == pytest.approx(find_best_wall(tasks, 2))


def test_time_that_was_not_expected_counts():
    assert simulate([Task(1.0, 4.0), Task(1.0, 1.0)], 2).wall == pytest.approx(4.0)


def test_looks_come_at_doubling_distances_up_to_the_longest():
    looks = Backoff(1.0, 4.0)  # at 1, 3, 7, 11, ...
    assert [looks.find_look(0.0, arrival) for arrival in (0.0, 0.5, 1.0, 2.0, 6.0, 8.0)] == [0.0, 1.0, 1.0, 3.0, 7.0, 11.0]
    assert looks.find_look(5.0, 5.5) == 6.0


def test_batches_are_those_of_the_program():
    """The same numbers as in tests/ensemble/schedule_test.cpp."""
    assert Rule().batch_seconds(1e9, 2) == 0.05
    assert Rule().batch_seconds(1e9, 10_000) == pytest.approx(1.0)
    assert Rule().batch_seconds(0.4, 10) == pytest.approx(0.02)


def test_best_wall_is_that_of_longest_first():
    tasks = [Task(seconds, seconds) for seconds in (3.0, 2.0, 2.0, 1.0)]
    assert find_best_wall(tasks, 2) == 4.0
    assert find_best_wall(tasks, 100) == 3.0
