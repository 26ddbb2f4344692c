"""The report: a section for each results file, with its picture beside it."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import xarray as xr

import boundary_finding
import control_finding
import regime_finding
import speed_finding
from claims import claim_of
from cost import core_hours
from finding import Finding, markdown_table
from pictures import PICTURES, fitting_pictures, picture_of
from results import Results, check_complete, open_results

FINDINGS = (boundary_finding, regime_finding, speed_finding, control_finding)
EXTRA = {"regimes": ["lyapunov"]}  # drawn beside the default
RESOLUTION = 90  # dots an inch
PAPER = Path(__file__).resolve().parents[1] / "paper"
RULE = (
    "Verdicts are by rule: at least four fifths of the curves or runs as claimed: agrees; at least half: agrees in "
    "part; fewer: disagrees. Boundaries that lie to one side of what was predicted by more than chance lose a grade; "
    "where the exact boundary of these finite networks agrees and theory's of large ones does not, that is said. Of "
    "chaos: more of it beyond theory's boundary than before agrees where most runs beyond have it, in part where fewer "
    "do; no more of it disagrees. Of speed: faster over all pairs and slower at no point agrees, faster at single "
    "points only agrees in part, slower disagrees, neither is no difference found. Made by `python3 jobs/report`.")


@dataclass(frozen=True)
class Section:
    name: str
    text: str
    row: list[str]  # of the summary table
    definitions: list[str]


def section(path: Path, folder: Path, program: Path) -> Section:
    """Raises PlotError for a file that is none of results, or not complete."""
    name = path.stem
    with open_results(path) as results:
        check_complete(results)
        findings = [finding for module in FINDINGS if module.fits(results)
                    for finding in module.find(results, name, folder)]
        predicted, actual = core_hours(results)
        settings = results.settings()
        lines = [f"## {name}: {settings['experiment']['name'].partition(': ')[2]}",
                 what_was_run(results, settings), costs(path, predicted, actual),
                 f"Digest: `{digest(path, program)}`", *pictures(results, name, folder)]
        if (claim := claim_of(settings["experiment"]["name"])) and "curl-descent" in results.rules:
            lines.append(f"The paper: {claim}")
        for finding in findings:
            lines += finding_lines(finding)
        verdict = "; ".join(f"{finding.heading.lower().rstrip('?')}: **{finding.verdict}**" for finding in findings)
        processor = processor_hours(path)
        row = [f"[{name}](#{name})", verdict or "-", f"{predicted:.3g}", f"{actual:.3g}",
               "-" if processor is None else f"{processor:.3g}"]
        return Section(name, "\n\n".join(lines), row, [one.definition for one in findings if one.definition])


def finding_lines(finding: Finding) -> list[str]:
    return [f"### {finding.heading}", f"**{finding.verdict}**: {finding.summary}.", *finding.lines]


def what_was_run(results: Results, settings: dict) -> str:
    swept = " x ".join(f"{len(axis)} {axis.name}" for axis in results.axes) or "one point"
    changes = overrides(results.path)
    status = results.data["status"]
    counts = {meaning: int((status == k).sum()) for k, meaning in enumerate(status.attrs["flag_meanings"].split())}
    became = ", ".join(f"{count} {meaning}" for meaning, count in counts.items() if count)
    return (f"Run: {swept}, {', '.join(results.rules)}, {results.replicates} replicates, "
            f"{settings['training']['epochs']} epochs; {status.size} runs: {became}."
            + (f" Changed from {experiment_file(results.path)}: `{changes}`." if changes else ""))


def overrides(path: Path) -> str:
    """The last value of every key that was set."""
    lines = [line.partition("=") for line in provenance(path, "overrides").splitlines()]
    return " ".join(f"{key}={value}" for key, value in {key: value for key, _, value in lines}.items())


def experiment_file(path: Path) -> str:
    """What a run was changed from: a file of jobs/paper, or the name of another."""
    name = Path(provenance(path, "experiment_file")).name
    return f"jobs/paper/{name}" if (PAPER / name).exists() else name


def provenance(path: Path, name: str) -> str:
    with xr.open_dataset(path, engine="h5netcdf", group="provenance") as group:
        return str(group[name].values)


def costs(path: Path, predicted: float, actual: float) -> str:
    processor = processor_hours(path)
    extra = "" if processor is None else f", {processor:.3g} of processor time"
    return f"Core-hours: {predicted:.3g} predicted, {actual:.3g} by the clock{extra}."


def processor_hours(path: Path) -> float | None:
    """From NAME.cpu_seconds beside the results, one line a session; None where there is no such file."""
    note = path.with_suffix(".cpu_seconds")
    return sum(map(float, note.read_text().split())) / 3600 if note.exists() else None


def digest(path: Path, program: Path) -> str:
    try:
        outcome = subprocess.run([program, "digest", path], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return f"not computed: {program} did not answer"
    return outcome.stdout.split()[0]


def pictures(results: Results, name: str, folder: Path) -> list[str]:
    """Draws the default picture and those that belong beside it; the lines that show them."""
    first = fitting_pictures(results)[0]
    lines = []
    for kind in [first, *EXTRA.get(first, [])]:
        if PICTURES[kind].fits(results):
            picture_of(results, kind).draw(results).savefig(folder / f"{name}-{kind}.png", dpi=RESOLUTION)
            lines.append(f"![{name}: {PICTURES[kind].SUMMARY}]({name}-{kind}.png)")
    return lines


def document(sections: list[Section]) -> str:
    table = markdown_table(["experiment", "verdict", "core-hours predicted", "by the clock", "of processor time"],
                           [one.row for one in sections])
    definitions = dict.fromkeys(definition for one in sections for definition in one.definitions)
    texts = ["# The paper's experiments, measured", RULE, *definitions, table, *(one.text for one in sections)]
    return "\n\n".join(texts) + "\n"
