"""`plan` says what an experiment will take; `run` stores what it expected, and `status` compares."""

import re
import subprocess

import h5py
import numpy as np
import pytest

from conftest import PROGRAM, REPOSITORY, TINY
from supplied_problem import ARRAYS, TEXT

TITLES = [
    "experiment",
    "points",
    "rules",
    "replicates",
    "tasks",
    "runs",
    "updates",
    "core-hours",
    "longest task",
    "ranks worth using",
    "results file",
]
UNITS = {"kB": 1e3, "MB": 1e6, "GB": 1e9}


def make_plan(folder, text=TINY, *arguments):
    """What `plan` says of an experiment: the lines by title, the table of ranks, and the submission."""
    folder.write("experiment.toml", text)
    outcome = folder.call("plan", "experiment.toml", *arguments)
    assert (outcome.code, outcome.errors) == (0, "")
    lines, table, submission = outcome.output.strip().split("\n\n")
    values = {line[:19].strip(): line[19:] for line in lines.splitlines()}
    rows = [re.fullmatch(r" *(\d+) +(\d+-\d\d:\d\d:\d\d) +(\d+) %", line) for line in table.splitlines()[1:]]
    assert all(rows), table
    return values, {int(row[1]): row[2] for row in rows}, submission


@pytest.fixture(name="tiny_plan", scope="module")
def plan_tiny_experiment(make_folder):
    """The plan of the tiny experiment."""
    return make_plan(make_folder("plan"))


def test_plan_tells_the_work_exactly(tiny_plan):
    values, _, _ = tiny_plan

    assert list(values) == TITLES
    assert values["experiment"] == "tiny"
    assert values["points"] == "2"
    assert values["rules"] == "2 (gradient-descent, curl-descent)"
    assert values["replicates"] == "3"
    assert values["tasks"].split()[0] == "6"
    assert values["runs"] == "12"
    assert values["updates"] == str(12 * 20 * 3)


def test_plan_prices_the_work(tiny_plan):
    values, _, _ = tiny_plan

    assert 0 < float(values["core-hours"].split()[0]) < 1
    assert "at most" in values["core-hours"] and "no early end" in values["core-hours"]
    assert 0 < float(values["longest task"].removesuffix(" s"))
    assert values["ranks worth using"].split()[0] == "1"  # it takes longer to start than to run


def test_plan_counts_points_whose_updates_differ(folder):
    values, _, _ = make_plan(folder, TINY, "--set", "sweep.training.batch=[1,4,0]")

    assert values["points"] == "6"
    assert values["updates"] == str(2 * 2 * 3 * 20 * (12 + 3 + 1))


def test_plan_takes_set_arguments(folder):
    values, _, _ = make_plan(folder, TINY, "--set", "experiment.replicates=5", "training.epochs=40")

    assert values["tasks"].split()[0] == "10"
    assert values["updates"] == str(20 * 40 * 3)


def test_wall_times_reach_from_one_rank_to_those_worth_using(folder):
    long = ["--set", "training.epochs=1000000000", "experiment.replicates=100"]

    values, walls, submission = make_plan(folder, TINY, *long)

    assert values["ranks worth using"].split()[0] == "200"  # tasks of equal length
    assert list(walls) == [1, 8, 64, 200]
    assert walls[1] > walls[200]
    assert " --nodes=4 --ntasks-per-node=50 " in submission


def test_plan_for_a_number_of_ranks(folder):
    _, walls, submission = make_plan(folder, TINY, "--ranks", 100, "--cores-per-node", 32)

    assert 100 in walls
    assert "--nodes=4 --ntasks-per-node=25 " in submission


def test_plan_ends_with_a_line_to_submit(tiny_plan):
    _, _, submission = tiny_plan

    pattern = (
        r"EXPERIMENT=experiment.toml OUTPUT=experiment.h5 "
        r"sbatch --nodes=1 --ntasks-per-node=1 --time=\d+-\d\d:\d\d:\d\d jobs/slurm/run.sbatch"
    )
    assert re.fullmatch(pattern, submission)


def test_submission_is_quoted_for_the_shell(folder):
    folder.write("it's mine.toml", TINY)

    output = folder.call("plan", "it's mine.toml").output

    assert r"EXPERIMENT='it'\''s mine.toml' OUTPUT='it'\''s mine.h5' sbatch" in output


def test_submission_passes_changed_keys_on(folder):
    _, _, submission = make_plan(folder, TINY, "--set", "training.epochs=40", "sweep.training.batch=[1,4]")

    assert submission.endswith(" jobs/slurm/run.sbatch --set training.epochs=40 'sweep.training.batch=[1,4]'")


def read_differences(script):
    """The lines of a job script that are not those of jobs/slurm/run.sbatch."""
    lines = (REPOSITORY / "jobs" / "slurm" / "run.sbatch").read_text().splitlines()
    written = script.read_text().splitlines()
    assert len(written) == len(lines)
    return [new for new, old in zip(written, lines) if new != old]


def test_plan_writes_the_job_script_with_its_own_values(folder):
    arguments = ["--sbatch", "--ranks", 100, "--cores-per-node", 32, "--set", "training.epochs=40"]

    _, _, submission = make_plan(folder, TINY, *arguments)

    assert submission == "sbatch experiment.sbatch"
    nodes, ranks, time, *assignments = read_differences(folder.path / "experiment.sbatch")
    assert [nodes, ranks] == ["#SBATCH --nodes=4", "#SBATCH --ntasks-per-node=25"]
    assert re.fullmatch(r"#SBATCH --time=0-00:05:\d\d", time)
    assert assignments == [
        "EXPERIMENT=${EXPERIMENT:-experiment.toml}",
        "OUTPUT=${OUTPUT:-experiment.h5}",
        f"PROGRAM=${{PROGRAM:-{PROGRAM}}}",
        'options=("$@" --set training.epochs=40)',
    ]


def test_job_script_is_quoted_for_the_shell(folder):
    folder.write("it's }mine.toml", TINY)
    outcome = folder.call("plan", "it's }mine.toml", "--sbatch", "the job")
    assert outcome.output.endswith("\nsbatch 'the job'\n")

    assignments = [line for line in read_differences(folder.path / "the job") if re.match("EXPERIMENT|OUTPUT", line)]
    script = "\n".join([*assignments, 'printf "%s|%s" "$EXPERIMENT" "$OUTPUT"'])
    assert subprocess.check_output(["bash", "-c", script], text=True) == "it's }mine.toml|it's }mine.h5"


@pytest.mark.parametrize(
    "arguments, parts",
    [
        (["good.toml", "--sbatch", "good.toml"], ["--sbatch good.toml", "exists"]),
        (["good.toml", "--sbatch", "missing/job"], ["--sbatch missing/job", "there is no folder", "create it"]),
        (["good.toml", "--sbatch", "one", "two"], ["--sbatch", "1"]),
        (["missing.toml", "--sbatch"], ["missing.toml"]),
    ],
)
def test_job_script_that_cannot_be_written_is_refused(folder, arguments, parts):
    folder.write("good.toml", TINY)

    message = folder.refusal("plan", *arguments)

    assert [part for part in parts if part not in message] == [], message


@pytest.mark.parametrize(
    "settings",
    [
        [],
        ["experiment.replicates=200"],
        ["training.epochs=1000", "training.records=1000", "experiment.replicates=20"],
        ['sweep.network.activation=["linear","tanh","relu"]', "sweep.network.inputs=[2,3,4,5]"],
    ],
)
def test_size_of_the_results_file_is_foreseen(folder, settings):
    values, _, _ = make_plan(folder, TINY, *(["--set", *settings] if settings else []))
    size = folder.run(TINY, settings=settings).stat().st_size

    number, unit = values["results file"].split()
    assert float(number) * UNITS[unit] == pytest.approx(size, rel=0.05)


