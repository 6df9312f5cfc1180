"""What every viewer is put through. A case returns what is worth telling, or raises CaseFailed."""

import os
import time

from house import CaseFailed, Stage, Viewer

JOINS = 20
STAY_S = 60  # Consent is renewed every few seconds and ends after 30 without an answer (RFC 7675, section 5.1).
RESTARTED_S = 35  # By then consent by the old credentials has ended.
GONE_S = 17  # 15 until a viewer that is silent is given up, and the server looks once a second.
# Only a quiet machine can tell how long something took.
QUIET = os.environ.get("FANLIGHT_QUIET") == "1"
LOST_PACKETS = 60
MOST_REPEATS = 1.5  # Of what was lost.


def expect(holds: bool, what: str):
    if not holds:
        raise CaseFailed(what)


def leave(stage: Stage, viewer: Viewer):
    status = viewer.command("leave", "left")["status"]
    expect(status == 200, f"DELETE was answered {status}")
    stage.wait("the session is gone", lambda: stage.session(viewer) is None)


def join(stage: Stage) -> str:
    """Joins one after the other, each until pictures come."""
    for number in range(JOINS):
        viewer = stage.viewer()
        try:
            viewer.plays("video")
        except CaseFailed as failed:
            raise CaseFailed(f"join {number + 1} of {JOINS}: {failed}") from None
        session = stage.session(viewer)
        expect(session is not None, "the server does not list the session")
        expect(session["transport"] == stage.transport, f"the viewer is on {session['transport']}: {session['transport_reason']}")
        leave(stage, viewer)
        stage.end_case()
    return f"{JOINS} of {JOINS}"


def sound(stage: Stage) -> str:
    """Video and sound of a camera that has both."""
    stage.viewer("sound", "--media", "video,audio").plays("video", "audio")
    return ""


def sound_first(stage: Stage) -> str:
    """The same, with sound in the first m-line."""
    stage.viewer("sound", "--media", "audio,video").plays("video", "audio")
    return ""


def silent(stage: Stage) -> str:
    """Sound is offered to a camera that has none."""
    stage.viewer("silent", "--media", "video,audio").plays("video")
    return ""


def silent_first(stage: Stage) -> str:
    """The same, with sound in the first m-line."""
    stage.viewer("silent", "--media", "audio,video").plays("video")
    return ""


def loss(stage: Stage) -> str:
    """Three of a hundred datagrams to the viewer are lost."""
    url, relays = stage.lossy_detour()
    viewer = stage.viewer("busy", through=url)
    viewer.plays("video")
    counts = relays[0].counts
    while counts.lost < LOST_PACKETS:
        viewer.goes_on()
    missing = viewer.goes_on()["lost"]
    said = f"{counts.lost} of {counts.media + counts.repeats} packets lost, {counts.repeats} repeats, {missing} never came"
    # A viewer on a busy machine asks for packets that are only late.
    expect(not QUIET or counts.repeats <= MOST_REPEATS * counts.lost, f"{said}: more than {MOST_REPEATS} for each")
    return said


def pli(stage: Stage) -> str:
    """The viewer asks for a key frame."""
    viewer = stage.viewer()
    viewer.plays("video")
    before = stage.session(viewer)["pli_count"]
    viewer.command("pli", "asked")
    stage.wait("the server has counted the PLI", lambda: stage.session(viewer)["pli_count"] > before)
    viewer.goes_on()
    return ""


def restart(stage: Stage) -> str:
    """ICE is restarted by PATCH (RFC 9725, section 4.3.3)."""
    viewer = stage.viewer()
    viewer.plays("video")
    viewer.command("restart", "restarted")
    go_on_for(viewer, time.monotonic(), RESTARTED_S)
    session = stage.session(viewer)
    expect(session is not None and session["state"] == "connected", f"after the restart the session is {session}")
    return ""


def trickle(stage: Stage) -> str:
    """The offer has no candidates; they come by PATCH."""
    stage.viewer("silent", "--trickle").plays("video")
    return ""


