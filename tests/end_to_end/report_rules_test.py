"""The verdicts of `jobs/report` are functions of counts and intervals: what each says of a known answer."""

import sys

import numpy as np
import pytest

from conftest import REPOSITORY

sys.path[1:1] = [str(REPOSITORY / "jobs" / "report"), str(REPOSITORY / "jobs" / "plot")]
import boundary_finding  # noqa: E402
from agreement import Curve, agreement, agreement_text, apart_text  # noqa: E402
from boundary import Measured, Row, boundary_row, reached_level  # noqa: E402
from claims import BOUNDARY, CHAOS, CLAIMS, JUMP, SPEED, SURVIVES, claim_of  # noqa: E402
from crossing import Crossing  # noqa: E402
import regime_finding  # noqa: E402
from finding import AGREE, DISAGREE, EQUAL, FINITE, NOTHING, PARTLY, share_text  # noqa: E402
from significance import fisher, median_interval, pooled, share_difference, sign_test  # noqa: E402
from speed import Pairs, Points, detectable, pairs_of, speed_text, verdict  # noqa: E402

NOWHERE = Crossing(np.inf, 1.0, np.inf)
INSIDE = (0.05, 0.95)  # of a sweep from 0 to 1 in steps of 0.05


def curve(theory, measured, half=0.04):
    return Curve(theory, Crossing(measured, measured - half, measured + half), INSIDE)


def scattered(count, gap):
    """Curves whose measured boundary lies by turns above and below theory."""
    return [curve(0.2 + 0.05 * k, 0.2 + 0.05 * k + (gap if k % 2 else -gap)) for k in range(count)]


def test_sign_test_is_the_binomial():
    assert sign_test(8, 0) == pytest.approx(2 / 256)
    assert sign_test(2, 1) == 1.0 and sign_test(0, 0) == 1.0


def test_pooled_interval_narrows_with_the_root_of_the_number():
    assert pooled([(1.0, 0.8, 1.2)] * 4) == pytest.approx((1.0, 0.9, 1.1))
    assert pooled([]) is None


def test_boundaries_scattered_around_theory_agree():
    assert agreement(scattered(8, 0.02)).verdict() == AGREE


def test_boundaries_away_from_theory_disagree():
    assert agreement(scattered(8, 0.2)).verdict() == DISAGREE


def test_boundaries_that_hold_theory_but_all_on_one_side_do_not_agree():
    found = agreement([curve(0.2 + 0.05 * k, 0.23 + 0.05 * k) for k in range(8)])

    assert found.holding == 8 and found.shifted()
    assert found.verdict() == PARTLY
    text = agreement_text(found, "theory")
    assert "above it on 8 and below it on 0 (sign test, p = 0.0078); shifted to one side by the sign test and" in text


def test_three_curves_are_enough_to_see_a_shift_of_nearly_their_intervals():
    assert agreement([curve(0.3, 0.335), curve(0.4, 0.435), curve(0.5, 0.535)]).verdict() == PARTLY
    assert agreement([curve(0.3, 0.31), curve(0.4, 0.41), curve(0.5, 0.51)]).verdict() == AGREE


def test_curves_that_tell_little_do_not_decide():
    """As in figure 3a's inset: nowhere or in the first step where theory is, too, and off wherever theory tells."""
    trivial = [Curve(np.inf, NOWHERE, INSIDE)] * 4 + [curve(0.01, 0.02)] * 7
    telling = [curve(0.3 + 0.1 * k, 0.2 + 0.1 * k) for k in range(6)]

    assert agreement(trivial + telling).verdict() == DISAGREE
    assert agreement(trivial).verdict() == NOTHING


def test_curves_that_tell_little_are_counted_apart_in_words():
    curves = [Curve(np.inf, NOWHERE, INSIDE), Curve(np.inf, curve(0.5, 0.5).measured, INSIDE), curve(0.01, 0.02),
              curve(0.5, 0.5), curve(np.nan, 0.5)]

    assert apart_text(curves, "theory") == (
        "not graded: on 2 theory lies beyond the sweep or in its last step, and in the measured interval on 1 of them; "
        "on 1 theory lies before the sweep or in its first step, and in the measured interval on 1 of them; "
        "on 1 theory is silent")
    assert apart_text(curves[3:4], "theory") == ""


def test_boundary_that_is_nowhere_lies_above_theory():
    found = agreement([Curve(0.5, NOWHERE, INSIDE)] * 6)

    assert (found.above, found.below, found.gaps, found.mean) == (6, 0, (), None)
    assert found.verdict() == DISAGREE


def test_fisher_is_the_tail_of_the_hypergeometric():
    assert fisher(3, 4, 1, 4) == pytest.approx(17 / 70)  # the lady tasting tea
    assert fisher(0, 10, 5, 10) == 1.0


def test_difference_of_shares_has_newcombes_interval():
    assert share_difference(56, 70, 48, 80) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)  # his example (a)


