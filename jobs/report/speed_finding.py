"""Is curl descent faster than gradient descent: the stored comparison of epochs to a threshold, point by point."""

import csv
from pathlib import Path

import numpy as np
from finding import AGREE, DISAGREE, EQUAL, PARTLY, Finding, markdown_table
from labels import value_label
from results import Results
from threshold_epochs import NAME, epochs_to_threshold

COLUMNS = ("ratio", "ratio_low", "ratio_high", "wins", "losses", "ties", "wilcoxon_p", "wilcoxon_p_holm")


def fits(results: Results) -> bool:
    return f"{NAME}_vs_baseline_ratio" in results.data and "curl-descent" in results.rules


def comparison(results: Results) -> dict[str, np.ndarray]:
    """Curl descent against the baseline at the last threshold, by column: [point]"""
    data = results.data.sel(rule="curl-descent").isel(threshold=-1)
    return {column: data[f"{NAME}_vs_baseline_{column}"].values for column in COLUMNS}


def points(results: Results) -> list[str]:
    return [" ".join(value_label(axis.values[axis.index[k]]) for axis in results.axes)
            for k in range(results.data.sizes["point"])]


def find(results: Results, name: str, folder: Path) -> list[Finding]:
    numbers, labels = comparison(results), points(results)
    header = " ".join(axis.name for axis in results.axes)
    write_csv(folder / f"{name}-comparison.csv", header, labels, numbers)
    significant = numbers["wilcoxon_p_holm"] < 0.05
    faster = significant & (numbers["wins"] > numbers["losses"])
    slower = significant & (numbers["wins"] < numbers["losses"])
    verdicts = {(True, False): AGREE, (True, True): PARTLY, (False, True): DISAGREE, (False, False): EQUAL}
    verdict = verdicts[bool(faster.any()), bool(slower.any())]
    summary = (f"curl descent is faster at {faster.sum()}, slower at {slower.sum()} of {len(labels)} points "
               f"(Wilcoxon, Holm, p < 0.05); it wins {int(numbers['wins'].sum())} pairs and loses "
               f"{int(numbers['losses'].sum())}")
    rows = [[label, *(number(numbers[column][k]) for column in COLUMNS)] for k, label in enumerate(labels)]
    note = (f"Epochs to a test loss of {epochs_to_threshold(results).threshold:g}, curl descent against gradient descent, "
            "replicate by replicate; a run that never gets there took longer than any that did. ratio: of medians, with "
            f"a bootstrap interval. Also in [{name}-comparison.csv]({name}-comparison.csv).")
    return [Finding("Is curl descent faster?", verdict, summary, [note, markdown_table([header, *COLUMNS], rows)])]


def number(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.3g}"


def write_csv(path: Path, header: str, labels: list[str], numbers: dict[str, np.ndarray]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([header, *numbers])
        for k, label in enumerate(labels):
            writer.writerow([label, *(f"{column[k]:.6g}" for column in numbers.values())])
