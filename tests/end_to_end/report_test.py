"""`python3 jobs/report` holds results against theory: the boundary, regimes, speed; and the reduced settings."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray

from conftest import ENVIRONMENT, PROGRAM, REPOSITORY, TINY

sys.path[1:1] = [str(REPOSITORY / "jobs" / "report"), str(REPOSITORY / "jobs" / "plot")]
from crossing import crossing, half, rising  # noqa: E402
from finding import AGREE, DISAGREE, NOTHING, PARTLY, graded, share_interval  # noqa: E402

PHASES = TINY.replace("inputs = 4\nhidden = 6\n", "total_neurons = 24\n").replace('"tanh"', '"linear"') \
    .replace('["gradient-descent", "curl-descent"]', '["curl-descent"]') \
    .replace("[0.0, 0.5]", "[0.0, 0.25, 0.5, 0.75, 1.0]") \
    + '"network.ratio" = [0.3, 0.5, 1.0]\n'


# Fine enough for theory's boundaries (0.59, 0.33, 0.19 in large networks) to lie well inside the sweep.
FINE = PHASES.replace("total_neurons = 24", "total_neurons = 100").replace("[0.3, 0.5, 1.0]", "[0.3, 0.35, 0.4]") \
    .replace("[0.0, 0.25, 0.5, 0.75, 1.0]", "{linspace = [0.0, 1.0, 21]}").replace("epochs = 20", "epochs = 5")


def report(*arguments):
    command = [sys.executable, REPOSITORY / "jobs" / "report", *arguments]
    environment = os.environ | {"CURLDESCENT": str(PROGRAM)}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)


def runs(shares, count=10):
    """[point, run]: so many failures at each point."""
    return np.array([[run < share * count for run in range(count)] for share in shares])


def test_crossing_lies_where_the_share_passes_one_half():
    assert half(np.array([0.0, 1.0, 2.0]), np.array([0.0, 0.25, 0.75])) == pytest.approx(1.5)


def test_rising_curve_pools_what_falls():
    assert rising(np.array([0.0, 0.6, 0.2, 1.0])) == pytest.approx([0.0, 0.4, 0.4, 1.0])


def test_interval_of_a_sharp_step_is_the_step_of_the_sweep():
    found = crossing(np.array([0.0, 0.1, 0.2, 0.3]), runs([0, 0, 1, 1]))

    assert (found.value, found.low, found.high) == pytest.approx((0.15, 0.1, 0.2))
    assert found.holds(0.11) and not found.holds(0.05) and not found.holds(0.25)


def test_interval_of_a_gradual_rise_covers_the_truth_and_narrows_with_runs():
    x = np.linspace(0, 1, 21)
    few, many = (crossing(x, np.random.default_rng(2).random((21, count)) < x[:, None]) for count in (10, 500))

    assert few.holds(0.5) and many.holds(0.5)
    assert many.high - many.low < few.high - few.low < 0.5


@pytest.mark.parametrize("count", [2, 10])
def test_interval_holds_the_truth_in_95_of_100_experiments(count, monkeypatch):
    monkeypatch.setattr("crossing.RESAMPLINGS", 200)
    x = np.linspace(0, 1, 21)
    truth = 1 / (1 + np.exp((0.52 - x) / 0.1))

    drawn = [np.random.default_rng(k).random((21, count)) < truth[:, None] for k in range(100)]

    assert sum(crossing(x, failed).holds(0.52) for failed in drawn) >= 93


def test_sweep_without_failures_has_its_boundary_nowhere():
    found = crossing(np.array([0.0, 0.5, 1.0]), runs([0, 0, 0.1]))

    assert np.isinf(found.value) and found.holds(np.inf) and not found.holds(0.5)
    assert str(found) == "nowhere"


def test_sweep_that_fails_from_its_start_holds_what_lies_before():
    found = crossing(np.array([0.2, 0.4]), runs([1, 1]))

    assert found.value == 0.2 and found.holds(0.1) and not found.holds(0.3)


@pytest.mark.parametrize("agreeing, verdict",
                         [(10, AGREE), (8, AGREE), (7, PARTLY), (5, PARTLY), (4, DISAGREE), (0, DISAGREE)])
def test_verdict_follows_from_the_share(agreeing, verdict):
    assert graded(agreeing, 10) == verdict


def test_nothing_gives_no_verdict():
    assert graded(0, 0) == NOTHING


def test_interval_of_a_share_is_wilsons():
    assert share_interval(1, 10) == pytest.approx((0.01788, 0.40415), abs=1e-5)
    assert share_interval(0, 10)[0] == 0.0


def test_boundary_of_a_file_is_where_its_losses_pass_the_level(folder):
    results = folder.run(PHASES)

    outcome = report(results, "-o", folder.path / "report")

    assert outcome.returncode == 0, outcome.stderr
    with open(folder.path / "report" / "out-boundary.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    with xarray.open_dataset(results, engine="h5netcdf") as data:
        failed = (data.final_test_loss.values[:, 0] > 1e-10).reshape(5, 3, 3)  # after 20 epochs all do
        theory = data.theory_critical_hidden_flip_fraction.values[:3]
    assert failed.all()
    assert [row["curve"] for row in rows] == ["c = 0.3", "c = 0.5", "c = 1"]
    assert [float(row["measured"]) for row in rows] == [0.0] * 3
    assert [float(row["theory"]) for row in rows] == pytest.approx(theory, abs=1e-6)


def set_losses(results, loss):
    """loss: one number for each point, or for all."""
    with h5py.File(results, "r+") as file:
        shape = file["final_test_loss"].shape
        file["final_test_loss"][:] = np.broadcast_to(np.reshape(loss, (-1, 1, 1)), shape)


def fail_beyond_theory(results, shift):
    """Lets the runs fail whose fraction of flips is above theory's by more than a shift, and no other."""
    with h5py.File(results) as file:
        fraction = file["hidden_flips"][:] / file["inputs"][:]
        fails = fraction > file["theory_critical_hidden_flip_fraction"][:] + shift
    set_losses(results, np.where(fails, 1.0, 1e-25))


