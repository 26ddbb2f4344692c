"""What the paper says of each figure, by the name of its experiment; what a report holds results against."""

BOUNDARY = "Learning succeeds where the solution manifold is stable and fails where it is not, at theory's boundary."
JUMP = "Started on the manifold, the order parameter q jumps from zero where theory says the manifold loses stability."
CHAOS = "Beyond theory's boundary the dynamics are chaotic (the paper reads this off q > 0)."
SURVIVES = "Flips in the readout make the manifold unstable beyond theory's boundary, yet learning survives."
SPEED = ("Curl terms can speed learning relative to gradient descent (in some architectures; here to a test loss of "
         "1e-3).")

CLAIMS = {
    "fig3a": BOUNDARY, "fig3a-inset": BOUNDARY, "fig3b-alpha": JUMP, "fig3b-c": JUMP, "fig3b-alpha-random": CHAOS,
    "fig3b-c-random": CHAOS, "fig4": SURVIVES, "fig5c-linear": SPEED, "fig5c-tanh": SPEED, "fig5d-linear": SPEED,
    "fig5d-tanh": SPEED, "fig5e": SPEED, "fig5f": SPEED, "fig6a": BOUNDARY, "fig6b": BOUNDARY, "fig8": SURVIVES,
    "fig10ab": SPEED, "fig10c": SPEED, "fig11a-linear": SPEED, "fig11a-tanh": SPEED, "fig11b": SPEED,
    "fig11c": SPEED, "fig11d": SPEED,
}


def claim_of(experiment: str) -> str | None:
    """experiment: the name in its file, such as "fig4: flipped readout of linear networks"."""
    name, _, rest = experiment.partition(":")
    if name in ("fig5c", "fig5d", "fig11a"):
        name += "-linear"
    return CLAIMS.get(name)