@pytest.mark.parametrize("beyond, before, verdict", [
    ((90, 100), (0, 100), AGREE), ((30, 100), (0, 100), PARTLY),
    ((13, 26), (9, 10), DISAGREE), ((30, 100), (30, 100), DISAGREE), ((0, 318), (0, 132), DISAGREE),
    ((1, 1000), (0, 100), EQUAL), ((1, 1), (0, 3), NOTHING), ((5, 10), (0, 0), NOTHING)])
def test_chaos_agrees_only_where_there_is_more_of_it_beyond_the_boundary(beyond, before, verdict):
    assert regime_finding.verdict(*beyond, *before) == verdict


def test_summary_of_chaos_compares_both_sides():
    text = regime_finding.summary(13, 26, 9, 10)

    assert "chaos in 9 of 10" in text and "chaos in 13 of 26" in text
    assert "difference -40 [-60, -5] points of a hundred (more beyond: Fisher, one-sided, p = 1)" in text


def test_interval_of_a_median_is_that_of_the_sign_test():
    assert median_interval(np.arange(1.0, 12.0)) == (6.0, 2.0, 10.0)  # of 11: the second from either end
    assert median_interval(np.array([1.0, 4.0])) == (2.0, 0.0, np.inf)


def test_pairs_of_which_neither_got_there_are_left_out():
    pairs = pairs_of(np.array([[10.0, np.nan, 8.0, 5.0, np.nan]]), np.array([[20.0, np.nan, 4.0, 5.0, 9.0]]))

    assert (pairs.wins, pairs.losses, pairs.ties) == (1, 2, 1)
    assert pairs.ratio == pytest.approx(2**0.5)  # of 1/2, 1, 2 and never


def pairs(wins, losses):
    return Pairs(wins, losses, 0, 1.0, 0.5, 2.0, missed=0, baseline_missed=0)


@pytest.mark.parametrize("won, points, answer", [
    (pairs(60, 10), Points(7, 0, 0, 0), AGREE), (pairs(60, 10), Points(7, 0, 2, 0), AGREE),
    (pairs(60, 10), Points(7, 0, 2, 1), PARTLY), (pairs(35, 35), Points(7, 0, 1, 0), PARTLY),
    (pairs(10, 60), Points(7, 0, 0, 0), DISAGREE), (pairs(35, 35), Points(7, 0, 0, 1), DISAGREE),
    (pairs(35, 35), Points(7, 0, 0, 0), EQUAL), (pairs(0, 0), Points(0, 7, 0, 0), NOTHING)])
def test_speed_is_judged_over_all_pairs_and_at_single_points(won, points, answer):
    assert verdict(won, points) == answer


def test_power_grows_with_the_number_of_pairs():
    assert detectable(10) == pytest.approx(0.92)  # nine of ten must be won
    assert detectable(1000) == pytest.approx(0.55)


def test_points_that_nobody_reaches_are_not_among_those_compared():
    text = speed_text(pairs(25, 31), Points(6, 5, 0, 0), EQUAL)

    assert "wins 25 and loses 31 (sign test, p = 0.5" in text and "1 [0.5, 2] times as many epochs" in text
    assert "faster at 0 and slower at 0 of 6" in text and "at 5 more no run of either rule gets there" in text
    assert "so many pairs tell a rule that wins" in text


@pytest.mark.parametrize("epochs, baseline, counts", [
    ([8.0, 9.0, 3.0], [np.nan, np.nan, 4.0], "in 0, gradient descent in 2 of these 3"),
    ([np.nan, np.nan, 3.0], [8.0, 9.0, 4.0], "in 2, gradient descent in 0 of these 3"),
    ([np.nan, 3.0], [8.0, np.nan], "in 1, gradient descent in 1 of these 2")])
def test_ratio_to_runs_that_never_get_there_is_said_in_counts(epochs, baseline, counts):
    text = speed_text(pairs_of(np.array(epochs), np.array(baseline)), Points(6, 0, 2, 0), AGREE)

    assert f"and never gets there {counts}" in text and "times as many" not in text


@pytest.mark.parametrize("count, of, text", [
    (72, 750, "72 of 750 (10 % [8, 12])"), (0, 2021, "0 of 2021 (0 % [0, 0.2])"),
    (0, 261, "0 of 261 (0 % [0, 1])"), (0, 0, "0 of 0 (0 % [0, 100])"),
    (6400, 6400, "6400 of 6400 (100 % [99.94, 100])"), (836, 840, "836 of 840 (99.5 % [99, 99.8])")])
def test_share_that_is_nearly_none_or_all_keeps_the_digit_that_says_so(count, of, text):
    assert share_text(count, of) == text


def row(theory, exact, measured, level=1e-10):
    here = Crossing(measured, measured - 0.04, measured + 0.04)
    return Row(curve="c", theory=theory, exact=None if exact is None else Crossing(exact, exact - 0.04, exact + 0.04),
               measured=here, early=here, order_parameter=None, at_levels=(here,), level=level, reentrant=0.0,
               inside=INSIDE)