@pytest.mark.parametrize("shift, words", [
    (0.0, "**agrees**: theory lies in the interval of the measured boundary on 3 of the 3 curves that tell"),
    (-0.15, "**disagrees**: theory lies in the interval of the measured boundary on 0 of the 3 curves that tell")])
def test_file_that_fails_where_theory_says_agrees_and_one_that_fails_elsewhere_does_not(folder, shift, words):
    results = folder.run(FINE)
    fail_beyond_theory(results, shift)

    outcome = report(results, "-o", folder.path / "report")

    assert outcome.returncode == 0, outcome.stderr
    assert words in (folder.path / "report" / "report.md").read_text()


@pytest.mark.parametrize("loss, verdict, share", [(1e-25, "agrees", "135 of 135"), (1.0, "disagrees", "0 of 135")])
def test_control_learns_where_its_losses_are_small(folder, loss, verdict, share):
    results = folder.run(PHASES, settings=['experiment.rules=["gradient-descent"]', "experiment.replicates=9"])
    set_losses(results, loss)

    report(results, "-o", folder.path / "report")

    text = (folder.path / "report" / "report.md").read_text()
    assert f"does gradient descent learn at every point: **{verdict}**" in text and f"{share} (" in text


@pytest.mark.parametrize("loss, verdict", [(1e-5, "agrees"), (1.0, "disagrees")])
def test_learning_survives_readout_flips_where_runs_beyond_the_boundary_stay_small(folder, loss, verdict):
    results = folder.run(FINE.replace("hidden_flip_fraction", "readout_flip_fraction"))
    with h5py.File(results) as file:
        beyond, whole = file["theory_stable"][:] == 0, file["readout_flips"][:] == file["hidden"][:]
    set_losses(results, np.where(whole, 2.0, np.where(beyond, loss, 1e-25)))

    report(results, "-o", folder.path / "report")

    text = (folder.path / "report" / "report.md").read_text()
    runs, lost = 3 * (beyond & ~whole).sum(), 3 * whole.sum()
    assert f"does learning survive flips in the readout: **{verdict}**" in text
    assert f"{runs if loss < 1e-3 else 0} of {runs} (" in text and f"neuron flipped 0 of {lost} (" in text
    assert "where learning fails: **no verdict**" in text


