"""Other ways, naive ones and other servers, measured in the same run and in the same manner."""

import json
import time

from lab import LabError
from usage import Usage, watch

# What else the servers could do is off.
MEDIAMTX = {
    "logLevel": "warn", "rtsp": False, "rtmp": False, "hls": False, "webrtc": False, "srt": False,
    "pathDefaults": {"rtspTransport": "tcp", "sourceOnDemand": False},
}
GO2RTC = {"api": {"listen": ""}, "rtsp": {"listen": ""}, "webrtc": {"listen": ""}, "srtp": {"listen": ""}, "log": {"level": "warn"}}


def naive_cameras(lab, urls: list[str], window: float, lower: str = "tcp") -> dict:
    """What one types first: rtspsrc with its defaults, parsed and payloaded for nobody."""
    idle = lab.program(["gst-launch-1.0", "-q", "fdsrc", "!", "fakesink"])
    time.sleep(1)
    base = Usage.of(idle.pid)
    lab.stop(idle)
    command = ["gst-launch-1.0", "-q"]
    for url in urls:
        command += f"rtspsrc protocols={lower} latency=2000 location={url} ! rtph264depay ! h264parse ! rtph264pay ! fakesink".split()
    program = lab.program(command)
    time.sleep(5)
    measured = watch(program.pid, window)
    lab.stop(program)
    count = len(urls)
    return {
        "cameras": count,
        "cpu_percent_per_camera": 100 * measured.cores / count,
        "rss_mb_per_camera": (measured.last.rss - base.rss) / 1e6 / count,
        "threads_per_camera": (measured.last.threads - base.threads) / count,
        "fds_per_camera": (measured.last.fds - base.fds) / count,
    }


def mediamtx_config(urls: list[str]) -> dict:
    return {**MEDIAMTX, "paths": {f"camera-{i}": {"source": url} for i, url in enumerate(urls)}}


def go2rtc_config(urls: list[str]) -> dict:
    names = {f"camera-{i}": url for i, url in enumerate(urls)}
    return {**GO2RTC, "streams": names, "preload": {name: "video" for name in names}}


def other_server(lab, program, config, urls: list[str], window: float) -> dict:
    """What `program` takes to have the same cameras over TCP, with the configuration that `config(urls)` gives."""
    file = lab.folder / f"{program.name}.yml"

    def start(cameras: list[str]):
        # JSON is YAML.
        file.write_text(json.dumps(config(cameras)), encoding="utf-8")
        server = lab.program([program, file] if config is mediamtx_config else [program, "-config", file])
        time.sleep(5)
        return server

    server = start([])
    base = Usage.of(server.pid)
    lab.stop(server)
    server = start(urls)
    measured = watch(server.pid, window)
    lab.stop(server)
    count = len(urls)
    if measured.last.fds - base.fds < count:
        raise LabError(f"{program.name} has only {measured.last.fds - base.fds} connections to {count} cameras; see {server.log}")
    return {
        "cameras": count,
        "cpu_percent_per_camera": 100 * measured.cores / count,
        "rss_mb_per_camera": (measured.last.rss - base.rss) / 1e6 / count,
        "threads_per_camera": (measured.last.threads - base.threads) / count,
    }


def least_reader(lab, urls: list[str], window: float) -> dict:
    """tests/bench/ingest: what reading them costs at least."""
    program = lab.program([lab.build / "tests/bench/ingest/ingest-floor", window, *urls])
    figures = json.loads(program.line(window + 60))
    lab.stop(program)
    return figures


def naive_viewers(lab, options, spec: str, spacing_ms: int) -> list[dict]:
    cameras = lab.cameras("id=cam," + spec)
    results = []
    for count in options.viewers:
        server = lab.program([options.build / "tests/bench/naive/naive-whep", cameras.urls["cam"]])
        url = server.wait_for(r"serving on (http://\S+)", 30)[1]
        time.sleep(3)
        baseline = watch(server.pid, options.window)
        crowd = lab.crowd(url + "/whep/cam")
        viewers = crowd.join(count, spacing_ms)
        time.sleep(options.window / 4)
        before = crowd.stats()
        window = watch(server.pid, options.window)
        after = crowd.stats()
        packets = sum(v["packets"] for v in after) - sum(v["packets"] for v in before)
        cores = window.cores - baseline.cores
        results.append({
            "viewers": count,
            "cpu_percent_per_viewer": 100 * cores / count,
            "us_per_packet": 1e6 * cores * window.seconds / packets if packets else -1,
            "rss_mb_per_viewer": (window.last.rss - baseline.last.rss) / 1e6 / count,
            "threads_per_viewer": (window.last.threads - baseline.last.threads) / count,
            "fds_per_viewer": (window.last.fds - baseline.last.fds) / count,
            "post_to_dtls_ms": sorted(v["dtls_ms"] for v in viewers)[count // 2],
            "post_to_key_frame_ms": sorted(v["key_frame_ms"] for v in viewers)[count // 2],
        })
        lab.stop(crowd)
        lab.stop(server)
    lab.stop(cameras)
    return results