def tcp(stage: Stage) -> str:
    """The server's candidates for UDP do not arrive."""
    viewer = stage.viewer("silent", through=stage.detour("tcp"))
    viewer.plays("video")
    if stage.transport == "fanout":  # The other one does not know.
        candidate = stage.session(viewer)["candidate"]
        expect(candidate == "tcp", f"the viewer is connected over {candidate}")
    return ""


def ipv6(stage: Stage) -> str:
    """Neither side has IPv4 candidates."""
    viewer = stage.viewer("silent", through=stage.detour("ipv6"))
    viewer.plays("video")
    return ""


def went(stage: Stage) -> str:
    """The viewer ends its session."""
    viewer = stage.viewer()
    viewer.plays("video")
    leave(stage, viewer)
    return ""


def vanished(stage: Stage) -> str:
    """The viewer is killed; the server must notice by itself."""
    viewer = stage.viewer()
    viewer.plays("video")
    viewer.vanish()
    begin = time.monotonic()
    stage.wait("the session is gone", lambda: stage.session(viewer) is None)
    seconds = time.monotonic() - begin
    expect(not QUIET or seconds <= GONE_S, f"the server listed the session for {seconds:.0f} s more")
    return f"after {seconds:.0f} s"


def camera_lost(stage: Stage) -> str:
    """The camera goes and comes back; the viewer's connection stays."""
    viewer = stage.viewer("lost")
    viewer.plays("video")
    stage.break_camera("lost")
    stage.wait("the camera is lost", lambda: state(stage, "lost") in ("retrying", "refused"))
    stage.mend_camera("lost")
    stage.wait("the camera is back", lambda: state(stage, "lost") == "live")
    viewer.goes_on()
    expect(stage.session(viewer) is not None, "the session has ended")
    return ""


def switch(stage: Stage) -> str:
    """The main stream goes and comes back; the viewer gets the other one meanwhile, on the same connection."""
    viewer = stage.viewer("two")
    viewer.plays("video")
    expect(stage.session(viewer)["stream"] == "main", "the viewer did not begin with the main stream")
    stage.break_camera("main")
    stage.wait("the viewer gets the sub-stream", lambda: stage.session(viewer)["stream"] == "sub")
    viewer.goes_on()
    stage.mend_camera("main")
    stage.wait("the viewer gets the main stream again", lambda: stage.session(viewer)["stream"] == "main")
    viewer.goes_on()
    return ""


def stay(stage: Stage) -> str:
    """A viewer that began before all others is still there after a minute."""
    viewer = stage.stayer
    viewer.plays("video")
    go_on_for(viewer, stage.stayer_began, STAY_S)
    leave(stage, viewer)
    return ""


def go_on_for(viewer: Viewer, begin: float, seconds: float):
    """At least; pictures come all the time, and after it."""
    while time.monotonic() < begin + seconds:
        viewer.goes_on()
    viewer.goes_on()


def state(stage: Stage, camera: str) -> str:
    return stage.server.get(f"/api/cameras/{stage.camera(camera)}")["state"]


# By the name on the command line: what the table calls it, and the case. `stay` is the last: its viewer begins with the first.
CASES = {
    "join": (f"join, {JOINS} times", join),
    "sound": ("video and sound", sound),
    "sound_first": ("sound and video", sound_first),
    "silent": ("sound offered to a silent camera", silent),
    "silent_first": ("the same, sound first", silent_first),
    "loss": ("3 % loss", loss),
    "pli": ("PLI", pli),
    "restart": ("ICE restart", restart),
    "trickle": ("trickle", trickle),
    "tcp": ("ICE-TCP", tcp),
    "ipv6": ("IPv6 only", ipv6),
    "leave": ("leaves by DELETE", went),
    "vanish": ("leaves without a word", vanished),
    "camera": ("camera lost and back", camera_lost),
    "switch": ("stream switch", switch),
    "stay": (f"{STAY_S} s", stay),
}
