"""How soon Chromium shows a picture."""

import json
import os
import pathlib

SCRIPT = pathlib.Path(__file__).with_name("joins.js")


def chromium_joins(lab, server_url: str, count: int) -> list[dict]:
    """One dict a join: milliseconds from the POST to the answer, ICE connected, DTLS done and the first frame."""
    program = lab.program([os.environ.get("NODE", "node"), SCRIPT, server_url, str(count)])
    return json.loads(program.wait_for(r"^(\[.*\])$", 60 + 5 * count)[1])
