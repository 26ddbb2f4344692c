"""Draws a results file: python3 jobs/plot FILE.h5 [--picture NAME] [-o PICTURE.png] [--table]"""

import argparse
import sys
from pathlib import Path

try:
    from pictures import PICTURES, picture_of, summary
    from results import PlotError, open_results
    from table import text_table
except ModuleNotFoundError as error:
    sys.exit(f"plot: this Python has no {error.name}; use the one that `bash jobs/python.sh` prints")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="plot", description="Draws a results file of curldescent.",
                                     formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog=f"pictures; without --picture the first that the file has:\n{summary()}")
    parser.add_argument("file", metavar="FILE.h5", type=Path, help="results file of `curldescent run`")
    parser.add_argument("--picture", metavar="NAME", choices=PICTURES, help="which picture, of those listed below")
    parser.add_argument("-o", "--output", metavar="PICTURE", type=Path,
                        help="picture to write: .png, .pdf or .svg (default: FILE.png, beside the file)")
    parser.add_argument("--table", action="store_true", help="print the numbers of the picture, too")
    return parser.parse_args()


def save(figure, path: Path) -> None:
    try:
        figure.savefig(path, dpi=200)
    except (OSError, ValueError) as error:
        raise PlotError(f"cannot write {path}: {error}") from error


def main() -> int:
    arguments = parse_arguments()
    try:
        with open_results(arguments.file) as results:
            picture = picture_of(results, arguments.picture)
            save(picture.draw(results), arguments.output or arguments.file.with_suffix(".png"))
            if arguments.table:
                print("\n\n".join(text_table(table) for table in picture.tables(results)))
    except PlotError as error:
        print(f"plot: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
