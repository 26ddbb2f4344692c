"""Writes tests/fixtures/learning_map.toml: short training runs of the NumPy reference that the C++ program must repeat.

    python3 make_fixtures.py            write the file
    python3 make_fixtures.py --check    compare the file with freshly computed runs; exit 1 if a case differs
"""

import argparse
import sys
import tomllib
from pathlib import Path

import numpy as np

import reference

FIXTURES_FILE = Path(__file__).resolve().parent.parent / "fixtures" / "learning_map.toml"
RELATIVE_TOLERANCE = 1e-13  # of the largest entry of an array
SMALLEST_UPDATE_COUNT = 50
HEADER = "# Written by tests/reference/make_fixtures.py from tests/reference/reference.py; do not edit by hand.\n"

COLUMNS = "seed rule activation output_activation output_delta side outputs batch_kind norm teacher flips".split()
CASES = """
1  gradient-descent        linear  linear  error    postsynaptic 1 full     free same  none
2  gradient-descent        linear  linear  gradient presynaptic  3 dividing kept other none
3  gradient-descent        tanh    tanh    error    postsynaptic 1 dividing free other none
4  gradient-descent        tanh    tanh    gradient presynaptic  3 short    kept same  none
5  gradient-descent        tanh    linear  error    presynaptic  1 short    free other none
6  gradient-descent        relu    relu    error    presynaptic  3 dividing kept other none
7  gradient-descent        relu    relu    gradient postsynaptic 1 short    free same  none
8  gradient-descent        relu    linear  gradient postsynaptic 3 full     kept other none
52 gradient-descent        relu    relu    gradient presynaptic  3 single   free same  none
9  gradient-descent        sigmoid sigmoid error    postsynaptic 3 full     free other none
10 gradient-descent        sigmoid sigmoid gradient presynaptic  1 full     kept same  none
11 gradient-descent        sigmoid linear  error    presynaptic  3 dividing free same  none
12 curl-descent            linear  linear  error    presynaptic  1 full     kept same  readout
13 curl-descent            linear  linear  gradient presynaptic  3 full     free other hidden
14 curl-descent            linear  linear  error    postsynaptic 1 short    kept same  real
15 curl-descent            linear  linear  error    presynaptic  1 dividing free other both
16 curl-descent            linear  linear  gradient postsynaptic 1 full     free other hidden
17 curl-descent            tanh    tanh    error    presynaptic  3 dividing kept same  hidden
18 curl-descent            tanh    tanh    gradient postsynaptic 1 short    kept other both
19 curl-descent            tanh    linear  gradient postsynaptic 1 short    kept other hidden
20 curl-descent            tanh    tanh    gradient presynaptic  3 short    kept other real
21 curl-descent            tanh    tanh    error    presynaptic  1 single   kept same  both
51 curl-descent            tanh    tanh    error    presynaptic  1 dividing kept same  readout
22 curl-descent            relu    relu    error    postsynaptic 1 dividing kept other real
85 curl-descent            relu    relu    gradient postsynaptic 3 full     kept same  both
24 curl-descent            relu    linear  error    postsynaptic 3 short    free same  readout
25 curl-descent            sigmoid sigmoid error    presynaptic  1 short    free same  both
26 curl-descent            sigmoid sigmoid gradient postsynaptic 1 dividing kept other readout
27 curl-descent            sigmoid linear  gradient presynaptic  1 short    free other real
55 curl-descent            sigmoid sigmoid gradient postsynaptic 3 full     free same  real
28 feedback-alignment      linear  linear  error    presynaptic  1 short    kept other none
29 feedback-alignment      linear  linear  gradient postsynaptic 3 short    free same  none
30 feedback-alignment      tanh    tanh    error    postsynaptic 1 short    free same  none
31 feedback-alignment      tanh    tanh    gradient postsynaptic 3 full     free other none
32 feedback-alignment      tanh    linear  error    presynaptic  3 full     kept same  none
33 feedback-alignment      relu    relu    error    postsynaptic 3 dividing free other none
34 feedback-alignment      relu    relu    gradient presynaptic  1 full     kept same  none
35 feedback-alignment      relu    linear  gradient presynaptic  1 dividing free same  none
36 feedback-alignment      sigmoid sigmoid error    postsynaptic 3 dividing kept same  none
37 feedback-alignment      sigmoid sigmoid gradient presynaptic  3 short    free other none
38 feedback-alignment      sigmoid linear  error    postsynaptic 1 full     kept other none
78 feedback-alignment      sigmoid sigmoid error    postsynaptic 1 single   kept other none
39 curl-feedback-alignment linear  linear  error    postsynaptic 3 dividing kept other both
72 curl-feedback-alignment linear  linear  gradient presynaptic  1 dividing free same  both
57 curl-feedback-alignment linear  linear  error    postsynaptic 3 single   free other real
42 curl-feedback-alignment tanh    tanh    error    presynaptic  3 full     free other both
43 curl-feedback-alignment tanh    tanh    gradient presynaptic  1 full     kept same  real
63 curl-feedback-alignment tanh    linear  gradient postsynaptic 3 dividing free other real
45 curl-feedback-alignment relu    relu    error    presynaptic  3 short    kept other hidden
46 curl-feedback-alignment relu    relu    gradient presynaptic  1 full     free other readout
47 curl-feedback-alignment relu    linear  error    postsynaptic 1 full     free same  hidden
48 curl-feedback-alignment sigmoid sigmoid error    presynaptic  3 short    kept other readout
53 curl-feedback-alignment sigmoid sigmoid gradient presynaptic  1 dividing free same  hidden
50 curl-feedback-alignment sigmoid linear  gradient postsynaptic 3 short    kept same  real
"""

