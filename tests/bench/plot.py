"""Curves of samples over time: a line of blocks each for the terminal, and an SVG that needs nothing else."""

import html

from steadiness import Measure, judged, line

BLOCKS = "▁▂▃▄▅▆▇█"
WIDTH = 64  # Characters.


def bounds(values: list[float]) -> tuple[float, float]:
    """Of the axis: a tenth of the largest at least, or one thread more would look like a mountain."""
    low, high = min(values), max(values)
    wanted = max(0.1 * abs(high), 1)
    if high - low >= wanted:
        return low, high
    middle = (low + high) / 2
    low = max(0.0, middle - wanted / 2)
    return low, low + wanted


def blocks(values: list[float], width: int = WIDTH) -> str:
    low, high = bounds(values)
    text = ""
    for column in range(min(width, len(values))):
        begin = column * len(values) // min(width, len(values))
        end = (column + 1) * len(values) // min(width, len(values))
        mean = sum(values[begin:end]) / (end - begin)
        text += BLOCKS[min(len(BLOCKS) - 1, int((mean - low) / (high - low) * len(BLOCKS)))]
    return text


def print_plot(samples: list[dict], measures: list[Measure]):
    """A row each, with the least and the most of its values on either side."""
    print(f"\n{len(samples)} samples over {samples[-1]['minutes'] - samples[0]['minutes']:.1f} minutes (least, course, most):")
    for measure in measures:
        values = [sample[measure.key] for sample in samples]
        print(f"  {measure.title:16}{min(values):10,.{measure.digits}f} {blocks(values)} {max(values):,.{measure.digits}f}")


# ---- SVG ----

LEFT, RIGHT, TOP, PANEL, GAP = 96, 24, 64, 96, 44
PAGE = 860
STYLE = """
svg { background: #fff; font: 12px system-ui, sans-serif; fill: #52514e; }
.title { font-size: 16px; font-weight: 600; fill: #0b0b0b; }
.name { font-weight: 600; fill: #0b0b0b; }
.grid { stroke: #e1e0d9; }
.warm-up { fill: #f3f2ec; }
.course { fill: none; stroke: #2a78d6; stroke-width: 2; stroke-linejoin: round; }
.fit { stroke: #0b0b0b; stroke-dasharray: 5 4; }
.grows { fill: #b3261e; font-weight: 600; }
"""


def svg(title: str, samples: list[dict], measures: list[Measure], verdicts: dict[str, dict]) -> str:
    """A panel for each measure, one below the other on the same axis of time; those that are judged with their line."""
    minutes = [sample["minutes"] for sample in samples]
    first, span = minutes[0], max(minutes[-1] - minutes[0], 1e-9)

    def x(minute: float) -> float:
        return LEFT + (minute - first) / span * (PAGE - LEFT - RIGHT)

    height = TOP + len(measures) * (PANEL + GAP)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {PAGE} {height + 8}" width="{PAGE}" height="{height + 8}">',
             f"<style>{STYLE}</style>", f'<text class="title" x="16" y="28">{html.escape(title)}</text>']
    bottom = TOP
    for measure in measures:
        top = bottom
        bottom = top + PANEL + GAP
        parts += panel(samples, measure, verdicts.get(measure.key), top, x)
    parts.append(f'<text x="{LEFT}" y="{bottom - GAP + 18}">0</text>')
    parts.append(f'<text x="{PAGE - RIGHT}" y="{bottom - GAP + 18}" text-anchor="end">{span:.1f} minutes</text>')
    return "\n".join(parts) + "\n</svg>\n"


def panel(samples: list[dict], measure: Measure, verdict: dict | None, top: float, x) -> list[str]:
    values = [sample[measure.key] for sample in samples]
    low, high = bounds(values)
    end = x(samples[-1]["minutes"])

    def y(value: float) -> float:
        return top + PANEL - (value - low) / (high - low) * PANEL

    parts = []
    half = judged(samples)
    if verdict:
        parts.append(f'<rect class="warm-up" x="{LEFT}" y="{top}" width="{x(half[0]["minutes"]) - LEFT:.1f}" height="{PANEL}"/>')
    for value in (low, high):
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{y(value):.1f}" x2="{end:.1f}" y2="{y(value):.1f}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:,.{measure.digits}f}</text>')
    points = " ".join(f"{x(sample['minutes']):.1f},{y(value):.1f}" for sample, value in zip(samples, values))
    parts.append(f'<polyline class="course" points="{points}"/>')
    parts.append(f'<text class="name" x="{LEFT}" y="{top - 8}">{html.escape(measure.title)}</text>')
    if verdict and "rise" in verdict:
        fit = line([sample[measure.key] for sample in half])
        parts.append(f'<line class="fit" x1="{x(half[0]["minutes"]):.1f}" y1="{y(fit[0]):.1f}" x2="{end:.1f}" y2="{y(fit[1]):.1f}"/>')
        grows = ' class="grows"' if verdict["verdict"] == "grows" else ""
        parts.append(f'<text{grows} x="{end:.1f}" y="{top - 8}" text-anchor="end">{verdict["verdict"]}: {verdict["rise"]:+,.1f} '
                     f'in the second half, {verdict["allowed"]:,.1f} allowed</text>')
    return parts
