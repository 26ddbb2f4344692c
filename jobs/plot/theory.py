"""What theory says exactly about the boundary of stability of the solution manifold."""

from dataclasses import dataclass

from results import Results


@dataclass(frozen=True)
class BoundaryPoint:
    ratio: float
    hidden_flip_fraction: float
    label: str  # in mathtext
    sentence: str


ALL_FLIPPED = BoundaryPoint(
    ratio=0.25,
    hidden_flip_fraction=1.0,
    label=r"theory's boundary: $c = 1/4$",
    sentence="theory: with the whole hidden layer flipped (alpha_h = 1) the solution manifold is stable for "
             "c = M/N < 1/4, unstable for c > 1/4",
)


def exact_boundary(results: Results, rule: str) -> BoundaryPoint | None:
    """The known point, where the picture holds it: curl descent over c and alpha_h, without flips in the readout."""
    if rule != "curl-descent" or [axis.name for axis in results.axes] != ["ratio", "hidden_flip_fraction"]:
        return None
    ratios, fractions = (axis.values for axis in results.axes)
    inside = ratios.min() <= ALL_FLIPPED.ratio <= ratios.max() and fractions.max() == ALL_FLIPPED.hidden_flip_fraction
    readout_flipped = bool((results.data["readout_flips"] != 0).any())
    return ALL_FLIPPED if inside and not readout_flipped else None
