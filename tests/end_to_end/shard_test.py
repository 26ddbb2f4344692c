"""`run --shard i/N` computes one share of the tasks, and `merge` makes of all shares the file of one run."""

import shutil

import h5py
import pytest

from conftest import NO_MPI_IO, TINY

COMPARED = TINY + '[analysis]\nbaseline = "gradient-descent"\nloss_thresholds = [0.01]\n'
SHARES = 3


def run_shares(folder, shares=range(1, SHARES + 1), text=TINY):
    folder.write("experiment.toml", text)
    for k in shares:
        outcome = folder.call("run", "experiment.toml", "-o", f"part{k}.h5", "--shard", f"{k}/{SHARES}")
        assert outcome.code == 0, outcome.errors
        assert f"share {k}/{SHARES} is complete" in outcome.errors
    return [f"part{k}.h5" for k in shares]


def refuse_merge(folder, *arguments, launcher=()):
    """The message with which `merge` refuses; it changes no file."""
    before = folder.content()
    outcome = folder.call("merge", *arguments, launcher=launcher)
    assert outcome.code == 2, outcome.errors
    assert folder.content() == before
    return outcome.errors


@pytest.mark.parametrize("text", [TINY, COMPARED], ids=["plain", "compared"])
def test_merged_shares_have_the_digest_of_one_run(folder, text):
    parts = run_shares(folder, text=text)
    folder.run(text, output="one.h5")

    outcome = folder.call("merge", *parts, "-o", "merged.h5")

    assert outcome.code == 0, outcome.errors
    assert "merged.h5: 12 runs of 3 files, 0 failed, 0 missing" in outcome.errors
    assert folder.digest("merged.h5") == folder.digest("one.h5")
    assert folder.call("verify", "merged.h5").code == 0
    status = folder.call("status", "merged.h5").output
    assert "ended not yet" not in status and "share" not in status
    assert not [name for name in folder.content() if "partial" in name or "unfinished" in name]


def test_share_runs_its_tasks_alone_and_goes_on_with_them(folder):
    run_shares(folder, [2])

    status = folder.call("status", "part2.h5").output
    again = folder.call("run", "experiment.toml", "-o", "part2.h5", "--shard", "2/3", "--resume")

    assert "8 pending" in status and "4 done" in status and "ended not yet" in status
    assert "share 2/3: 0 of its runs are pending\n" in status
    assert again.code == 0
    assert "share 2/3 is complete, nothing was left to run" in again.errors


def test_part_of_a_build_that_stored_no_share_is_merged(folder):
    parts = run_shares(folder, [1, 3])
    with h5py.File(folder.path / parts[0], "r+") as file:
        del file["provenance/shard"]

    merged = folder.call("merge", *parts, "-o", "merged.h5")

    assert merged.code == 3
    assert "4 missing" in merged.errors and "those of share" not in merged.errors
    assert "share" not in folder.call("status", parts[0]).output


def test_merge_without_a_share_says_what_is_missing_and_resume_completes_it(folder, tiny):
    parts = run_shares(folder, [1, 3])

    merged = folder.call("merge", *parts, "-o", "merged.h5")
    resumed = folder.call("run", "experiment.toml", "-o", "merged.h5", "--resume")

    assert merged.code == 3
    assert "8 runs of 2 files, 0 failed, 4 missing" in merged.errors
    assert "the missing runs are those of share 2/3 (no such file)\n" in merged.errors
    assert "curldescent run experiment.toml -o merged.h5 --resume`" in merged.errors
    assert resumed.code == 0
    assert folder.digest("merged.h5") == folder.digest(tiny)


def test_damaged_row_is_missing_unless_another_file_has_it(folder, tiny):
    first, *others = run_shares(folder)
    with h5py.File(folder.path / first, "r+") as file:
        point, rule, replicate = (int(place[0]) for place in (file["status"][...] == 1).nonzero())
        file["final_test_loss"][point, rule, replicate] = 7.0

    without = folder.call("merge", first, *others, "-o", "merged.h5")
    with_whole = folder.call("merge", first, *others, tiny, "-o", "whole.h5")

    assert without.code == 3
    assert "1 missing" in without.errors
    assert "the missing runs are those of share 1/3 (part1.h5)\n" in without.errors
    assert with_whole.code == 0
    assert folder.digest("whole.h5") == folder.digest(tiny)


def test_same_file_twice_counts_once(folder, tiny):
    outcome = folder.call("merge", tiny, tiny, "-o", "merged.h5")

    assert outcome.code == 0
    assert "12 runs of 2 files" in outcome.errors
    assert folder.digest("merged.h5") == folder.digest(tiny)


def make_contradicting(folder, results):
    """part.h5: all runs with the results of another seed, though its settings are those of `results`."""
    path = folder.run(settings=["experiment.seed=4"], output="part.h5")
    with h5py.File(path, "r+") as file, h5py.File(results) as other:
        file["provenance/settings"][()] = other["provenance/settings"][()]
    return path.name


def test_files_with_other_results_of_the_same_runs_are_refused(folder, tiny):
    part = make_contradicting(folder, tiny)

    message = refuse_merge(folder, tiny, part, "-o", "merged.h5")

    assert "merge part.h5: 12 of its runs have other results in a file before it" in message
    assert f"first point 0, gradient-descent, replicate 0 in {tiny}" in message
    assert "leave it out" in message
    assert "merged.h5" not in folder.content()


