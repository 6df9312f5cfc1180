#!/usr/bin/env python3
"""Cameras that misbehave and viewers that come and go for a day: `./dev soak` runs it until its hours are over, or Ctrl-C.

Once a minute everything is mended, the wall comes to rest and a sample is taken, so that samples can be compared.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import sys
import threading
import time

from lab import Lab, LabError, Visitors
from run import say
from steady_report import conclude, exit_code, print_verdicts, write_plot
from rest import TIDY_S
from wall import Wall

# What a camera suffers at random, docs/camsim.md: from what costs nothing to what costs the connection.
FAULTS = [
    {"hang": True}, {"garbage": 20}, {"expire_s": 1}, {"status": {"DESCRIBE": 503}}, {"status": {"PLAY": 454}},
    {"delay_ms": {"DESCRIBE": 3000}}, {"end_after_s": 2, "end": "reset"}, {"public": "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"},
    {"jump_s": 3600}, {"jump_s": -10}, {"drift_ppm": 5000}, {"standstill": True}, {"gap": 500}, {"lose_percent": 5},
    {"reorder": True}, {"speed": 0.5}, {"marker": True}, {"parameter_sets": "sdp"}, {"sdp": ["no_sprop"]}, {"sdp": ["extra_media"]},
]
# What makes a camera odd for as long as it has it. Some still show a picture; with the others the camera must not be live.
ODD = [
    {"markers": "none"}, {"markers": "nal"}, {"marker": True}, {"delimiters": True}, {"begin": 5}, {"no_idr": True}, {"odd_packet": True},
    {"stale": 2}, {"parameter_sets": "sdp"}, {"parameter_sets": "band"}, {"sdp": ["no_sprop"]}, {"sdp": ["broken_sprop"]},
    {"sdp": ["no_sprop"], "parameter_sets": "sdp"}, {"sdp": ["no_rtpmap"]}, {"sdp": ["more_types"]}, {"sdp": ["mjpeg"]}, {"sdp": ["mpeg_ts"]},
    {"sdp": ["all_sendonly"]}, {"sdp": ["no_aac_config"]}, {"sdp": ["bad_latm"]}, {"answers": ["no_interleaved"]}, {"answers": ["no_transport"]}, {"answers": ["other_channels"]},
    {"answers": ["odd_case"]}, {"answers": ["no_cseq"]}, {"status": {"OPTIONS": 404}}, {"standstill": True}, {"lose_percent": 5},
]
LONGEST_FAULT_S = 15
ODD_S = 10  # Until an odd camera has either become live, or not.
MOST_GUESTS = 16
VISITORS = 8  # A minute, with connections that are kept alive until they idle out.
HEALED_S = 120  # After the end of all faults; pauses between attempts have grown to some 20 s by then.


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev soak", description=__doc__.splitlines()[0],
                                     epilog="Exit code: 0 all measures are flat, 1 one grows or something broke, 2 it was too short to tell.")
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"), help="build folder")
    parser.add_argument("--hours", type=float, default=24, help="how long (24)")
    parser.add_argument("--cameras", type=int, default=20, help="cameras, 10 or more (20)")
    parser.add_argument("--minute", type=float, default=60, help="seconds from one sample to the next (60)")
    parser.add_argument("--seed", type=int, help="of chance; the one of a run before makes the same choices again")
    parser.add_argument("--folder", type=pathlib.Path, help="samples (soak.jsonl), plot (soak.svg) and all logs (BUILD/soak)")
    options = parser.parse_args()
    options.seed = random.randrange(2**32) if options.seed is None else options.seed
    options.folder = (options.folder or options.build / "soak").resolve()
    return options


class Soak:
    """What happens to a wall by chance."""

    def __init__(self, wall: Wall, seed: int, over: threading.Event):
        self.wall = wall
        self.refused = 0
        self.faults = 0
        self.reloads = 0
        self.looks = 0
        self._chance = random.Random(seed)
        self._over = over
        self._names = list(wall.entries)
        self._guests = dict.fromkeys(wall.guests, 0)
        self._counted = dict.fromkeys(wall.entries, 0)
        self._visitors: Visitors | None = None
        self._rested_fds: list[int] = []

    def minute(self, seconds: float):
        """Of misfortune; then all is mended, and every guest has gone. Not so when it is over."""
        end = time.monotonic() + seconds
        self._visitors = Visitors(self.wall.server, VISITORS)
        if self._chance.random() < 0.2:
            self.reload()
        while time.monotonic() < end and not self._over.is_set():
            self._chance.choices([self.spoil, self.cut, self.come, self.go], [4, 2, 4, 4])[0]()
            self._over.wait(self._chance.uniform(0, 2))
        if self._over.is_set():
            return
        for name in self._names:
            self.wall.cameras.order("DELETE", name, "faults")
        for kind, count in self._guests.items():
            self.wall.guests[kind].command("leave", count)
            self._guests[kind] = 0
        self.wall.wait_live(seconds=HEALED_S)

    def spoil(self):
        fault = {**self._chance.choice(FAULTS), "duration_s": self._chance.randint(1, LONGEST_FAULT_S)}
        name = self._chance.choice(self._names)
        self.wall.cameras.order("PUT", name, "faults", fault)
        # Faults of a dialogue are met by the next one only.
        if {"status", "delay_ms", "public", "sdp", "parameter_sets"} & set(fault):
            self.wall.cameras.order("POST", name, "close")
        self.faults += 1

    def cut(self):
        self.wall.cameras.order("POST", self._chance.choice(self._names), self._chance.choice(["close", "reset"]))
        self.faults += 1

    def come(self):
        kind = self._chance.choice(list(self._guests))
        count = self._chance.randint(1, MOST_GUESTS if kind == "shared" else 2)
        viewers = self.wall.guests[kind].command("join", count)
        self._guests[kind] += count
        # Of a camera that is not there.
        refused = sum(viewer["state"] in ("failed", "ended") for viewer in viewers)
        self.refused += refused
        self.wall.joins += count - refused

    def go(self):
        kind = self._chance.choice(list(self._guests))
        count = self._chance.randint(0, self._guests[kind])
        self.wall.guests[kind].command(self._chance.choices(["leave", "vanish"], [9, 1])[0], count)
        self._guests[kind] -= count

    def reload(self):
        """A camera more, and none; the last one is rebuilt, and is as it was."""
        entries = self.wall.entries
        changed = self._names[-1]
        spare = {"spare": {"url": self.wall.cameras.urls["spare"]}}
        self.configure({**entries, changed: {**entries[changed], "latency": "150ms"}, **spare}, lambda known: "spare" in known)
        self.configure(entries, lambda known: "spare" not in known)
        self.reloads += 1

    def configure(self, entries: dict, taken_over):
        self.wall.server.configure(entries)
        deadline = time.monotonic() + 30
        while not taken_over(self.wall.known()):
            if time.monotonic() > deadline:
                raise LabError("the changed configuration was not taken over within 30 s")
            time.sleep(0.1)

    def look(self):
        """One camera is odd. If the server says that it is live, a viewer is shown a picture."""
        name, fault = self._chance.choice(self._names), self._chance.choice(ODD)
        before = self.wall.known()[name]["reconnects"]
        self.wall.cameras.order("PUT", name, "faults", fault)
        self.wall.cameras.order("POST", name, "close")
        deadline = time.monotonic() + ODD_S

        def live() -> bool:
            camera = self.wall.known()[name]
            return camera["state"] == "live" and camera["reconnects"] > before

        while not live() and time.monotonic() < deadline:
            time.sleep(0.1)
        # A camera that was lost meanwhile comes back, or is live no more.
        while live():
            if self.wall.shows(name):
                self.looks += 1
                break
            if live():
                raise LabError(f"{name} ({self.wall.entries[name]['source']}) with {fault} is live, but a viewer is shown no picture")
        self.wall.cameras.order("DELETE", name, "faults")
        self.wall.cameras.order("POST", name, "close")
        self.wall.wait_live(seconds=HEALED_S)

    def sample(self) -> dict:
        for name, camera in self.wall.known().items():
            before, now = self._counted[name], camera["reconnects"]
            # One that was rebuilt counts anew.
            self.wall.reconnects += now - before if now >= before else now
            self._counted[name] = now
        self._visitors.go()
        sample = self.wall.rest(least=TIDY_S)
        if len(self._rested_fds) < 2:
            self._rested_fds.append(sample["fds"])
        if sample["fds"] > max(self._rested_fds):
            raise LabError(f"{sample['fds']} descriptors are open, {max(self._rested_fds)} were after the second minute")
        sample.update(refused=self.refused, faults=self.faults, reloads=self.reloads, looks=self.looks)
        return sample


def run(lab: Lab, options, figures: dict, over: threading.Event):
    wall = Wall(lab, options.cameras)
    figures["watching"] = wall.watching
    soak = Soak(wall, options.seed, over)
    end = time.monotonic() + options.hours * 3600
    with open(options.folder / "soak.jsonl", "w", encoding="utf-8") as file:
        while time.monotonic() < end and not over.is_set():
            begin = time.monotonic()
            # Coming to rest takes a part of the minute.
            soak.minute(options.minute * 0.5)
            if over.is_set():
                break
            soak.look()
            sample = soak.sample()
            figures["samples"].append(sample)
            file.write(json.dumps(sample) + "\n")
            file.flush()
            print(f"{sample['minutes']:7.1f} min  {sample['faults']:6} faults  {sample['reconnects']:6} reconnects  {sample['joins']:6} joins  "
                  f"{sample['threads']:5} threads  {sample['fds']:5} descriptors  {sample['objects']:6} objects  {sample['rss_mb']:7.1f} MB", flush=True)
            if sample["playing"] < wall.watching:
                raise LabError(f"of {wall.watching} viewers that watch from the start to the end {sample['playing']} still do")
            over.wait(max(0.0, begin + options.minute - time.monotonic()))
    if code := lab.stop(wall.server):
        raise LabError(f"the server ended with code {code}")


def main() -> int:
    options = parse_arguments()
    options.folder.mkdir(parents=True, exist_ok=True)
    for log in options.folder.glob("*.log"):
        log.unlink()
    over = threading.Event()

    def on_interrupt(*_):
        if over.is_set():
            raise KeyboardInterrupt
        say("\nending; once more ends at once")
        over.set()

    say(f"{options.hours:g} hours, seed {options.seed}; samples and logs are in {options.folder}")
    figures = {"seed": options.seed, "hours": options.hours, "cores": os.cpu_count(), "samples": []}
    broke = ""
    try:
        with Lab(options.build, options.folder, own_group=True) as lab:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                # What nohup ignores stays ignored.
                if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                    signal.signal(number, on_interrupt)
            run(lab, options, figures, over)
    except (LabError, OSError) as error:
        broke = str(error)
    except KeyboardInterrupt:
        say("not waiting for the end")
    if figures["samples"]:
        conclude(figures)
        print_verdicts(figures)
        write_plot(options.folder / "soak.svg", f"{figures['samples'][-1]['minutes'] / 60:.1f} hours of cameras that misbehave, seed {options.seed}", figures)
    if broke:
        print(f"BROKE: {broke}")
        return 1
    return exit_code(figures) if figures["samples"] else 2


if __name__ == "__main__":
    sys.exit(main())
