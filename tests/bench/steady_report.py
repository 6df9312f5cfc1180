"""What long.py and soak.py tell: plots, tables, verdicts, and the exit code."""

import pathlib

from plot import print_plot, svg
from report import table
from steadiness import MEASURES, Measure, judge_all

DONE = [Measure("reconnects", "reconnects done", 0, 0, 0), Measure("joins", "joins done", 0, 0, 0)]


def conclude(figures: dict):
    figures["verdicts"] = judge_all(figures["samples"])


def print_verdicts(figures: dict):
    samples = figures["samples"]
    print_plot(samples, MEASURES + DONE)
    rows = []
    for measure in MEASURES:
        verdict = figures["verdicts"][measure.key]
        values = [sample[measure.key] for sample in samples]
        row = [measure.title, f"{values[0]:,.{measure.digits}f}", f"{values[-1]:,.{measure.digits}f}"]
        if "rise" in verdict:
            row += [f"{verdict['rise']:+,.2f}", f"{verdict['allowed']:,.2f}"]
        else:
            row += ["", ""]
        rows.append([*row, verdict["verdict"]])
    last = samples[-1]
    table(f"{last['reconnects']:,} reconnects, {last['joins']:,} joins and leaves; the line through the samples of the second half:",
          ["", "first", "last", "rise", "allowed", "verdict"], rows)


def write_plot(path: pathlib.Path, title: str, figures: dict):
    path.write_text(svg(title, figures["samples"], MEASURES + DONE, figures["verdicts"]), encoding="utf-8")
    print(f"\nplot: {path}")


def exit_code(figures: dict) -> int:
    """0 all flat, 1 something grows, 2 too short to tell of anything."""
    found = {verdict["verdict"] for verdict in figures["verdicts"].values()}
    return 1 if "grows" in found else 0 if "flat" in found else 2
