"""How fast an update of each shape is meant to be."""

import json
from dataclasses import dataclass
from pathlib import Path

PUBLISHED = Path(__file__).with_name("targets.json")


@dataclass(frozen=True)
class Targets:
    """Microseconds per update and run by the name of the shape, on a core with this peak."""

    fma_peak_gflops: float  # of one core
    microseconds: dict[str, float]

    def scaled(self, name: str, fma_peak_gflops: float | None) -> float | None:
        """The target of a shape on a core with another peak, in inverse proportion; None where either is unknown."""
        target = self.microseconds.get(name)
        return target and fma_peak_gflops and target * self.fma_peak_gflops / fma_peak_gflops


def read_targets(path: Path) -> Targets:
    return Targets(**json.loads(path.read_text()))
