"""Becomes one program that cannot outlive its starter. Run as a file (`python -I -S launch.py …`), never imported.

Linux sends the death signal when the *thread* that started us ends, so whoever starts programs does it from a thread
that lives as long as they should. Elsewhere there is no such signal; what is left behind is found again by its id.
"""

import contextlib
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def main() -> None:
    """Take on the asked-for user and niceness, ask to be ended with the starter, and become the command."""
    starter, death_signal, niceness, uid, gid, *command = sys.argv[1:]
    stand_back(int(niceness))
    if uid:
        # Before the death signal is set: the kernel forgets it whenever credentials change.
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != int(starter):
        sys.exit("the one who started this program is gone already")
    for ignored_by_python in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored_by_python, signal.SIG_DFL)
    os.execv(command[0], command)  # noqa: S606  no shell is wanted


def stand_back(niceness: int) -> None:
    """Let everybody else go first when processors are short: 0 not at all, 19 always."""
    if not niceness:
        return
    os.nice(niceness)
    # Linux weighs whole sessions against each other (sched(7), autogroups), and every program of ours has its own.
    with contextlib.suppress(OSError), open("/proc/self/autogroup", "w", encoding="ascii") as weight:  # noqa: PTH123  pathlib is not worth its import here
        weight.write(str(niceness))


if __name__ == "__main__":
    main()
