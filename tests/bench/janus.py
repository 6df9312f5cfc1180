"""Janus with its streaming plug-in, fed with a camera: a rival of `./dev bench fanout`."""

import pathlib
import socket
import subprocess
import time
import urllib.error
import urllib.request

from lab import LabError

CORE = """general: {{
  configs_folder = "{folder}"
  log_to_stdout = true
  debug_level = 3
}}
media: {{ rtp_port_range = "20000-40000" }}
nat: {{ ice_lite = true }}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "libjanus_websockets.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_mqtt.so,libjanus_nanomsg.so" }}
events: {{ broadcast = false }}
"""
OTHER_PLUGINS = ["audiobridge", "echotest", "nosip", "recordplay", "sip", "textroom", "videocall", "videoroom", "voicemail", "duktape", "lua"]
HTTP = """general: {{
  base_path = "/janus"
  http = true
  port = {port}
  ip = "127.0.0.1"
  https = false
}}
admin: {{ admin_http = false }}
"""
STREAMING = """camera: {{
  type = "rtp"
  id = 1
  media = ( {{
    type = "video"
    mid = "v"
    port = {port}
    pt = 96
    codec = "h264"
    fmtp = "profile-level-id=42e01f;packetization-mode=1"
    bufferkf = true
  }} )
}}
"""


def free_port(kind=socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Janus:
    """Serves one RTSP camera at mountpoint 1; ends with the context."""

    def __init__(self, folder: pathlib.Path, camera: str):
        self._folder = folder / "janus"
        self._folder.mkdir(exist_ok=True)
        self._port = free_port()
        self._media = free_port(socket.SOCK_DGRAM)
        self._camera = camera
        self.url = f"http://127.0.0.1:{self._port}/janus"

    def __enter__(self) -> "Janus":
        plugins = ",".join(f"libjanus_{name}.so" for name in OTHER_PLUGINS)
        for name, text in (("janus", CORE), ("janus.transport.http", HTTP), ("janus.plugin.streaming", STREAMING)):
            port = self._media if name.endswith("streaming") else self._port
            (self._folder / f"{name}.jcfg").write_text(text.format(folder=self._folder, port=port, plugins=plugins), encoding="utf-8")
        with open(self._folder / "janus.log", "w", encoding="utf-8") as log:
            self._janus = subprocess.Popen(["janus", "-F", str(self._folder), "-C", str(self._folder / "janus.jcfg")],
                                           stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        feed = (f"rtspsrc protocols=tcp latency=0 location={self._camera} ! rtph264depay ! h264parse config-interval=-1 ! "
                f"rtph264pay mtu=1200 pt=96 aggregate-mode=zero-latency ! udpsink host=127.0.0.1 port={self._media}")
        self._feed = subprocess.Popen(["gst-launch-1.0", "-q", *feed.split()], stdin=subprocess.DEVNULL)
        self._wait()
        return self

    def _wait(self):
        deadline = time.monotonic() + 20
        while True:
            try:
                with urllib.request.urlopen(self.url + "/info", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                if time.monotonic() > deadline or self._janus.poll() is not None:
                    self.__exit__()
                    raise LabError(f"Janus did not start; see {self._folder}/janus.log") from None
            time.sleep(0.1)

    @property
    def pid(self) -> int:
        return self._janus.pid

    def __exit__(self, *_):
        for program in (self._feed, self._janus):
            program.terminate()
            try:
                program.wait(10)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
