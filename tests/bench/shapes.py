"""What is timed: networks, batches and data sets, and the arithmetic of one update."""

from dataclasses import dataclass

LEARNING_RATE = 0.1  # per epoch


@dataclass(frozen=True)
class Shape:
    """Curl descent with norm constraint on a network of one output; a batch of all samples is a full batch."""

    inputs: int  # M
    hidden: int  # N
    batch: int  # B
    activation: str  # of both layers
    samples: int = 250  # P
    hidden_flips: int = 0
    readout_flips: int = 0
    student_scale: float = 1.0

    @property
    def name(self) -> str:
        """Such as "20,199,10,linear", "50,169,full,linear" or "100,10,10,tanh,P=2000"."""
        batch = "full" if self.batch == self.samples else str(self.batch)
        samples = [] if self.samples == 250 else [f"P={self.samples}"]
        return ",".join([str(self.inputs), str(self.hidden), batch, self.activation, *samples])

    @property
    def updates_per_epoch(self) -> int:
        return -(-self.samples // self.batch)


def count_flops(shape: Shape) -> int:
    """The arithmetic of one update by the plain algorithm, one operation (also a tanh) counting one.

    [N x M] times [M x B] and its like are 2 N M B; a layer of weights takes six operations an entry: its sign, its
    step, its increment, its share of the norm (two) and its rescaling.
    """
    M, N, B = shape.inputs, shape.hidden, shape.batch
    wide_products = 2 * N * M * B + 2 * N * M * B  # W1 X_b; delta1 X_b^T
    thin_products = 2 * N * B + N * B + 2 * N * B  # W2 H; W2^T delta2; delta2 H^T
    error = B
    activations = 0 if shape.activation == "linear" else 4 * N * B + B  # phi(a), phi_out; phi' from h (two), times it
    return wide_products + thin_products + error + activations + 6 * (N * M + N)


def list_shapes() -> list[Shape]:
    """Linear networks stay stable with a tenth of the inputs flipped."""
    small = {"inputs": 100, "hidden": 10, "batch": 10, "readout_flips": 1, "student_scale": 2.0}
    return [
        Shape(20, 199, 10, "linear", hidden_flips=2),
        Shape(110, 110, 10, "linear", hidden_flips=11),
        Shape(50, 169, 250, "linear", hidden_flips=5),
        Shape(2, 217, 250, "linear", readout_flips=108),
        Shape(20, 199, 10, "tanh", hidden_flips=2),
        Shape(20, 199, 250, "tanh", hidden_flips=2),
        Shape(**small, activation="tanh", samples=2000),
        Shape(**small, activation="tanh", samples=10000),
        Shape(**small, activation="relu", samples=2000),
    ]
