"""Whether what a process uses stays as it was."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Measure:
    """Something that must not grow, and by how much a line through it may rise all the same."""

    key: str
    title: str
    digits: int
    allowed: float  # In the measure's own unit.
    share: float  # Of its mean.
    least: int = 3  # Samples to judge by.


MEASURES = [
    Measure("threads", "threads", 0, 2, 0),
    Measure("fds", "descriptors", 0, 2, 0),
    Measure("objects", "live GstObjects", 0, 2, 0.002),
    # Arenas of the allocator fill their holes for some hundred reconnects.
    Measure("rss_mb", "RSS, MB", 1, 1, 0.03, 10),
]


def judged(samples: list[dict]) -> list[dict]:
    """The second half, which is what is judged: until then libraries are loaded, and caches and the allocator's arenas fill."""
    return samples[len(samples) // 2:]


def line(values: list[float]) -> tuple[float, float]:
    """The straight line of least squares: its first and its last point."""
    mean_x = (len(values) - 1) / 2
    mean_y = sum(values) / len(values)
    spread = sum((x - mean_x) ** 2 for x in range(len(values)))
    slope = sum((x - mean_x) * (y - mean_y) for x, y in enumerate(values)) / spread if spread else 0.0
    return mean_y - slope * mean_x, mean_y + slope * mean_x


def judge(samples: list[dict], measure: Measure) -> dict:
    """`verdict`: flat, grows, or too short to tell."""
    values = [sample[measure.key] for sample in judged(samples)]
    if len(values) < measure.least:
        return {"verdict": "too short"}
    first, last = line(values)
    allowed = max(measure.allowed, measure.share * sum(values) / len(values))
    return {"first": first, "last": last, "rise": last - first, "allowed": allowed,
            "verdict": "flat" if last - first <= allowed else "grows"}


def judge_all(samples: list[dict]) -> dict[str, dict]:
    return {measure.key: judge(samples, measure) for measure in MEASURES}
