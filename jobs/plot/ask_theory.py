"""What the program says about large linear networks: `curldescent theory`."""

import csv
import os
import subprocess
from pathlib import Path

import numpy as np
from results import PlotError

PROGRAM = Path(os.environ.get("CURLDESCENT", Path(__file__).parents[2] / "build" / "release" / "curldescent"))


def ask_theory(question: str, options: dict) -> dict[str, np.ndarray]:
    """The columns of the answer; several values of an option are one sequence."""
    words = [word for name, value in options.items() for word in (name, ",".join(map(str, np.ravel(value))))]
    command = [PROGRAM, "theory", question, *words]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        reason = error.stderr.strip() if isinstance(error, subprocess.CalledProcessError) else error
        raise PlotError(f"cannot ask {PROGRAM} for theory's {question} ({reason}); "
                        "name the program in CURLDESCENT") from error
    header, *rows = csv.reader(answer.splitlines())
    return dict(zip(header, np.array(rows, dtype=float).reshape(-1, len(header)).T))