@pytest.mark.parametrize("chaotic_side, verdict", [("unstable", "agrees"), ("stable", "disagrees")])
def test_chaos_on_theorys_side_agrees_and_on_the_other_disagrees(folder, chaotic_side, verdict):
    results = folder.run(FINE, settings=[
        "analysis.regime=true", "analysis.loss_epochs=100", "analysis.order_parameter_epochs=100",
        "training.epochs=200", "training.records=200", 'training.record_spacing="linear"'])
    with h5py.File(results, "r+") as file:
        names = file["regime"].attrs["flag_meanings"].decode().split()
        chaotic = file["theory_stable"][:] == (chaotic_side == "stable")
        regimes = np.where(chaotic, names.index("chaos"), names.index("converged"))
        file["regime"][:] = np.broadcast_to(regimes[:, None, None], file["regime"].shape)

    outcome = report(results, "-o", folder.path / "report")

    assert outcome.returncode == 0, outcome.stderr
    assert f"is it chaos: **{verdict}**" in (folder.path / "report" / "report.md").read_text()


def test_report_has_digest_costs_picture_and_changes_of_every_file(folder):
    results = folder.run(PHASES, settings=["experiment.seed=4", "experiment.seed=5"])

    report(results, "-o", folder.path / "report")

    text = (folder.path / "report" / "report.md").read_text()
    assert folder.digest(results) in text
    assert "Changed from experiment.toml: `experiment.seed=5`" in text and "Core-hours:" in text
    pictures = [line.partition("](")[2].rstrip(")") for line in text.splitlines() if line.startswith("![")]
    assert pictures == ["out-phase-diagram.png"]
    assert all((folder.path / "report" / picture).stat().st_size > 1000 for picture in pictures)


ON_THE_MANIFOLD = PHASES.replace("epochs = 20", "epochs = 2000").replace(
    "[training]", '[initialization]\nstart = "teacher"\noffset = 1e-10\noffset_layer = "readout"\n\n[training]')


@pytest.mark.parametrize("beside", [True, False])
def test_stability_of_the_teachers_is_compared_run_by_run(folder, beside):
    measured = ON_THE_MANIFOLD + '[analysis]\nstability = "teacher"\n'
    results = folder.run(ON_THE_MANIFOLD if beside else measured)
    stability = folder.run(measured, output="out-stability.h5") if beside else results

    report(results, "-o", folder.path / "report")

    with xarray.open_dataset(stability, engine="h5netcdf") as data:
        unstable, stable = (int((data.stability_rightmost * sign > 0).sum()) for sign in (1, -1))
    with xarray.open_dataset(results, engine="h5netcdf") as data:
        left = data.final_test_loss > 1e-10
    text = (folder.path / "report" / "report.md").read_text()
    assert unstable > 5 and stable > 5 and unstable + stable == 45 and 5 < int(left.sum()) < 40
    assert f" of {unstable} (" in text and f"0 of {stable} (0 % " in text


@pytest.mark.parametrize("name", ["out", "out-stability"])
def test_report_on_unfinished_runs_is_refused(folder, name):
    folder.run(ON_THE_MANIFOLD)
    folder.run(ON_THE_MANIFOLD + '[analysis]\nstability = "teacher"\n', output="out-stability.h5")
    with h5py.File(folder.path / f"{name}.h5", "r+") as file:
        file["status"][-1, 0, -1] = 0

    outcome = report(folder.path / "out.h5", "-o", folder.path / "report")

    assert outcome.returncode == 2 and f"{name}.h5: 1 of its runs are not finished" in outcome.stderr


