#!/usr/bin/env python3
"""Puts viewers on stacks that others wrote through the cases of cases.py. Speaks TAP.

interop_test.py BUILD [--stack NAME] [--case NAME] [--transport NAME], all of which may be repeated; BUILD is meson's build folder.
--make only makes the viewers ready; --table writes the table of docs/players.md from the results in BUILD/interop.
"""

import argparse
import concurrent.futures
import json
import pathlib
import sys
import threading
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))

# pylint: disable=wrong-import-position
import house  # noqa: E402
from cases import CASES  # noqa: E402
from house import TRANSPORTS, CaseFailed, House, Lab, LabError, Stage  # noqa: E402
from stacks import STACKS, Stack  # noqa: E402
from table import write_table  # noqa: E402
from tap import Tap  # noqa: E402


class InteropTest(Tap):
    def __init__(self, build: pathlib.Path, cases: list[str], transports: list[str]):
        super().__init__()
        self._build = build
        self._cases = cases
        self._transports = transports
        self._lock = threading.Lock()

    def run(self, stack: Stack):
        folder = self._build / "interop" / stack.name
        results: list[dict] = []
        with Lab(self._build) as lab:
            rooms = House(lab, stack, stack.command(folder))
            # Most of it is waiting.
            with concurrent.futures.ThreadPoolExecutor(len(TRANSPORTS)) as pool:
                for done in [pool.submit(self._on, transport, rooms, results) for transport in self._transports]:
                    done.result()
            code = lab.stop(rooms.server)
            self.check(f"{stack.name}: the server ends in order", code == 0, f"exit code {code}")
            save(folder, stack, rooms.version, results)

    def _on(self, transport: str, rooms: House, results: list[dict]):
        stage = Stage(rooms, transport)
        limits = {case.removeprefix(f"{transport} "): f"{rooms.stack.name}: {why}" for case, why in rooms.stack.limits.items()}
        try:
            if "stay" in self._cases:
                stage.begin_stay()
            for name in self._cases:
                result = {"result": "limit", "note": limits[name]} if name in limits else outcome(stage, name)
                results.append({"transport": transport, "case": name, **result})
                with self._lock:
                    self._tell(f"{rooms.stack.name}, {transport}: {CASES[name][0]}", **result)
        finally:
            stage.end()

    def _tell(self, what: str, result: str, note: str):
        if result == "limit":
            self.say(f"{what}: not possible, {note}")
        else:
            self.check(what, result == "passed", note.replace("\n", "\n# ") or result)


def outcome(stage: Stage, name: str) -> dict:
    try:
        return {"result": "passed", "note": CASES[name][1](stage)}
    except CaseFailed as failed:
        return {"result": "failed", "note": "\n".join([str(failed), *stage.said()])}
    except Exception as error:  # pylint: disable=broad-except  # The other cases are still to be seen.
        traceback.print_exc()
        return {"result": "failed", "note": f"{type(error).__name__}: {error}"}
    finally:
        stage.end_case()


def save(folder: pathlib.Path, stack: Stack, version: str, results: list[dict]):
    """What was tried now replaces what is known of it."""
    path = folder / "results.json"
    known = json.loads(path.read_text(encoding="utf-8"))["results"] if path.exists() else []
    fresh = {(result["transport"], result["case"]) for result in results}
    kept = [result for result in known if (result["transport"], result["case"]) not in fresh]
    path.write_text(json.dumps({"stack": stack.name, "version": version, "results": kept + results}, indent=1), encoding="utf-8")


def make(build: pathlib.Path, stack: Stack):
    folder = build / "interop" / stack.name
    folder.mkdir(parents=True, exist_ok=True)
    stack.make(folder)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--stack", action="append", choices=STACKS)
    parser.add_argument("--case", action="append", choices=CASES)
    parser.add_argument("--transport", action="append", choices=TRANSPORTS)
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--table", action="store_true")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    build = options.build.resolve()
    stacks = [STACKS[name] for name in options.stack or STACKS]
    if options.table:
        write_table(build / "interop")
        return 0
    missing = [f"{stack.name} needs {', '.join(stack.missing())}" for stack in stacks if stack.missing()]
    stacks = [stack for stack in stacks if not stack.missing()]
    if not stacks:
        print(f"1..0 # SKIP {'; '.join(missing)}")
        return 0
    if not house.in_network():
        for stack in stacks:
            make(build, stack)
    if options.make:
        return 0
    house.enter_network()
    test = InteropTest(build, [name for name in CASES if name in (options.case or CASES)], options.transport or list(TRANSPORTS))
    try:
        for stack in stacks:
            test.run(stack)
        test.end()
    except LabError as error:
        print(f"Bail out! {error}", flush=True)
        return 1
    return 1 if test.failed else 0


if __name__ == "__main__":
    sys.exit(main())