def test_more_files_are_merged_than_can_be_open_at_once(folder, tiny):
    parts = [folder.path / f"part{k}.h5" for k in range(60)]
    for part in parts:
        shutil.copy(tiny, part)  # of one file, HDF5 would have one open

    outcome = folder.call("merge", *parts, "-o", "merged.h5", launcher=["prlimit", "--nofile=50"])

    assert outcome.code == 0, outcome.errors
    assert "12 runs of 60 files, 0 failed, 0 missing" in outcome.errors


def test_another_experiment_is_refused_by_the_key_that_differs(folder, tiny):
    folder.run(settings=["training.epochs=21"], output="other.h5")

    message = refuse_merge(folder, tiny, "other.h5", "-o", "merged.h5")

    assert "merge other.h5: belongs to another experiment than" in message
    assert "training.epochs: 20 there, 21 here" in message
    assert "merged.h5" not in folder.content()


@pytest.mark.parametrize("text", ["git_commit", "compiler", "instruction_set"])
def test_part_of_another_build_is_named_with_what_differs(folder, tiny, text):
    shutil.copy(tiny, folder.path / "part.h5")
    with h5py.File(folder.path / "part.h5", "r+") as file:
        own = file[f"provenance/{text}"].asstr()[()]
        file[f"provenance/{text}"][()] = "another"

    merged = folder.call("merge", tiny, "part.h5", "-o", "merged.h5")
    folder.write("experiment.toml", TINY)
    resumed = folder.call("run", "experiment.toml", "-o", "part.h5", "--resume")

    assert merged.code == resumed.code == 0
    assert f"warning: part.h5 was begun by another build than {tiny}" in merged.errors
    assert f"differ in:\n  {text}: another there, {own} here\n" in merged.errors
    assert f"differ in:\n  {text}: another in the file, {own} now\n" in resumed.errors


def test_existing_output_is_replaced_only_when_asked(folder, tiny):
    folder.run(output="merged.h5", settings=["experiment.seed=4"])

    assert "the file exists; add --overwrite" in refuse_merge(folder, tiny, "-o", "merged.h5")
    assert folder.call("merge", tiny, "-o", "merged.h5", "--overwrite").code == 0

    assert folder.digest("merged.h5") == folder.digest(tiny)


def test_merge_that_fails_late_leaves_nothing_behind(folder, tiny):
    message = refuse_merge(folder, tiny, "-o", "merged.h5", launcher=NO_MPI_IO)  # opened so for its statistics

    assert "cannot be opened with MPI-IO" in message


def test_output_is_none_of_the_inputs(folder):
    folder.run()

    assert "is one of the files to merge (out.h5)" in refuse_merge(folder, "out.h5", "-o", "out.h5", "--overwrite")


def test_merge_is_refused_on_several_ranks(folder, tiny):
    outcome = folder.call("merge", tiny, "-o", "merged.h5", ranks=2)

    assert outcome.code == 2
    assert "merge: works on one rank, not on 2" in outcome.errors


@pytest.mark.parametrize("shard", ["0/4", "5/4", "1/0", "a/b", "2", "1/2/3", "-1/2", "1/1000001"])
def test_impossible_share_is_refused(folder, shard):
    folder.write("experiment.toml", TINY)

    message = folder.refusal("run", "experiment.toml", "-o", "out.h5", f"--shard={shard}")

    assert f"--shard {shard}: is no share of the tasks; allowed: i/N with 1 <= i <= N" in message


def test_stopped_share_says_how_to_go_on_with_it(folder):
    folder.write("experiment.toml", TINY)

    outcome = folder.call("run", "experiment.toml", "-o", "out.h5", "--shard", "1/3", "--time-limit", "0.001")

    assert outcome.code == 3
    assert "curldescent run experiment.toml -o out.h5 --resume --shard 1/3" in outcome.errors
    assert "share 1/3: 4 of its runs are pending\n" in folder.call("status", "out.h5").output


@pytest.mark.parametrize("shard", ["1/3", "2/4"])
def test_part_does_not_go_on_as_another_share(folder, shard):
    run_shares(folder, [2])

    message = folder.refusal("run", "experiment.toml", "-o", "part2.h5", "--resume", "--shard", shard)

    assert f"--shard {shard}: part2.h5 was begun for share 2/3; go on with --shard 2/3" in message


def test_part_without_a_share_gets_all_runs(folder, tiny):
    run_shares(folder, [2])

    outcome = folder.call("run", "experiment.toml", "-o", "part2.h5", "--resume")

    assert outcome.code == 0
    assert "part2.h5 was begun for share 2/3; without --shard it gets the runs of all" in outcome.errors
    assert folder.digest("part2.h5") == folder.digest(tiny)


def test_whole_file_may_go_on_in_shares(folder):
    folder.run()

    outcome = folder.call("run", "experiment.toml", "-o", "out.h5", "--resume", "--shard", "1/3")

    assert outcome.code == 0, outcome.errors


def test_part_that_grows_says_that_shares_are_dealt_anew(folder, make_folder):
    parts = run_shares(folder)
    four = make_folder("four").run(settings=["experiment.replicates=4"])

    for k, part in enumerate(parts, start=1):
        grown = folder.call(
            "run", "experiment.toml", "-o", part, "--resume", "--replicates", 4, "--shard", f"{4 - k}/{SHARES}"
        )
        assert grown.code == 0, grown.errors
        assert f"warning: {part}: with more replicates the tasks are dealt anew" in grown.errors
        assert f"share {4 - k}/3: 0 of its runs are pending" in folder.call("status", part).output

    assert folder.call("merge", *parts, "-o", "merged.h5").code == 0
    assert folder.digest("merged.h5") == folder.digest(four)
