"""What a process that works on what strangers send may not do: reach out, outlive us, take all memory.

What it may see of files is the matter of :mod:`loaders.walls`.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import platform
import resource
import signal
import struct
from pathlib import Path
from typing import Any

# Numbers of the call that installs a filter; of those that reach out (socket, connect, socketpair, ptrace,
# process_vm_readv, process_vm_writev, io_uring_setup, pidfd_getfd); of those that start a program (execve, execveat).
_SECCOMP = {
    "x86_64": (0xC000003E, 317, (41, 42, 53, 101, 310, 311, 425, 438), (59, 322)),
    "aarch64": (0xC00000B7, 277, (198, 203, 199, 117, 270, 271, 425, 438), (221, 281)),
}


def cut_off(*, programs: bool = False) -> str:
    """Takes the network, and the starting of programs unless ``programs`` may be started, from this process for good.

    Says how: seccomp, namespace, none. What it forks or starts later inherits it.
    """
    if platform.system() != "Linux":
        return "none"
    libc = ctypes.CDLL(None, use_errno=True)
    if _install_filter(libc, programs=programs):
        return "seccomp"
    clone_newnet = 0x40000000
    return "namespace" if libc.unshare(clone_newnet) == 0 else "none"


def _install_filter(libc: Any, *, programs: bool) -> bool:
    known = _SECCOMP.get(platform.machine())
    if known is None:
        return False
    arch, seccomp_number, reaching, starting = known
    denied = reaching if programs else (*reaching, *starting)

    def step(code: int, jump_true: int, jump_false: int, value: int) -> bytes:
        return struct.pack("=HBBI", code, jump_true, jump_false, value)

    load, jump_equal, jump_above, give = 0x20, 0x15, 0x35, 0x06
    allow, deny, kill = 0x7FFF0000, 0x00050000 | 13, 0x80000000
    steps = [step(load, 0, 0, 4), step(jump_equal, 1, 0, arch), step(give, 0, 0, kill), step(load, 0, 0, 0)]
    # Calls of the x32 interface carry this bit and would pass the comparisons below.
    steps += [step(jump_above, 0, 1, 0x40000000), step(give, 0, 0, kill)]
    for number in denied:
        steps += [step(jump_equal, 0, 1, number), step(give, 0, 0, deny)]
    steps.append(step(give, 0, 0, allow))
    code = ctypes.create_string_buffer(b"".join(steps))

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_void_p)]

    program = Program(len(steps), ctypes.addressof(code))
    no_new_privileges, filter_mode, all_threads = 38, 1, 1
    if libc.prctl(no_new_privileges, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.syscall(seccomp_number, filter_mode, all_threads, ctypes.byref(program)) == 0)


def die_with_parent(parent: int) -> None:
    """This process ends when its parent does, even if that is killed. ``parent`` is the parent's process number."""
    if platform.system() == "Linux":
        parent_death = 1
        ctypes.CDLL(None).prctl(parent_death, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def limit_memory(memory: int) -> None:
    """No core dump, and ``memory`` bytes of address space beside what is there already; 0 for no limit."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory:
        # The system may have set a lower limit of its own, or none that can be raised.
        with contextlib.suppress(ValueError, OSError):
            bound = _measure_size() + memory
            resource.setrlimit(resource.RLIMIT_AS, (bound, bound))


def _measure_size() -> int:
    """The address space of this process in bytes; 0 where the system does not tell."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return 0
    return int(statm.read_text(encoding="ascii").split()[0]) * resource.getpagesize()


def limit_use(seconds: float, file_bytes: int) -> None:
    """At most so many seconds of processor, 0 for any number, and files that are written at most so large."""
    limits = [(resource.RLIMIT_CORE, 0, 0), (resource.RLIMIT_FSIZE, file_bytes, file_bytes)]
    if seconds:
        limits.append((resource.RLIMIT_CPU, math.ceil(seconds), math.ceil(seconds) + 1))
    for what, most, hardly in limits:
        with contextlib.suppress(ValueError, OSError):  # the system has set a lower one
            resource.setrlimit(what, (most, hardly))


def raise_file_limit() -> None:
    """As many open files and connections as the system lets this process have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