SAMPLES_AND_BATCH = {"full": (11, 11), "dividing": (12, 4), "short": (17, 7), "single": (13, 1)}  # P, B
LEARNING_RATES = {"full": 0.1, "dividing": 0.25, "short": 0.2, "single": 0.5}  # eta
STUDENT_SCALE = TEACHER_SCALE = 2.0
FEEDBACK_SCALE = 2.0
EXTRA_TEACHER_UNITS = 3
REAL_SIGNS = {
    "hidden": [0.3, -0.7, 0.0, 1.0, -1.0, 0.55, -0.15, 0.8],
    "readout": [-0.7, 0.0, 0.3, 1.0, -0.25, 0.6, -1.0, 0.9],
}


def read_case_rows():
    """The table CASES as one dictionary of words a row."""
    return [dict(zip(COLUMNS, row.split(), strict=True)) for row in CASES.strip().splitlines()]


def name_case(row):
    """Such as "curl-descent, tanh, linear output, error delta, presynaptic both signs, O = 1, short batch, ..."."""
    signs = f"{row['side']} {row['flips']} signs, " if row["flips"] != "none" else ""
    return (
        f"{row['rule']}, {row['activation']}, {row['output_activation']} output, {row['output_delta']} delta, {signs}"
        f"O = {row['outputs']}, {row['batch_kind']} batch, {row['norm']} norm, {row['teacher']} teacher"
    )


def draw_uniform_weights(random, rows, columns, scale):
    """U(-s/sqrt(columns), s/sqrt(columns)), [rows x columns]."""
    return random.uniform(-1.0, 1.0, (rows, columns)) * scale / np.sqrt(columns)


def make_signs(flips, layer, count):
    """The first half, rounded up, flipped; real-valued strengths; or all +1 when the layer has no flips."""
    if flips == "real":
        return np.array(REAL_SIGNS[layer][:count])
    flipped = (count + 1) // 2 if flips in (layer, "both") else 0
    return np.where(np.arange(count) < flipped, -1.0, 1.0)


def draw_order(random, P, B):
    """Permutations of the samples, one an epoch, for at least SMALLEST_UPDATE_COUNT updates; [epochs x P]."""
    updates_per_epoch = -(-P // B)
    epochs = -(-SMALLEST_UPDATE_COUNT // updates_per_epoch)
    if B == P:
        return np.tile(np.arange(P), (epochs, 1))
    return np.array([random.permutation(P) for _ in range(epochs)])


def make_problem(row):
    """The data, order, student start and feedback matrix of one case: (X, Y, order, W1, W2, Feedback)."""
    seed, O = int(row["seed"]), int(row["outputs"])
    random = np.random.default_rng(seed)
    M, N = 5 + seed % 3, 6 + seed // 3 % 3
    N_T = N if row["teacher"] == "same" else N + EXTRA_TEACHER_UNITS
    P, B = SAMPLES_AND_BATCH[row["batch_kind"]]

    X = random.normal(0.0, np.sqrt(0.5), (M, P))
    teacher = draw_uniform_weights(random, N_T, M, TEACHER_SCALE), draw_uniform_weights(random, O, N_T, TEACHER_SCALE)
    Y = reference.forward(*teacher, X, row["activation"], row["output_activation"])
    W1 = draw_uniform_weights(random, N, M, STUDENT_SCALE)
    W2 = draw_uniform_weights(random, O, N, STUDENT_SCALE)
    Feedback = draw_uniform_weights(random, O, N, FEEDBACK_SCALE).T
    return X, Y, draw_order(random, P, B), W1, W2, Feedback


def make_learning(row, W1, W2, Feedback):
    """The learning rule of one case."""
    (N, M), O = W1.shape, W2.shape[0]
    counts = (M, N) if row["side"] == "presynaptic" else (N, O)
    return reference.Learning(
        rule=row["rule"],
        activation=row["activation"],
        output_activation=row["output_activation"],
        side=row["side"],
        output_delta=row["output_delta"],
        norm_constraint=row["norm"] == "kept",
        learning_rate=LEARNING_RATES[row["batch_kind"]],
        batch=SAMPLES_AND_BATCH[row["batch_kind"]][1],
        D1=make_signs(row["flips"], "hidden", counts[0]),
        D2=make_signs(row["flips"], "readout", counts[1]),
        Feedback=Feedback,
    )


def make_case(row):
    """One fixture: settings, problem and the reference's result, as plain Python values in the order of the file."""
    X, Y, order, W1, W2, Feedback = make_problem(row)
    learning = make_learning(row, W1, W2, Feedback)
    final_W1, final_W2 = reference.train(W1, W2, X, Y, order, learning)

    def loss_at(*weights):
        Y_hat = reference.forward(*weights, X, learning.activation, learning.output_activation)
        return float(reference.loss(Y_hat, Y))

    return {
        "name": name_case(row),
        "rule": learning.rule,
        "activation": learning.activation,
        "output_activation": learning.output_activation,
        "side": learning.side,
        "output_delta": learning.output_delta,
        "norm_constraint": learning.norm_constraint,
        "learning_rate": learning.learning_rate,
        "batch": learning.batch,
        "epochs": len(order),
        "hidden_signs": learning.D1.tolist(),
        "readout_signs": learning.D2.tolist(),
        "inputs": X.T.tolist(),
        "targets": Y.T.tolist(),
        "order": order.tolist(),
        "feedback": Feedback.tolist(),
        "initial_hidden": W1.tolist(),
        "initial_readout": W2.tolist(),
        "final_hidden": final_W1.tolist(),
        "final_readout": final_W2.tolist(),
        "initial_loss": loss_at(W1, W2),
        "final_loss": loss_at(final_W1, final_W2),
    }


def make_cases():
    return [make_case(row) for row in read_case_rows()]


def format_value(value):
    """A value in TOML; a matrix has one row a line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if not isinstance(value, list):
        return repr(value)
    if value and isinstance(value[0], list):
        return "[\n" + "".join(f"{format_value(row)},\n" for row in value) + "]"
    return "[" + ",".join(repr(entry) for entry in value) + "]"


def format_cases(cases):
    """The text of the fixtures file."""
    tables = ["".join(f"{key} = {format_value(value)}\n" for key, value in case.items()) for case in cases]
    return "\n[[case]]\n".join([HEADER, *tables])


def values_agree(committed, computed):
    """Same type and shape, and equal: numbers to RELATIVE_TOLERANCE of the largest entry, all else exactly."""
    if type(committed) is not type(computed):
        return False
    if not isinstance(computed, (float, list)):
        return committed == computed
    try:
        committed, computed = np.array(committed, dtype=float), np.array(computed, dtype=float)
    except (TypeError, ValueError):
        return False
    if committed.shape != computed.shape:
        return False
    return bool(np.all(np.abs(committed - computed) <= RELATIVE_TOLERANCE * np.max(np.abs(computed))))


def find_differences(committed_cases, computed_cases):
    """One line for every value that differs, naming its case; an empty list when all agree."""
    committed_names = [case.get("name") for case in committed_cases]
    computed_names = [case["name"] for case in computed_cases]
    if committed_names != computed_names:
        odd_ones = sorted(set(map(str, committed_names)) ^ set(computed_names))
        counts = f"{len(committed_names)} cases instead of {len(computed_names)}"
        return [f"{counts}, or in another order; not in both: {odd_ones}"]
    return [
        f"{computed['name']}: {key} differs"
        for committed, computed in zip(committed_cases, computed_cases, strict=True)
        for key in [*computed, *(committed.keys() - computed.keys())]
        if key not in committed or key not in computed or not values_agree(committed[key], computed[key])
    ]


def check(path):
    """The exit code of --check: 0 when the file at `path` agrees with the reference, else 1."""
    differences = find_differences(tomllib.loads(path.read_text()).get("case", []), make_cases())
    for line in differences:
        print(line, file=sys.stderr)
    return 1 if differences else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare instead of write")
    if parser.parse_args().check:
        return check(FIXTURES_FILE)
    FIXTURES_FILE.parent.mkdir(parents=True, exist_ok=True)
    FIXTURES_FILE.write_text(format_cases(make_cases()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
