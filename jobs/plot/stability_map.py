"""Figure 2, where theory says that the solution manifold is stable: python3 jobs/plot/stability_map.py FOLDER

Reads fig2-hidden.csv and fig2-readout.csv, which `curldescent theory edge` wrote over a grid of ratios and fractions of
one layer, and writes the map, fig2-stability-map.png, and a section for a report, fig2.md, beside them.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from labels import SYMBOLS
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

LAYERS = ("hidden", "readout")
LEAST, GREATEST = -1.0, 1.0  # of the colours: only the sign decides


@dataclass(frozen=True)
class Map:
    layer: str
    ratios: np.ndarray
    fractions: np.ndarray
    edge: np.ndarray  # lower edge of the spectrum, [ratio, fraction]: stable where it is positive

    def stable(self) -> np.ndarray:
        return self.edge > 0

    def sentence(self) -> str:
        """Which ratios, the low ones, are stable at every fraction, and how much is stable at all."""
        always = self.ratios[self.stable().all(axis=1)]
        text = "at no ratio stable at every fraction"
        if len(always):
            text = f"stable at every fraction up to c = {always.max():.3g}"
        return (f"Flips of the {self.layer} layer: {text}; {100 * self.stable().mean():.1f} % of the "
                f"{len(self.ratios)} x {len(self.fractions)} points are stable.")


def read_map(path: Path, layer: str) -> Map:
    names = path.open().readline().strip().split(",")
    table = dict(zip(names, np.loadtxt(path, delimiter=",", skiprows=1).T))
    ratios, fractions = (np.unique(table[name]) for name in ("ratio", f"{layer}_flip_fraction"))
    order = np.lexsort((table[f"{layer}_flip_fraction"], table["ratio"]))
    return Map(layer, ratios, fractions, table["lower_edge"][order].reshape(len(ratios), len(fractions)))


def draw(maps: list[Map]) -> Figure:
    figure = Figure(figsize=(2.4 + 4.2 * len(maps), 4.8), layout="constrained")
    panels = figure.subplots(1, len(maps), squeeze=False)[0]
    for panel, one in zip(panels, maps):
        cells = panel.pcolormesh(one.ratios, one.fractions, one.edge.T, cmap="RdBu", vmin=LEAST, vmax=GREATEST,
                                 shading="nearest", rasterized=True)
        panel.contour(one.ratios, one.fractions, one.edge.T, levels=[0.0], colors="black", linewidths=2)
        panel.set(xscale="log", ylim=(0, 1))
        panel.set_xlabel(SYMBOLS["ratio"], fontsize=14)
        panel.set_ylabel(SYMBOLS[f"{one.layer}_flip_fraction"], fontsize=14)
        panel.tick_params(labelsize=12)
    bar = figure.colorbar(cells, ax=list(panels), extend="both", pad=0.02, aspect=22)
    bar.set_label("lower edge of the spectrum", fontsize=12)
    zero = Line2D([], [], color="black", linewidth=2, label="zero: stable where it is positive (blue)")
    figure.legend(handles=[zero], loc="lower center", frameon=False, fontsize=12)
    figure.get_layout_engine().set(rect=(0, 0.08, 1, 0.92))
    return figure


def section(maps: list[Map]) -> str:
    tables = " and ".join(f"`fig2-{one.layer}.csv`" for one in maps)
    return "\n\n".join(["## fig2: where theory says that the solution manifold is stable",
                        "![fig2: stability map](fig2-stability-map.png)",
                        *(one.sentence() for one in maps),
                        "Theory alone, by `curldescent theory edge`; `bash jobs/reproduce.sh fig2` writes the numbers "
                        f"to {tables}."]) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="stability_map", description="Draws figure 2 of its two tables.")
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="holds fig2-hidden.csv and fig2-readout.csv")
    folder = parser.parse_args().folder
    try:
        maps = [read_map(folder / f"fig2-{layer}.csv", layer) for layer in LAYERS]
        draw(maps).savefig(folder / "fig2-stability-map.png", dpi=90)
        (folder / "fig2.md").write_text(section(maps))
    except OSError as error:
        print(f"stability_map: {error}", file=sys.stderr)
        return 2
    print(folder / "fig2.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
