"""What a process uses, read from the kernel."""

import dataclasses
import os
import time


@dataclasses.dataclass
class Usage:
    """One reading; `at` and `cpu` in seconds, `rss` in bytes."""

    at: float
    cpu: float
    rss: int
    threads: int
    idle_workers: int  # Of GLib's thread pools, which end 15 s after their last work; in threads.
    fds: int
    machine_busy: float  # Core-seconds of the whole machine that were not idle.

    @property
    def own_threads(self) -> int:
        return self.threads - self.idle_workers

    @staticmethod
    def of(pid: int) -> "Usage":
        status = _fields(f"/proc/{pid}/status")
        return Usage(
            at=time.monotonic(),
            # The clock that clock_getcpuclockid(3) gives: nanoseconds, where utime and stime in
            # /proc/PID/stat count hundredths of a second, which is all that one viewer uses.
            cpu=time.clock_gettime((~pid << 3) | 2),
            rss=int(status["VmRSS"].split()[0]) * 1024,
            threads=int(status["Threads"]),
            idle_workers=sum(name.startswith("pool-") for name in _thread_names(pid)),
            fds=len(os.listdir(f"/proc/{pid}/fd")),
            machine_busy=_machine_busy(),
        )


@dataclasses.dataclass
class Window:
    """What happened between two readings."""

    first: Usage
    last: Usage

    @property
    def seconds(self) -> float:
        return self.last.at - self.first.at

    @property
    def cores(self) -> float:
        """CPU of the process, in cores."""
        return (self.last.cpu - self.first.cpu) / self.seconds

    @property
    def others(self) -> float:
        """CPU of all other processes, in cores."""
        return (self.last.machine_busy - self.first.machine_busy) / self.seconds - self.cores


def watch(pid: int, seconds: float) -> Window:
    first = Usage.of(pid)
    time.sleep(seconds)
    return Window(first, Usage.of(pid))


def thread_seconds(thread: int) -> float:
    """CPU of one thread; a process's main thread has its number."""
    with open(f"/proc/{thread}/task/{thread}/schedstat", encoding="ascii") as file:
        return int(file.readline().split()[0]) / 1e9


def _fields(path: str) -> dict[str, str]:
    with open(path, encoding="ascii", errors="replace") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def _thread_names(pid: int):
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/comm", encoding="utf-8") as file:
                yield file.read()
        except (FileNotFoundError, ProcessLookupError):
            pass  # It has just ended.


def _machine_busy() -> float:
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
