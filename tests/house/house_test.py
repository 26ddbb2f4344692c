"""The shape of the source tree: what may include what, and what lies where."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ["model", "dynamics", "analysis", "experiment", "storage", "ensemble", "cli"]
APART = "theory"  # stands beside model: any floor above may use it, it uses none
NUMERIC_ROOMS = [*FLOORS[:3], APART]
TOP_LEVEL = {"src", "include", "jobs", "tests", "cmake", "CMakeLists.txt", "README.md", "LICENSE"}


def tracked_files():
    listing = subprocess.run(["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=True)
    files = [Path(line) for line in listing.stdout.splitlines()]
    assert len(files) > 50
    return files


def sources():
    return [path for path in tracked_files() if path.parts[0] in ("src", "include") and path.suffix in (".hpp", ".cpp")]


def room_of(path):
    return path.parts[2] if path.parts[0] == "include" else path.parts[1]


def upward_includes(path, text):
    """The rooms above its own, or beside it, that a file includes."""
    included = re.findall(r'#include "curldescent/(\w+)/', text)
    floor = {room: number for number, room in enumerate(FLOORS)} | {APART: 0}
    own = room_of(path)
    return [room for room in included if room != own and floor[room] >= floor[own]]


def test_no_room_includes_a_room_above_it():
    found = {str(path): upward_includes(path, (ROOT / path).read_text()) for path in sources()}
    assert len(found) > 30
    assert {path: rooms for path, rooms in found.items() if rooms} == {}


def test_an_upward_include_would_be_found():
    assert upward_includes(Path("src/model/x.cpp"), '#include "curldescent/storage/hdf5.hpp"') == ["storage"]
    assert upward_includes(Path("src/theory/x.cpp"), '#include "curldescent/model/error.hpp"') == ["model"]
    assert upward_includes(Path("src/model/x.cpp"), '#include "curldescent/theory/phase_boundary.hpp"') == ["theory"]
    assert upward_includes(Path("src/analysis/x.cpp"), '#include "curldescent/theory/phase_boundary.hpp"') == []


@pytest.mark.parametrize("room", NUMERIC_ROOMS)
def test_numerics_see_neither_transport_nor_files(room):
    files = [path for path in sources() if room_of(path) == room]
    assert files
    for path in files:
        foreign = re.findall(r"#include [<\"]((?:mpi|hdf5|H5|boost(?!/math/)|toml|fmt)[^>\"]*)", (ROOT / path).read_text())
        assert foreign == [], path


def test_every_public_header_has_a_test_named_after_it():
    exempt = {
        "error", "enumeration", "supplied_data", "experiment", "hdf5", "provenance", "digest", "channel", "ensemble",
        "task_monitor",
    }  # declarations alone, or tested through their users: see tests/end_to_end and the channels' scenarios
    headers = [path for path in sources() if path.parts[0] == "include" and path.stem not in exempt]
    assert headers
    missing = [str(path) for path in headers if not (ROOT / "tests" / room_of(path) / f"{path.stem}_test.cpp").exists()]
    assert missing == []


def test_the_top_level_holds_nothing_else():
    names = {path.parts[0] for path in tracked_files()}
    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL
