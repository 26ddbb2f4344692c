"""One answer that a results file gives to what the paper says."""

from dataclasses import dataclass, field

import numpy as np

AGREE, PARTLY, DISAGREE, NOTHING, EQUAL, FINITE = (
    "agrees", "agrees in part", "disagrees", "no verdict", "no difference found",
    "agrees at the size of these networks")


@dataclass(frozen=True)
class Finding:
    """heading: what was asked; verdict: one of the words above; lines: paragraphs of Markdown."""

    heading: str
    verdict: str
    summary: str  # the evidence in one sentence
    lines: list[str] = field(default_factory=list)
    definition: str = ""  # what the words mean; stands once in a report


def graded(agreeing: int, of: int) -> str:
    """Four fifths agree, half agree in part."""
    if of == 0:
        return NOTHING
    share = agreeing / of
    return AGREE if share >= 0.8 else PARTLY if share >= 0.5 else DISAGREE


def markdown_table(columns: list[str], rows: list[list[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def share_interval(count: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if of == 0:
        return 0.0, 1.0
    z, share = 1.959964, count / of
    centre = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * (share * (1 - share) / of + z * z / (4 * of * of)) ** 0.5
    return 0.0 if count == 0 else centre - half, 1.0 if count == of else centre + half


def share_text(count: int, of: int) -> str:
    """Count, share and interval, such as "72 of 750 (10 % [8, 12])"."""
    low, high = share_interval(count, of)
    return f"{count} of {of} ({percent(count / max(of, 1))} % [{percent(low)}, {percent(high)}])"


def percent(share: float) -> str:
    """In whole hundredths; with a digit that tells it from 0 or from 100 where it is as near as that."""
    if share in (0, 1) or 0.01 <= share <= 0.99:
        return f"{100 * share:.0f}"
    distance = float(f"{100 * min(share, 1 - share):.1g}")
    digits = max(0, -int(np.floor(np.log10(distance))))
    return f"{distance if share < 0.5 else 100 - distance:.{digits}f}"
