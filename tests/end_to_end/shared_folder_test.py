"""What a run needs of the file system, missing: all ranks end with one message, and nothing is left or lost."""

import h5py

from conftest import NO_MPI_IO, PROGRAM, TINY, start_command, wait_for_outcome


def run_on_two_hosts(folder, *arguments, hosts=("first", "second"), second=()):
    """The outcome of a run whose two ranks stand in folders of their own, as hosts that share no files would, the
    second of them started by a command of its own."""
    command = ["mpirun", "--oversubscribe"]
    for host, launcher in zip(hosts, ((), second)):
        command += ["-n", "1", "-wdir", str(folder.path / host), *launcher, str(PROGRAM), *arguments, ":"]
    return wait_for_outcome(start_command(command[:-1], folder.path))


def two_hosts(folder):
    for host in ("first", "second"):
        (folder.path / host).mkdir()
    folder.write("first/tiny.toml", TINY)


def test_file_system_without_mpi_io_is_refused(folder):
    folder.write("tiny.toml", TINY)

    outcome = folder.call("run", "tiny.toml", "-o", "out.h5", launcher=NO_MPI_IO)

    assert outcome.code == 2
    assert "MPI-IO" in outcome.errors and "choose another folder" in outcome.errors
    assert sorted(folder.content()) == ["tiny.toml"]


def test_host_without_mpi_io_is_refused(folder):
    """It alone cannot open the file; the others must not wait for it."""
    folder.write("tiny.toml", TINY)

    outcome = run_on_two_hosts(folder, "run", "tiny.toml", "-o", "out.h5", hosts=(".", "."), second=NO_MPI_IO)

    assert outcome.code == 2
    assert outcome.errors.count("files cannot be written in parallel there, says rank 1 on") == 1
    assert sorted(folder.content()) == ["tiny.toml"]


def test_statistics_with_a_host_without_mpi_io_are_refused(folder):
    folder.run()
    before = folder.content()

    outcome = run_on_two_hosts(folder, "statistics", "out.h5", hosts=(".", "."), second=NO_MPI_IO)

    assert outcome.code == 2
    assert outcome.errors.count("curldescent: rank 1 on") == 1 and "MPI-IO open failed" in outcome.errors
    assert folder.content() == before


def test_file_system_without_mpi_io_does_not_cost_the_old_results(folder):
    folder.run()
    before = folder.content()

    outcome = folder.call("run", "experiment.toml", "-o", "out.h5", "--overwrite", launcher=NO_MPI_IO)

    assert outcome.code == 2
    assert folder.content() == before


def test_output_that_only_one_host_sees_is_refused(folder):
    two_hosts(folder)

    outcome = run_on_two_hosts(folder, "run", "tiny.toml", "-o", "out.h5")

    assert outcome.code == 2
    assert outcome.errors.count("give an output on a file system that all hosts share") == 1
    assert sorted(folder.content()) == ["first/tiny.toml"]


def test_data_that_only_one_host_sees_is_refused(folder):
    two_hosts(folder)
    with h5py.File(folder.path / "first" / "data.h5", "w") as data:
        data["student_hidden"] = [[1.0] * 4] * 6
    output = str(folder.path / "out.h5")

    outcome = run_on_two_hosts(folder, "run", "tiny.toml", "-o", output, "--set", "data.file=data.h5")

    assert outcome.code == 2
    assert outcome.errors.count("there is no such file") == 1
    assert "rank 1 on" in outcome.errors
    assert sorted(folder.content()) == ["first/data.h5", "first/tiny.toml"]
