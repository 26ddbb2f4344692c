"""Runs a command and prints what it used, as JSON. The command's own output goes to standard error.

A process of its own, and a small one: the peak memory that the system reports of a child includes what the parent held
when it started the child.
"""

import json
import os
import sys


def run_and_report(command: list[str]) -> int:
    """The command's exit code (minus the signal that ended it)."""
    to_errors = [(os.POSIX_SPAWN_DUP2, 2, 1)]
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=to_errors)
    _, status, usage = os.wait4(process, 0)
    print(json.dumps({"user": usage.ru_utime, "system": usage.ru_stime, "mebibytes": usage.ru_maxrss / 1024}))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(run_and_report(sys.argv[1:]))