@pytest.mark.parametrize("change, named", [
    (["experiment.seed=5"], "experiment"), (['analysis.stability="none"'], "analysis")])
def test_stability_of_other_networks_is_refused(folder, change, named):
    folder.run(ON_THE_MANIFOLD)
    folder.run(ON_THE_MANIFOLD + '[analysis]\nstability = "teacher"\n', settings=change, output="out-stability.h5")

    outcome = report(folder.path / "out.h5", "-o", folder.path / "report")

    assert outcome.returncode == 2 and "out-stability.h5: is not about the networks of" in outcome.stderr
    assert f": {named} has other settings" in outcome.stderr


def test_stability_of_the_teachers_says_nothing_of_runs_that_start_elsewhere(folder):
    results = folder.run(PHASES + '[analysis]\nstability = "teacher"\n')

    report(results, "-o", folder.path / "report")

    assert "Run by run" not in (folder.path / "report" / "report.md").read_text()


def test_speed_has_the_wins_of_the_file(folder):
    settings = TINY + '[analysis]\nloss_thresholds = [1.0]\nbaseline = "gradient-descent"\n'
    results = folder.run(settings)

    report(results, "-o", folder.path / "report")

    with xarray.open_dataset(results, engine="h5netcdf") as data:
        wins = data.epochs_to_test_loss_vs_baseline_wins.sel(rule="curl-descent").values.ravel()
    with open(folder.path / "report" / "out-comparison.csv", newline="") as file:
        assert [float(row["wins"]) for row in csv.DictReader(file)] == wins.tolist()


@pytest.mark.parametrize("factor, verdict", [(0.5, "agrees"), (2.0, "disagrees"), (1.0, "no difference found")])
def test_rule_that_takes_half_of_the_epochs_in_every_pair_is_faster_and_one_that_takes_twice_is_not(
        folder, factor, verdict):
    results = folder.run(TINY + '[analysis]\nloss_thresholds = [1.0]\nbaseline = "gradient-descent"\n')
    with h5py.File(results, "r+") as file:
        file["epochs_to_test_loss"][:, 0] = 8.0
        file["epochs_to_test_loss"][:, 1] = 8.0 * factor

    report(results, "-o", folder.path / "report")

    text = (folder.path / "report" / "report.md").read_text()
    assert f"**{verdict}**: over all pairs" in text and f"{factor:g} [{factor:g}, {factor:g}] times" in text


def test_file_that_holds_no_results_is_refused_in_one_line(folder):
    folder.write("other.h5", "text")

    outcome = report(folder.path / "other.h5", "-o", folder.path / "report")

    assert outcome.returncode == 2
    assert outcome.stderr.count("\n") == 1 and "other.h5" in outcome.stderr


def reproduce(*arguments):
    command = ["bash", REPOSITORY / "jobs" / "reproduce.sh", *arguments]
    environment = ENVIRONMENT | {"CURLDESCENT": str(PROGRAM)}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)


@pytest.mark.parametrize("arguments, named", [(["fig99"], "fig99"), (["--half"], "--half"), (["-o"], "-o")])
def test_reproduce_refuses_what_it_does_not_know(arguments, named):
    outcome = reproduce(*arguments)

    assert outcome.returncode == 2
    assert named in outcome.stderr


PAPER = REPOSITORY / "jobs" / "paper"
VARIANTS = [line.split() for line in (PAPER / "variants.txt").read_text().replace("\\\n", "").splitlines()
            if not line.startswith("#")]


@pytest.mark.parametrize("name, base, settings", [(name, base, settings) for name, base, *settings in VARIANTS])
def test_variant_is_a_change_of_an_experiment_that_the_program_accepts(folder, name, base, settings):
    outcome = folder.call("plan", PAPER / f"{base}.toml", "--set", *settings)

    assert outcome.code == 0, outcome.errors
    assert not (PAPER / f"{name}.toml").exists()


def recorder(path):
    """A program that writes its arguments down, and makes no file."""
    path.write_text(f'#!/bin/sh\necho "$@" >>{path}.calls\nexit 1\n')
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("options, words", [
    (["--full", "fig4-gradient"], 'fig4.toml -o {}/fig4-gradient.h5 --resume --set experiment.replicates=2 '
                                  'experiment.rules=["gradient-descent"]'),
    (["fig4-gradient"], 'fig4.toml -o {}/fig4-gradient.h5 --resume --set experiment.replicates=4 '
                        'experiment.replicates=2 experiment.rules=["gradient-descent"]'),
    (["fig4"], "fig4.toml -o {}/fig4.h5 --resume --set experiment.replicates=4"),
    (["fig3b-alpha"], "fig3b-alpha.toml -o {}/fig3b-alpha.h5 --resume --set experiment.replicates=4 "
                      "training.records=1000 analysis.order_parameter_epochs=100"),
    (["--full", "fig3b-alpha-random-slow"],
     "fig3b-alpha-random.toml -o {}/fig3b-alpha-random-slow.h5 --resume --set experiment.replicates=2 "
     "training.learning_rate=0.01 training.epochs=400000 analysis.lyapunov_start=200000 analysis.loss_epochs=40000 "
     "sweep.plasticity.hidden_flip_fraction=[0.1,0.2,0.3,0.4,0.6,0.8]"),
    (["--full", "fig4"], "fig4.toml -o {}/fig4.h5 --resume")])
def test_reproduce_runs_a_name_with_its_settings(tmp_path, options, words):
    program = recorder(tmp_path / "recorder")
    environment = ENVIRONMENT | {"CURLDESCENT": str(program), "CURLDESCENT_RANKS": "1"}

    subprocess.run(["bash", REPOSITORY / "jobs" / "reproduce.sh", "-o", tmp_path / "out", *options],
                   capture_output=True, timeout=120, env=environment)

    call, = Path(f"{program}.calls").read_text().splitlines()
    assert call.endswith("jobs/paper/" + words.format(tmp_path / "out"))


def test_reproduce_runs_draws_and_reports(tmp_path):
    program = tmp_path / "briefly"  # as the program, but few epochs
    program.write_text(f'#!/bin/sh\n[ "$1" = run ] && set -- "$@" training.epochs=20\nexec {PROGRAM} "$@"\n')
    program.chmod(0o755)
    environment = ENVIRONMENT | {"CURLDESCENT": str(program), "CURLDESCENT_RANKS": "1"}

    outcome = subprocess.run(["bash", REPOSITORY / "jobs" / "reproduce.sh", "-o", tmp_path / "out", "fig5c-linear"],
                             capture_output=True, text=True, timeout=120, env=environment)

    assert outcome.returncode == 0, outcome.stderr
    text = (tmp_path / "out" / "report.md").read_text()
    assert "Changed from jobs/paper/fig5c-linear.toml: `training.epochs=20`" in text
    assert "is curl descent faster: **no verdict**" in text and "no run of either rule gets there" in text
    assert float((tmp_path / "out" / "fig5c-linear.cpu_seconds").read_text()) > 0


def small_settings(path):
    """The settings of the line "Small" in the header of an experiment."""
    lines = path.read_text().replace("\\\n#", "").splitlines()
    small, = (line for line in lines if line.startswith("# Small: "))
    return small.partition("--set ")[2].split()


@pytest.mark.parametrize("path", sorted((REPOSITORY / "jobs" / "paper").glob("*.toml")), ids=lambda path: path.stem)
def test_small_settings_take_minutes_on_two_cores(folder, path):
    outcome = folder.call("plan", path, "--set", *small_settings(path))

    assert outcome.code == 0, outcome.errors
    hours, = (float(line.split()[1]) for line in outcome.output.splitlines() if line.startswith("core-hours"))
    assert 0 < hours < 0.6  # ten minutes on two free cores; a busy machine is slower