@pytest.mark.parametrize("first, level", [
    ([1e-30, 1e-12, 1.0], 1e-10), ([1e-8, 1e-8, 1e-30], 1e-6), ([1e-4, 1e-5, 1.0], 1e-3), ([0.1, 0.1, 1e-30], np.nan)])
def test_level_is_the_lowest_that_most_runs_without_a_flip_reach(first, level):
    loss = np.array([first, [1.0, 1.0, 1.0]])

    assert reached_level(np.array([0.0, 0.5]), loss) == pytest.approx(level, nan_ok=True)
    assert reached_level(np.array([0.1, 0.5]), loss) == 1e-10


def test_curve_where_runs_without_a_flip_do_not_learn_is_not_counted():
    rows = [row(0.3, None, 0.3), row(0.4, None, 0.4), row(0.5, None, 0.1, level=np.nan)]

    assert boundary_finding.verdict(rows, readout=False) == AGREE
    assert boundary_finding.verdict(rows[2:], readout=False) == NOTHING
    assert "on 2 of the 2 curves" in boundary_finding.summary(rows)
    assert boundary_finding.summary(rows).endswith("Not counted: 1 curves where runs without a flip do not learn in "
                                                   "these epochs")


@pytest.mark.parametrize("rows, verdict", [
    ([row(0.3, 0.42, 0.42), row(0.4, 0.51, 0.51)], FINITE), ([row(0.3, 0.31, 0.42), row(0.4, 0.41, 0.51)], DISAGREE),
    ([row(0.3, 0.2, 0.3), row(0.4, 0.3, 0.4)], AGREE), ([row(0.3, None, 0.42), row(0.4, None, 0.51)], DISAGREE)])
def test_exact_boundary_of_finite_networks_is_asked_where_theory_of_large_ones_is_off(rows, verdict):
    assert boundary_finding.verdict(rows, readout=False) == verdict
    assert boundary_finding.verdict(rows, readout=True) == NOTHING


def test_exact_shift_to_one_side_does_not_agree_either():
    rows = [row(0.1 + 0.05 * k, 0.3 + 0.05 * k, 0.335 + 0.05 * k) for k in range(8)]

    assert boundary_finding.verdict(rows, readout=False) == DISAGREE


def test_summary_tells_theory_from_the_exact_boundary():
    text = boundary_finding.summary([row(0.3, 0.42, 0.42), row(0.4, 0.51, 0.51)])

    assert text.startswith("theory lies in the interval of the measured boundary on 0 of the 2 curves that tell")
    assert "median +0.115, from +0.110 to +0.120" in text
    assert "The exact boundary lies in the interval of the measured boundary on 2 of the 2 curves" in text


def test_answer_stands_in_brackets_where_a_curve_tells_little_and_not_at_all_for_the_readout():
    rows = [row(0.02, None, 0.03), row(0.5, None, 0.5), row(0.5, None, 0.7)]

    cells = [line.split(" | ")[-1] for line in boundary_finding.boundary_table(rows, readout=False).splitlines()[2:]]
    assert cells == ["(yes) |", "yes |", "no |"]
    assert "agree" not in boundary_finding.boundary_table(rows, readout=True)


def loss_of(shares, count=10):
    """[curve, point, run]: a loss of 1 in so many of the runs, and of 1e-25 in the others."""
    return np.array([[[1.0 if run < share * count else 1e-25 for run in range(count)] for share in shares]])


def test_row_has_early_boundary_reentrance_and_where_a_prediction_tells():
    measured = Measured(loss=loss_of([0, 0.6, 0.2, 1, 1]), early=loss_of([0, 0, 0, 0, 1]), order_parameter=None,
                        unstable=None)

    found = boundary_row("c", 0.3, np.array([0.0, 0.1, 0.2, 0.3, 0.4]), measured, 0)

    assert found.early.value == pytest.approx(0.35) and found.measured.value == pytest.approx(0.2 + 0.1 / 6)
    assert found.reentrant == pytest.approx(0.4)
    assert found.inside == (0.1, 0.3)
    assert found.exact is None and found.order_parameter is None


def test_points_of_the_same_whole_neurons_count_once():
    measured = Measured(loss=loss_of([0, 0, 1]), early=loss_of([0, 0, 1]), order_parameter=None, unstable=None)

    assert boundary_row("c", 0.3, np.array([0.0, 0.0, 0.5]), measured, 0).measured.value == pytest.approx(0.25)


@pytest.mark.parametrize("path", sorted((REPOSITORY / "jobs" / "paper").glob("*.toml")), ids=lambda path: path.stem)
def test_every_experiment_of_the_paper_has_its_claim(path):
    name = next(line for line in path.read_text().splitlines() if line.startswith("name = ")).split('"')[1]
    claims = {"fig3a": BOUNDARY, "fig6": BOUNDARY, "fig3b": CHAOS if "random" in path.stem else JUMP, "fig4": SURVIVES,
              "fig8": SURVIVES, "fig5": SPEED, "fig10": SPEED, "fig11": SPEED}

    assert path.stem in CLAIMS
    assert claim_of(name) == next(claim for figure, claim in claims.items() if path.stem.startswith(figure))
