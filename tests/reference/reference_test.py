"""Facts that the NumPy reference and the committed fixtures must satisfy."""

import copy
import tomllib
from dataclasses import replace

import numpy as np
import pytest

import make_fixtures
import make_paired_tests
import reference

SMOOTH_ACTIVATIONS = ["linear", "tanh", "sigmoid"]
M, N, O, P = 4, 6, 3, 9
LEARNING = reference.Learning(
    rule="curl-descent",
    activation="tanh",
    output_activation="tanh",
    side="presynaptic",
    output_delta="error",
    norm_constraint=False,
    learning_rate=0.3,
    batch=4,
    D1=np.array([-1.0, -1.0, 1.0, 1.0]),
    D2=np.array([-1.0, 1.0, 1.0, 1.0, 1.0, 1.0]),
    Feedback=np.zeros((N, O)),
)


@pytest.fixture(name="problem")
def draw_problem():
    """(W1, W2, X, Y, order) of a small random problem with a short last batch."""
    random = np.random.default_rng(7)
    order = np.array([random.permutation(P) for _ in range(10)])
    return *(random.normal(0.0, 0.6, shape) for shape in [(N, M), (O, N), (M, P), (O, P)]), order


def test_two_updates_of_one_weight_each_agree_with_hand_calculation():
    """x = 1, 2 | 4 in batches of nominal size 2 of 3: eta_b = 0.2, steps 0.2/2 and then 0.2/1; every error is 1."""
    learning = replace(
        LEARNING, activation="linear", output_activation="linear", batch=2, D1=np.array([-1.0]), D2=np.array([0.5])
    )
    X, Y = np.array([[1.0, 2.0, 4.0]]), np.array([[0.0, 1.0, 0.72]])

    W1, W2 = reference.train(np.array([[2.0]]), np.array([[0.5]]), X, Y, [[0, 1, 2]], learning)

    # first batch: W1 = 2 + 0.1 * 0.5 * (1 + 2) = 2.15 and W2 = 0.5 - 0.1 * (2 + 4) * 0.5 = 0.2
    assert W1[0, 0] == pytest.approx(2.15 + 0.2 * 0.2 * 4, rel=1e-14)
    assert W2[0, 0] == pytest.approx(0.2 - 0.2 * 8.6 * 0.5, rel=1e-14)


@pytest.mark.parametrize("output_activation", SMOOTH_ACTIVATIONS)
@pytest.mark.parametrize("activation", SMOOTH_ACTIVATIONS)
def test_gradient_descent_follows_finite_difference_gradient(problem, activation, output_activation):
    """dW = -eta_b O d(loss)/dW: the loss averages over outputs and samples, the update over samples only."""
    W1, W2, X, Y, _ = problem
    X_b, Y_b = X[:, :3], Y[:, :3]
    learning = replace(
        LEARNING,
        rule="gradient-descent",
        activation=activation,
        output_activation=output_activation,
        output_delta="gradient",
    )

    def loss_at(entries):
        weights = entries[: N * M].reshape(N, M), entries[N * M :].reshape(O, N)
        return reference.loss(reference.forward(*weights, X_b, activation, output_activation), Y_b)

    increments = reference.compute_increments(W1, W2, X_b, Y_b, P, learning)

    center, h = np.concatenate([W1.ravel(), W2.ravel()]), 1e-5
    directions = h * np.eye(center.size)
    slopes = np.array([(loss_at(center + d) - loss_at(center - d)) / (2 * h) for d in directions])
    eta_b = learning.learning_rate * learning.batch / P
    np.testing.assert_allclose(np.concatenate([dW.ravel() for dW in increments]), -eta_b * O * slopes, atol=1e-9)


