"""Starts what is measured: cameras, the server and viewers, on free ports of the loopback interface."""

import http.client
import json
import os
import pathlib
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

from rest import PATIENCE


class LabError(Exception):
    """Something did not start, answer or end in time; the message says what."""


class Program:
    """A process whose lines can be waited for."""

    # Lines that are too many for the log.
    unlogged: re.Pattern | None = None
    # Signals that we send; with another one a program has crashed.
    SENT = (signal.SIGTERM, signal.SIGKILL, signal.SIGINT, signal.SIGHUP)

    def __init__(self, command: list, log: pathlib.Path, env: dict | None = None, own_group: bool = False):
        self.name = pathlib.Path(str(command[0])).name
        self.log = log
        self._log = open(log, "a", encoding="utf-8")
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **(env or {})},
            process_group=0 if own_group else None,
        )
        self._lines: queue.Queue = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def pid(self) -> int:
        return self.process.pid

    def _read(self):
        for line in self.process.stdout:
            if not (self.unlogged and self.unlogged.search(line)):
                self._log.write(line)
                self._log.flush()
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def begin(self):
        """Waits until the program serves; nothing to wait for by default."""

    def line(self, seconds: float) -> str:
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            raise LabError(f"{self.name} said nothing for {seconds:.0f} s; see {self._log.name}") from None
        if line is None:
            raise LabError(f"{self.name} ended with code {self.process.wait()}; see {self._log.name}")
        return line

    def wait_for(self, pattern: str, seconds: float) -> re.Match:
        """The first line that matches; what comes before is dropped."""
        deadline = time.monotonic() + seconds
        while True:
            match = re.search(pattern, self.line(max(0.0, deadline - time.monotonic())))
            if match:
                return match

    def say(self, line: str):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def running(self) -> bool:
        return self.process.poll() is None

    def stop(self, seconds: float = PATIENCE) -> int:
        """SIGTERM and its exit code; SIGKILL when that does not end it."""
        if self.running():
            self.process.terminate()
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.process.stdin.close()
        # tests/outcomes.py looks for these words: what saw a crash is never repeated.
        if code < 0 and -code not in self.SENT:
            print(f"crashed: {self.name}: {signal.Signals(-code).name}", file=sys.stderr, flush=True)
        return code


class Cameras(Program):
    def __init__(self, build: pathlib.Path, folder: pathlib.Path, specs: list[str], cache: pathlib.Path | None = None, port: int = 0,
                 control: bool = False, own_group: bool = False):
        command = [build / "tools/camsim/fanlight-camsim", "--listen", f"127.0.0.1:{port}"]
        if cache:
            command += ["--cache", cache]
        if control:
            command += ["--control", "127.0.0.1:0"]
        for spec in specs:
            command += ["--camera", spec]
        super().__init__(command, folder / "camsim.log", own_group=own_group)
        self.urls: dict[str, str] = {}
        self._control = ""

    def begin(self):
        # A clip is encoded once a machine; that can take its time.
        while True:
            words = self.line(300).split()
            if words == ["ready"]:
                break
            if len(words) == 2 and words[1].startswith("rtsp://"):
                self.urls[words[0]] = words[1]
            elif words[:1] == ["control"]:
                self._control = words[1]

    def order(self, method: str, camera: str, what: str, faults: dict | None = None):
        """A command of docs/camsim.md to one camera: `POST close`, `PUT faults` and so on."""
        body = json.dumps(faults).encode() if faults is not None else None
        request = urllib.request.Request(f"{self._control}/cameras/{camera}/{what}", body, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE):
            pass


class Server(Program):
    unlogged = re.compile("object-alive")  # The leaks tracer's lists.

    def __init__(self, build: pathlib.Path, folder: pathlib.Path, cameras: dict[str, str | dict], audio: bool = False,
                 env: dict | None = None, transport: str = "default", own_group: bool = False):
        """Cameras are URLs, or keys of the configuration where those differ from camera to camera."""
        self._config = folder / "fanlight.yaml"
        self._common = {"audio": audio, "webrtc_transport": transport}
        self.configure(cameras)
        super().__init__(
            [build / "src/fanlight", "--config", self._config],
            folder / "fanlight.log",
            {
                "GST_PLUGIN_PATH": str(build / "plugins"),
                "GST_REGISTRY": str(folder / "registry.bin"),
                **(env or {}),
            },
            own_group,
        )
        self.url = ""

    def configure(self, cameras: dict[str, str | dict]):
        """Writes the file; the server reads it again by itself."""
        # The machine is to be the limit; and all viewers come from one address, which may have three quarters of the places.
        lines = ["server:", "  listen: 127.0.0.1:0", "webrtc:", "  max_viewers: 20000", "  max_webrtcbin_viewers: 1000",
                 "cameras:" if cameras else "cameras: []"]
        for name, camera in cameras.items():
            keys = {**self._common, **(camera if isinstance(camera, dict) else {"url": camera})}
            lines += [f"  - id: {name}", *(f"    {key}: {json.dumps(value)}" for key, value in keys.items())]
        # In one step, as an editor does: half of it would be refused, with an error in the log.
        fresh = self._config.with_suffix(".new")
        fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
        fresh.rename(self._config)

    def begin(self):
        self.url = self.wait_for(r"serving on (http://\S+)", PATIENCE)[1]

    def get(self, path: str) -> dict:
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE) as response:
            return json.load(response)

    def sessions(self) -> list[dict]:
        """All of them, page by page."""
        sessions, after = [], ""
        while True:
            page = self.get(f"/api/sessions?after={after}")
            sessions += page["sessions"]
            if not (after := page.get("next", "")):
                return sessions

    def wait_live(self, seconds: float = PATIENCE):
        """Until every camera is live and has sent pictures."""
        deadline = time.monotonic() + seconds
        while True:
            cameras = self.get("/api/cameras")["cameras"]
            if all(camera["state"] == "live" and camera["packets"] > 0 for camera in cameras):
                return
            if time.monotonic() > deadline:
                raise LabError(f"not live within {seconds:.0f} s: {cameras}")
            time.sleep(0.05)


