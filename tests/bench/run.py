"""What all benches have in common: progress on stderr, figures to a file, a report on stdout."""

import json
import os
import subprocess
import sys

from lab import Lab, LabError


def say(text: str):
    print(text, file=sys.stderr, flush=True)


def run(options, figures: dict, measure, print_report) -> int:
    """Has `measure(lab, figures)` add to the figures and tells of them; the exit code."""
    try:
        with Lab(options.build) as lab:
            measure(lab, figures)
    except (LabError, subprocess.TimeoutExpired) as error:
        say(f"bench: {error}")
        return 1
    figures["load_after"] = os.getloadavg()[0]
    options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print_report(figures)
    print(f"\nall figures: {options.json}")
    return 0
