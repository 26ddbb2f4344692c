"""Writes a report on results files: python3 jobs/report FILE.h5 ... [-o FOLDER]"""

import argparse
import os
import sys
from pathlib import Path

JOBS = Path(__file__).resolve().parents[1]
sys.path.insert(1, str(JOBS / "plot"))

try:
    from document import document, section
    from results import PlotError
except ModuleNotFoundError as error:
    sys.exit(f"report: this Python has no {error.name}; use the one that `bash jobs/python.sh` prints")

PROGRAM = Path(os.environ.get("CURLDESCENT", JOBS.parent / "build" / "release" / "curldescent"))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="report", description="Holds results of the paper's experiments against theory and the paper's claims: "
        "report.md, pictures and tables. FILE.cpu_seconds beside a file is read, too, and FILE-stability.h5 unless "
        "FILE measured the stability of its teachers itself.")
    parser.add_argument("files", metavar="FILE.h5", type=Path, nargs="+", help="results files of `curldescent run`")
    parser.add_argument("-o", "--output", metavar="FOLDER", type=Path, default=Path("reproduction"),
                        help="folder of the report (default: reproduction)")
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    try:
        arguments.output.mkdir(parents=True, exist_ok=True)
        sections = [section(path, arguments.output, PROGRAM) for path in arguments.files]
        (arguments.output / "report.md").write_text(document(sections))
    except (PlotError, OSError) as error:
        print(f"report: {error}", file=sys.stderr)
        return 2
    print(arguments.output / "report.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
