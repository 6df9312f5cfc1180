"""How soon Chromium shows a picture."""

import json
import os
import pathlib

JOINS = pathlib.Path(__file__).with_name("joins.js")
OPENINGS = pathlib.Path(__file__).with_name("openings.js")
SCENE = pathlib.Path(__file__).with_name("scene.js")


def chromium_joins(lab, server_url: str, count: int) -> list[dict]:
    """One dict a join: milliseconds from the POST to the answer, ICE connected, DTLS done and the first frame."""
    program = lab.program([os.environ.get("NODE", "node"), JOINS, server_url, str(count)])
    return json.loads(program.wait_for(r"^(\[.*\])$", 60 + 5 * count)[1])


def chromium_openings(lab, server_url: str, count: int, pictures: int) -> list[dict]:
    """One dict a time that the wall is opened: milliseconds until the first and until all of `pictures` are live."""
    program = lab.program([os.environ.get("NODE", "node"), OPENINGS, server_url, str(count), str(pictures)])
    return json.loads(program.wait_for(r"^(\[.*\])$", 60 + 10 * count)[1])


def chromium_ages(lab, server_url: str, seconds: float, cameras: tuple[str, ...]) -> list[list[float]]:
    """For each of the live cameras, on one page: how old its pictures were on the screen, in milliseconds."""
    program = lab.program([os.environ.get("NODE", "node"), SCENE, server_url, seconds, *cameras])
    return json.loads(program.wait_for(r"^(\[.*\])$", 60 + seconds)[1])
