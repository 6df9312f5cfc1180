"""Writes the table of docs/players.md from what runs of interop_test.py have left."""

import json
import pathlib
import re

from cases import CASES
from house import TRANSPORTS
from stacks import STACKS

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs/players.md"
# Of memory, which is another one each time.
ADDRESS = re.compile(r"\w*\(?0x[0-9a-f]+\)? ?")
BEGIN, END = "<!-- table: begin; tests/interop writes what is below -->\n", "<!-- table: end -->\n"


def write_table(folder: pathlib.Path):
    known = [json.loads(path.read_text(encoding="utf-8")) for name in STACKS if (path := folder / name / "results.json").exists()]
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    DOCUMENT.write_text(before + BEGIN + "".join(lines(known)) + END + rest.split(END)[1], encoding="utf-8")


def lines(known: list[dict]):
    notes: list[str] = []
    for transport in TRANSPORTS:
        yield f"\n**On {'the fan-out' if transport == 'fanout' else transport}**\n\n"
        yield f"| case | {' | '.join(title_of(stack) for stack in known)} |\n"
        yield f"|---|{'---|' * len(known)}\n"
        for case, (title, _) in CASES.items():
            yield f"| {title} | {' | '.join(cell(stack, transport, case, notes) for stack in known)} |\n"
    yield "\n"
    for number, note in enumerate(notes, start=1):
        yield f"{number}. {linked(note)}.\n"
    yield "\n"


def title_of(stack: dict) -> str:
    return f"{stack['stack']} {stack['version']}"


def cell(stack: dict, transport: str, case: str, notes: list[str]) -> str:
    for result in stack["results"]:
        if (result["transport"], result["case"]) == (transport, case):
            if result["result"] == "passed":
                return f"yes ({result['note']})" if result["note"] else "yes"
            note = result["note"] if result["result"] == "limit" else f"{stack['stack']}: {summary(result['note'])}"
            if note not in notes:
                notes.append(note)
            return f"{'—' if result['result'] == 'limit' else '**no**'} [{notes.index(note) + 1}]"
    return "not tried"


def summary(note: str) -> str:
    """Of a failure: what it was, and what the stack said of it."""
    first, *said = note.splitlines()
    said = [line.strip() for line in said if "error" in line.lower()][-1:]
    return ADDRESS.sub("", ": ".join([first, *said])).rstrip(".")


def linked(note: str) -> str:
    return re.sub(r"https://github.com/(\S+?)/(?:issues|pull)/(\d+)", r"[\1#\2](\g<0>)", note)
