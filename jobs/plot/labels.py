"""How keys, rules and values are written in pictures: the symbols of the paper, in mathtext."""

import textwrap

import numpy as np
from results import Axis

SYMBOLS = {
    "ratio": "inputs per hidden unit, $c = M/N$",
    "hidden_flip_fraction": r"flipped fraction $\alpha_h$ (hidden layer)",
    "readout_flip_fraction": r"flipped fraction $\alpha_r$ (readout)",
    "readout_flips": "flipped readout neurons",
    "samples": "training samples, $P$",
    "student_scale": "scale of the student's weights",
    "teacher_scale": "scale of the teacher's weights",
}


def axis_label(axis: Axis) -> str:
    """The symbol, or the key and its meaning up to a semicolon, in lines that fit."""
    meaning = axis.long_name.partition(";")[0]
    return SYMBOLS.get(axis.name) or textwrap.fill(f"{axis.name}: {meaning}".removesuffix(": "), width=40)


def rule_label(rule: str) -> str:
    return rule.replace("-", " ")


def counted(number: int, noun: str) -> str:
    """Such as "1 run", "2 runs"."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def value_label(value) -> str:
    return f"{value:.3g}" if isinstance(value, (float, np.floating)) else str(value)
