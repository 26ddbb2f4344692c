"""On a CPU that lacks instructions it was built with, the program says so, and does not die of the first of them."""

import platform
import signal

import pytest

REFUSAL = "lacks instructions that this program was built with:"

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="only x86 programs are built for one CPU")


def call_on(cpu, folder):
    """The outcome of `curldescent --version` on an emulated CPU."""
    return folder.call("--version", launcher=["qemu-x86_64", "-cpu", cpu])


def names_of(message):
    """The instruction sets that a refusal names."""
    return set(message.partition(REFUSAL)[2].partition(";")[0].split())


@pytest.mark.parametrize(("cpu", "model"), [("Nehalem", "Core i7 9xx"), ("qemu64", "QEMU Virtual CPU")])
def test_an_old_cpu_is_refused_in_one_line(cpu, model, folder):
    outcome = call_on(cpu, folder)

    assert (outcome.code, outcome.output) == (2, "")
    assert outcome.errors.startswith("curldescent: this CPU (") and outcome.errors.count("\n") == 1
    assert model in outcome.errors and "--portable" in outcome.errors
    assert {"avx2", "fma"} <= names_of(outcome.errors)


def test_what_is_missing_is_part_of_what_the_results_name(folder, tiny_file):
    built_for = tiny_file["provenance/instruction_set"].asstr()[()].split()

    missing = names_of(call_on("Nehalem", folder).errors)

    assert missing < set(built_for)
    assert "sse4.2" in built_for and "sse4.2" not in missing


def test_no_instruction_is_met_before_the_check(folder):
    outcome = call_on("max", folder)  # all that the emulator knows: AVX2, but no AVX-512

    assert outcome.code != -signal.SIGILL
    assert outcome.code == 0 or (outcome.code == 2 and REFUSAL in outcome.errors)
