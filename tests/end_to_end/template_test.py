"""What a new user meets first: --help, --version and the template."""

import re
import tomllib

import pytest

COMMANDS = ["run", "plan", "status", "verify", "digest", "statistics", "compare", "theory", "template"]
SECTIONS = ["experiment", "network", "initialization", "plasticity", "training", "data", "analysis", "sweep"]
SMALL = ["experiment.replicates=1", "network.inputs=4", "network.hidden=6", "training.epochs=3", "training.samples=20"]


@pytest.fixture(name="template")
def print_template(folder):
    """The text of the template."""
    outcome = folder.call("template")
    assert (outcome.code, outcome.errors) == (0, "")
    return outcome.output


def test_help_goes_to_standard_output_with_commands_examples_and_exit_codes(folder):
    outcome = folder.call("--help")

    assert (outcome.code, outcome.errors) == (0, "")
    assert [command for command in COMMANDS if f"\n  {command} " not in outcome.output] == []
    assert "mpirun -n 8 curldescent run" in outcome.output
    assert "Exit codes: 0 done; 1 failed; 2 bad input" in outcome.output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_on_standard_output(folder, command):
    outcome = folder.call(command, "--help")

    assert (outcome.code, outcome.errors) == (0, "")
    assert f"Usage: curldescent {command} " in outcome.output


def test_help_of_run_names_every_option(folder):
    output = folder.call("run", "--help").output

    options = ["--output", "--resume", "--overwrite", "--set", "--progress"]
    assert [option for option in options if option not in output] == []


def test_version_goes_to_standard_output(folder):
    outcome = folder.call("--version")

    assert (outcome.code, outcome.errors) == (0, "")
    assert outcome.output.startswith("curldescent ") and outcome.output.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["template"], ["run", "--help"]])
def test_only_one_rank_speaks(folder, arguments):
    assert folder.call(*arguments, ranks=3) == folder.call(*arguments)


def test_template_is_toml_with_every_section(template):
    assert list(tomllib.loads(template)) == SECTIONS


def test_template_runs_when_made_small(folder, template):
    results = folder.run(template, settings=SMALL)

    assert folder.call("verify", results).code == 0


def test_template_is_the_experiment_of_an_empty_file(folder, template):
    from_template = folder.run(template, settings=SMALL, output="template.h5")
    from_nothing = folder.run("", settings=SMALL, output="nothing.h5")

    assert folder.digest(from_template) == folder.digest(from_nothing)


@pytest.mark.parametrize(
    "left_out",
    [
        ["total_neurons", "ratio", "hidden_flip_fraction", "readout_flip_fraction"],
        ["inputs", "hidden", "hidden_flips", "readout_flips"],
    ],
    ids=["numbers", "shares"],
)
def test_commented_keys_of_the_template_may_be_uncommented(folder, template, left_out):
    """All but those that exclude each other."""
    kept_out = "|".join(f"{key} " for key in left_out)
    text, count = re.subn(rf"^# (?!{kept_out})(\w+ = .*# when absent)", r"\1", template, flags=re.MULTILINE)
    assert count == 7

    results = folder.run(text, settings=["experiment.replicates=1", "training.epochs=2"])

    assert folder.call("verify", results).code == 0
