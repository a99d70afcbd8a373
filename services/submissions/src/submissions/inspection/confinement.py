"""The walls the child puts around itself before it reads the file: none of them can be taken down again."""

import contextlib
import ctypes
import mmap
import os
import resource
import signal
import sys
from collections.abc import Callable

from submissions.inspection.verdict import Confinement

_PR_SET_NO_NEW_PRIVS = 38  # linux/prctl.h
_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000  # linux/sched.h
_CLONE_NEWNET = 0x40000000
_NOBODY = 65534

# All that is left to do is computing, memory, and talking on a line that is already open.
_ALLOWED_CALLS = (
    "recvfrom",
    "recv",
    "sendto",
    "send",
    "munmap",
    "mremap",
    "brk",
    "madvise",
    "futex",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sigaltstack",
    "clock_gettime",
    "clock_gettime64",
    "gettimeofday",
    "getrandom",
    "getpid",
    "gettid",
    "getrusage",
    "sched_yield",
    "sched_getaffinity",
    "sysinfo",
    "close",
    "restart_syscall",
    "exit",
    "exit_group",
)
_CALLS_THAT_COULD_MAKE_CODE = ("mmap", "mmap2", "mprotect")  # the protection is their third argument


def load_filter() -> Callable[[], bool]:
    """Find libseccomp while files can still be opened; call what this gives to put the filter up."""
    if sys.platform != "linux":
        return lambda: False
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError):  # RuntimeError: the package is there, the library is not
        return lambda: False

    def put_up() -> bool:
        try:
            refuse = pyseccomp.SyscallFilter(pyseccomp.ERRNO(1))  # EPERM
            for name in _ALLOWED_CALLS:
                with contextlib.suppress(OSError):  # not every processor has every call
                    refuse.add_rule(pyseccomp.ALLOW, name)
            not_executable = pyseccomp.Arg(2, pyseccomp.MASKED_EQ, mmap.PROT_EXEC, 0)
            for name in _CALLS_THAT_COULD_MAKE_CODE:
                with contextlib.suppress(OSError):
                    refuse.add_rule(pyseccomp.ALLOW, name, not_executable)
            refuse.load()
        except OSError:  # a kernel without seccomp, or one that is told to refuse it
            return False
        return True

    return put_up


def confine(put_up_filter: Callable[[], bool], *, cpu_seconds: int, memory_bytes: int) -> Confinement:
    """Give up everything but computing and the open line, as far as this machine allows; say how far.

    Everything that will be needed must be imported before: afterwards no file can be opened.
    """
    linux = sys.platform == "linux"
    libc = ctypes.CDLL(None, use_errno=True)
    # As root a network namespace needs no user namespace; as anybody else it does.
    alone = linux and libc.unshare(_CLONE_NEWNET) == 0
    unprivileged = _become_nobody()
    alone = alone or (linux and libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)
    no_new_privs = linux and libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    if linux:
        # A killed worker hangs up, but a child that computes for minutes does not look. Only now: changing the user
        # would have undone it.
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    limited = [
        _limit(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1),  # the soft one says why it killed
        _limit(resource.RLIMIT_AS, memory_bytes, memory_bytes),
        _limit(resource.RLIMIT_FSIZE, 0, 0),
        _limit(resource.RLIMIT_CORE, 0, 0),
        _limit(resource.RLIMIT_NPROC, 0, 0),
        # Open descriptors stay; not one more can come: no file, no socket, no pipe.
        _limit(resource.RLIMIT_NOFILE, 0, 0),
    ]
    return Confinement(
        rlimits=all(limited),
        no_new_privs=no_new_privs,
        network_namespace=alone,
        seccomp=put_up_filter(),
        unprivileged=unprivileged,
    )


def _become_nobody() -> bool:
    """Stop being root, if we are. True when we are not root."""
    if os.geteuid() != 0:
        return True
    try:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    except OSError:  # a container whose user namespace knows no nobody
        return False
    return True


def _limit(kind: int, soft: int, hard: int) -> bool:
    try:
        resource.setrlimit(kind, (soft, hard))
    except (ValueError, OSError):
        return False
    return True