def test_excitatory_inhibitory_network_is_curl_descent_in_other_coordinates(problem):
    """Forward pass W D x, error carried back by W D, plasticity without D: W D follows presynaptic curl descent."""
    curl_W1, curl_W2, X, Y, order = problem
    D1, D2 = np.diag(LEARNING.D1), np.diag(LEARNING.D2)
    W1, W2 = curl_W1 @ D1, curl_W2 @ D2

    for b in (b for epoch_order in order for b in reference.split_into_batches(epoch_order, LEARNING.batch)):
        dW1, dW2 = np.zeros_like(W1), np.zeros_like(W2)
        for x, y in zip(X.T[b], Y.T[b], strict=True):
            h = np.tanh(W1 @ D1 @ x)
            delta2 = np.tanh(W2 @ D2 @ h) - y
            dW2 -= np.outer(delta2, h)
            dW1 -= np.outer((D2 @ W2.T @ delta2) * (1.0 - h**2), x)
        step = LEARNING.learning_rate * LEARNING.batch / P / len(b)
        W1, W2 = W1 + step * dW1, W2 + step * dW2

    final_W1, final_W2 = reference.train(curl_W1, curl_W2, X, Y, order, LEARNING)
    assert np.max(np.abs(final_W1 - curl_W1)) > 0.01
    np.testing.assert_allclose(W1 @ D1, final_W1, rtol=0, atol=1e-13)
    np.testing.assert_allclose(W2 @ D2, final_W2, rtol=0, atol=1e-13)


def test_norm_constraint_keeps_both_norms(problem):
    W1, W2, X, Y, order = problem
    final = reference.train(W1, W2, X, Y, order, replace(LEARNING, norm_constraint=True))
    free = reference.train(W1, W2, X, Y, order, LEARNING)
    for start, end, free_end in zip((W1, W2), final, free, strict=True):
        assert np.linalg.norm(end) == pytest.approx(np.linalg.norm(start), rel=1e-14)
        assert abs(np.linalg.norm(free_end) / np.linalg.norm(start) - 1.0) > 1e-3


@pytest.mark.parametrize("row", make_fixtures.read_case_rows(), ids=make_fixtures.name_case)
def test_case_moves_and_is_insensitive_to_rounding(row):
    """Both matrices change by over 1e-2; a 1e-13 change of the start ends below 1e-11; relu units are on and off."""
    X, Y, order, *start, Feedback = make_fixtures.make_problem(row)
    learning = make_fixtures.make_learning(row, *start, Feedback)
    random = np.random.default_rng(0)
    nudged = [W * (1.0 + 1e-13 * random.choice([-1.0, 1.0], W.shape)) for W in start]

    final = reference.train(*start, X, Y, order, learning)
    nudged_final = reference.train(*nudged, X, Y, order, learning)

    assert len(order) * len(reference.split_into_batches(order[0], learning.batch)) >= 50
    for W, final_W, nudged_W in zip(start, final, nudged_final, strict=True):
        assert 1e-2 < np.linalg.norm(final_W - W) / np.linalg.norm(W) < 10.0
        assert np.linalg.norm(nudged_W - final_W) / np.linalg.norm(final_W) < 1e-11
    if learning.activation == "relu":
        assert all(0.2 < np.mean(W1 @ X > 0.0) < 0.8 for W1 in (start[0], final[0]))


def test_committed_fixtures_agree_with_the_reference():
    assert make_fixtures.check(make_fixtures.FIXTURES_FILE) == 0


def test_committed_p_values_are_those_of_scipy():
    cases = make_paired_tests.make_cases()

    assert make_paired_tests.check(cases) == []
    cases[3]["t_p"] *= 1.0 + 1e-9
    assert make_paired_tests.check(cases) == ["case 3: t_p"]


def test_check_fails_and_names_the_case_with_a_changed_number(tmp_path, capsys):
    cases = tomllib.loads(make_fixtures.FIXTURES_FILE.read_text())["case"]
    altered = copy.deepcopy(cases)
    altered[4]["final_hidden"][1][2] += 1e-12 * float(np.max(np.abs(altered[4]["final_hidden"])))
    path = tmp_path / "altered.toml"
    path.write_text(make_fixtures.format_cases(altered))

    assert make_fixtures.check(path) == 1
    assert capsys.readouterr().err == f"{cases[4]['name']}: final_hidden differs\n"


@pytest.mark.parametrize(
    "key, value",
    [("order", [[0]]), ("batch", 3), ("norm_constraint", 0), ("final_loss", float("nan")), ("side", ""), ("more", 1.0)],
)
def test_differences_of_every_kind_are_found(key, value):
    case = make_fixtures.make_case(make_fixtures.read_case_rows()[0])
    assert make_fixtures.find_differences([case], [case]) == []
    assert make_fixtures.find_differences([{**case, key: value}], [case]) == [f"{case['name']}: {key} differs"]
    assert len(make_fixtures.find_differences([], [case])) == 1