def test_plan_takes_the_data_that_an_experiment_names(folder):
    with h5py.File(folder.path / "data.h5", "w") as file:
        for name, values in ARRAYS.items():
            file[name] = values

    values, _, _ = make_plan(folder, TEXT)

    assert float(values["core-hours"].split()[0]) > 0


def test_plan_of_a_huge_network_takes_no_memory(folder):
    values, _, _ = make_plan(folder, TINY, "--set", "network.hidden=1000000000")

    assert float(values["core-hours"].split()[0]) > 1


def test_plan_makes_no_file_and_speaks_once(folder):
    folder.write("experiment.toml", TINY)

    outcome = folder.call("plan", "experiment.toml", ranks=3)

    assert outcome.code == 0
    assert outcome.output.count("core-hours") == 1
    assert list(folder.content()) == ["experiment.toml"]


@pytest.mark.parametrize(
    "arguments, parts",
    [
        (["missing.toml"], ["missing.toml", "does it exist"]),
        (["bad.toml"], ["bad.toml:2", "training.epochs = 0", "from 1"]),
        (["good.toml", "--set", "training.epocs=3"], ["training.epocs", "training.epochs"]),
        (["good.toml", "--set", "data.file=missing.h5"], ["missing.h5"]),
        (["good.toml", "--ranks", "0"], ["--ranks", "0", "see curldescent --help"]),
        ([], ["EXPERIMENT", "required"]),
    ],
)
def test_bad_input_of_plan_is_refused(folder, arguments, parts):
    folder.write("good.toml", TINY)
    folder.write("bad.toml", "[training]\nepochs = 0")

    message = folder.refusal("plan", *arguments)

    assert [part for part in parts if part not in message] == [], message


def test_run_stores_what_it_expected(tiny_file):
    timing = tiny_file["timing"]
    predicted = timing["predicted_seconds"][...]

    assert predicted.shape == (2, 2, 3)
    assert np.all(predicted > 0)
    assert np.all(predicted == predicted[0, 0, 0])  # equal work, whatever the flips


def read_times(folder, results):
    """What `status` says of times: core-hours used and predicted, and the line on early ends, if any."""
    outcome = folder.call("status", results)
    assert (outcome.code, outcome.errors) == (0, "")
    pattern = r"core-hours: (\S+) used, (\S+) predicted for the updates made, ratio (\S+)\n(runs that .*\n)?"
    match = re.search(pattern, outcome.output)
    return match and (float(match[1]), float(match[2]), match[4])


def test_status_compares_with_what_was_expected(folder, tiny, tiny_file):
    used, predicted, early = read_times(folder, tiny)

    assert used == pytest.approx(np.sum(tiny_file["timing/wall_seconds"]) / 3600, rel=1e-3)
    assert predicted == pytest.approx(np.sum(tiny_file["timing/predicted_seconds"]) / 3600, rel=1e-3)
    assert early is None


def test_status_compares_by_the_updates_made(folder):
    """All runs diverge long before their last epoch."""
    diverging = ["training.learning_rate=1e100", "plasticity.norm_constraint=false", "network.activation=linear"]
    results = folder.run(TINY, settings=diverging)
    with h5py.File(results) as file:
        updates = file["timing/updates"][...]
        predicted = np.sum(file["timing/predicted_seconds"][...] * updates) / (20 * 3)

    _, shown, early = read_times(folder, results)

    assert np.all(updates < 20 * 3)
    assert shown == pytest.approx(predicted / 3600, rel=1e-3)
    assert f"{np.sum(updates):.3g} of 720 updates" in early


def test_status_says_nothing_of_times_before_a_run_has_finished(folder, tiny):
    results = folder.path / "pending.h5"
    results.write_bytes(tiny.read_bytes())
    with h5py.File(results, "r+") as file:
        file["status"][...] = 0

    assert read_times(folder, results) is None
