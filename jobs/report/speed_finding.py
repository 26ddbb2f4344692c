"""Is curl descent faster than gradient descent: the stored comparison of epochs to a threshold, point by point."""

import csv
from pathlib import Path

import numpy as np
from finding import Finding, markdown_table
from labels import value_label
from results import Results
from speed import Points, pairs_of, speed_text, verdict
from threshold_epochs import NAME, epochs_to_threshold

COLUMNS = ("ratio", "ratio_low", "ratio_high", "wins", "losses", "ties", "wilcoxon_p", "wilcoxon_p_holm")


def fits(results: Results) -> bool:
    return f"{NAME}_vs_baseline_ratio" in results.data and "curl-descent" in results.rules


def comparison(results: Results) -> dict[str, np.ndarray]:
    """Curl descent against the baseline at the last threshold, by column: [point]"""
    data = results.data.sel(rule="curl-descent").isel(threshold=-1)
    return {column: data[f"{NAME}_vs_baseline_{column}"].values for column in COLUMNS}


def labels_of(results: Results) -> list[str]:
    return [" ".join(value_label(axis.values[axis.index[k]]) for axis in results.axes)
            for k in range(results.data.sizes["point"])]


def find(results: Results, name: str, folder: Path) -> list[Finding]:
    numbers, labels = comparison(results), labels_of(results)
    header = " ".join(axis.name for axis in results.axes)
    write_csv(folder / f"{name}-comparison.csv", header, labels, numbers)
    epochs, baseline = epochs_of(results, "curl-descent"), epochs_of(results, baseline_of(results))
    pairs = pairs_of(epochs, baseline)
    points = points_of(numbers, np.isfinite(epochs).any(1) | np.isfinite(baseline).any(1))
    answer = verdict(pairs, points)
    rows = [[label, *(number(numbers[column][k]) for column in COLUMNS)] for k, label in enumerate(labels)]
    note = (f"Epochs to a test loss of {epochs_to_threshold(results).threshold:g}, curl descent against gradient "
            "descent, replicate by replicate; a run that never gets there took longer than any that did. ratio: of "
            f"medians, with a bootstrap interval. A point of {results.replicates} pairs has "
            f"p = {2 / 2**results.replicates:.2g} at least, before Holm's factor of up to {points.reached}. Also in "
            f"[{name}-comparison.csv]({name}-comparison.csv).")
    return [Finding("Is curl descent faster?", answer, speed_text(pairs, points, answer),
                    [note, markdown_table([header, *COLUMNS], rows)])]


def epochs_of(results: Results, rule: str) -> np.ndarray:
    """To the last threshold: [point, replicate], NaN where a run never gets there or its pair is not finished."""
    data = results.data[NAME].isel(threshold=-1).transpose("rule", "point", "replicate")
    meanings = results.data["status"].attrs["flag_meanings"].split()
    finished = results.data["status"].isin([meanings.index("done"), meanings.index("diverged")])
    both = finished.sel(rule=["curl-descent", baseline_of(results)]).all("rule").transpose("point", "replicate")
    return np.where(both.values, data.sel(rule=rule).values, np.nan)


def baseline_of(results: Results) -> str:
    return results.settings()["analysis"]["baseline"]


def points_of(numbers: dict[str, np.ndarray], reached: np.ndarray) -> Points:
    significant = numbers["wilcoxon_p_holm"] < 0.05
    faster, slower = numbers["wins"] > numbers["losses"], numbers["wins"] < numbers["losses"]
    return Points(int(reached.sum()), int((~reached).sum()), int((significant & faster).sum()),
                  int((significant & slower).sum()))


def number(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.3g}"


def write_csv(path: Path, header: str, labels: list[str], numbers: dict[str, np.ndarray]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([header, *numbers])
        for k, label in enumerate(labels):
            writer.writerow([label, *(f"{column[k]:.6g}" for column in numbers.values())])
