"""What a server uses when it has come to rest."""

import time

from usage import Usage

TIDY_S = 11  # The server gives free memory back every 10 s.
PATIENCE = 120  # Seconds until what is waited for hangs; no measure of a machine.


def settle(pid: int, before: Usage | None, still: float = 2, patience: float = PATIENCE) -> Usage:
    """When it uses no more threads and descriptors than `before`, or, where there is no before, when those have not changed
    for `still` seconds."""
    deadline = time.monotonic() + patience
    last = None
    while True:
        now = Usage.of(pid)
        if before and now.own_threads <= before.own_threads and now.fds <= before.fds:
            return now
        if last is None or (now.own_threads, now.fds) != (last.own_threads, last.fds):
            last = now
        if now.at > (deadline if before else last.at + still):
            return now
        time.sleep(0.02)


def tidied(pid: int, enough: int = 0) -> int:
    """RSS when the server has given free memory back, which it does now and then; or, where it is said what is `enough`, as soon as
    that has been reached."""
    deadline = time.monotonic() + (PATIENCE if enough else TIDY_S)
    least = Usage.of(pid).rss
    while least > enough and time.monotonic() < deadline:
        time.sleep(0.1)
        least = min(least, Usage.of(pid).rss)
    return least