class Visitors:
    """Clients that keep their HTTP connections alive, as health checks and pages do. Half of them close them; the server
    closes those of the others when they have been idle for as long as it allows."""

    IDLE_OUT_S = 120  # It allows a minute.

    def __init__(self, server: Server, count: int, requests: int = 3):
        address = urllib.parse.urlsplit(server.url).netloc
        connections = [http.client.HTTPConnection(address, timeout=self.IDLE_OUT_S) for _ in range(count)]
        for connection in connections:
            for _ in range(requests):
                connection.request("GET", "/health")
                response = connection.getresponse()
                response.read()
                if response.status != 200 or response.will_close:
                    raise LabError(f"/health: {response.status}, {'closed' if response.will_close else 'kept alive'}")
        self._closing = connections[::2]
        self._waiting = connections[1::2]

    def go(self):
        """When this returns, none of them is connected."""
        for connection in self._closing:
            connection.close()
        for connection in self._waiting:
            try:
                if connection.sock.recv(1):
                    raise LabError("the server says something to a client that has asked nothing")
            except TimeoutError:
                raise LabError(f"a connection is idle for {self.IDLE_OUT_S} s, and the server has not closed it") from None
            connection.close()
        self._closing = self._waiting = []


class Crowd(Program):
    """fanlight-load that is told what to do; every command returns what it says of the viewers."""

    # Until a viewer that does not come to play has failed; less than command() waits.
    PATIENCE_S = 100

    def __init__(self, build: pathlib.Path, folder: pathlib.Path, url: str, *options: str, own_group: bool = False):
        command = [build / "tools/load/fanlight-load", "--commands", "--patience", self.PATIENCE_S, *options, url]
        super().__init__(command, folder / "crowd.log", own_group=own_group)

    def command(self, *words) -> list[dict]:
        self.say(" ".join(map(str, words)))
        reply = json.loads(self.line(PATIENCE))
        if "viewers" not in reply:
            raise LabError(f"fanlight-load: {reply}")
        return reply["viewers"]

    def join(self, count: int, spacing_ms: int = 0) -> list[dict]:
        viewers = self.command("join", count, spacing_ms)
        failed = [viewer for viewer in viewers if viewer["state"] != "playing"]
        if failed:
            raise LabError(f"{len(failed)} of {count} viewers did not come to play, the first: {failed[0]}")
        return viewers

    def leave(self, count: int) -> list[dict]:
        viewers = self.command("leave", count)
        failed = [viewer for viewer in viewers if viewer["state"] != "gone"]
        if failed:
            raise LabError(f"{len(failed)} of {count} viewers could not leave, the first: {failed[0]}")
        return viewers

    def stats(self) -> list[dict]:
        return self.command("stats")


class Lab:
    """A folder for the logs, and the programs; all of them end with it."""

    def __init__(self, build: pathlib.Path, folder: pathlib.Path | None = None, own_group: bool = False):
        """A `folder` that is given stays. With `own_group`, Ctrl-C reaches whoever called, not the programs."""
        self.build = build
        self._temporary = None if folder else tempfile.TemporaryDirectory(prefix="fanlight-bench-", ignore_cleanup_errors=True)
        self.folder = folder or pathlib.Path(self._temporary.name)
        self._own_group = own_group
        self._programs: list[Program] = []

    def __enter__(self) -> "Lab":
        # Whoever stops this stops the programs with it.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        return self

    def __exit__(self, *_):
        for program in reversed(self._programs):
            program.stop()
        if self._temporary:
            self._temporary.cleanup()

    def stop(self, program: Program, seconds: float = PATIENCE) -> int:
        self._programs.remove(program)
        return program.stop(seconds)

    def _keep(self, program):
        self._programs.append(program)
        program.begin()
        return program

    def cameras(self, *specs: str, port: int = 0, control: bool = False) -> Cameras:
        return self._keep(Cameras(self.build, self.folder, list(specs), port=port, control=control, own_group=self._own_group))

    def server(self, cameras: dict[str, str | dict], build: pathlib.Path | None = None, **options) -> Server:
        return self._keep(Server(build or self.build, self.folder, cameras, own_group=self._own_group, **options))

    def crowd(self, url: str, *options: str) -> Crowd:
        return self._keep(Crowd(self.build, self.folder, url, *options, own_group=self._own_group))

    def program(self, command: list, **options) -> Program:
        name = pathlib.Path(str(command[0])).name
        return self._keep(Program(command, self.folder / f"{name}.log", **options))
