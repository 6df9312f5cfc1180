"""The stacks that viewers are built on: what makes each ready, how it is started, and what it cannot do by itself."""

import dataclasses
import pathlib
import shutil
import subprocess
import sys

VIEWERS = pathlib.Path(__file__).resolve().parent / "viewers"


@dataclasses.dataclass
class Stack:
    name: str
    # What has to be installed, by which ./dev knows whether this stack can be tried.
    needs: tuple[str, ...]
    # In the folder for what is built: what makes the viewer.
    make: "callable"
    # The command line of the viewer, given that folder.
    command: "callable"
    # Cases of cases.py, on both transports or (`fanout restart`) on one, that the stack cannot pass whatever the server does, with
    # the place where that is said.
    limits: dict[str, str] = dataclasses.field(default_factory=dict)

    def missing(self) -> list[str]:
        return [program for program in self.needs if not shutil.which(program)]


def run(*command, folder: pathlib.Path):
    """Only what fails is heard of."""
    done = subprocess.run([str(part) for part in command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        print(done.stdout, file=sys.stderr)
        raise RuntimeError(f"{' '.join(map(str, command))}: exit code {done.returncode}")


def copy(name: str, folder: pathlib.Path):
    """The sources go where things are built: package managers leave files beside them."""
    for path in (VIEWERS / name).rglob("*"):
        if path.is_file():
            target = folder / path.relative_to(VIEWERS / name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists() or target.read_bytes() != path.read_bytes():
                shutil.copyfile(path, target)


def up_to_date(stamp: pathlib.Path, source: pathlib.Path) -> bool:
    return stamp.exists() and stamp.read_bytes() == source.read_bytes()


def make_aiortc(folder: pathlib.Path):
    stamp, pinned = folder / "requirements.txt", VIEWERS / "requirements.txt"
    if up_to_date(stamp, pinned):
        return
    run(sys.executable, "-m", "venv", "--clear", "venv", folder=folder)
    run("venv/bin/pip", "install", "--quiet", "--only-binary", ":all:", "-r", pinned, folder=folder)
    shutil.copyfile(pinned, stamp)


def make_werift(folder: pathlib.Path):
    copy("werift", folder)
    installed, pinned = folder / "node_modules/.package-lock.json", VIEWERS / "werift/package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < (folder / pinned.name).stat().st_mtime:
        run("npm", "ci", "--ignore-scripts", "--loglevel=error", "--no-progress", "--no-audit", "--no-fund", folder=folder)


def make_pion(folder: pathlib.Path):
    copy("pion", folder)
    run("go", "build", "-o", "viewer", ".", folder=folder)


def make_rust(folder: pathlib.Path):
    """One of the three; they share a folder for what is built."""
    copy("rust", folder.parent / "rust")
    run("cargo", "build", "--locked", "--quiet", "--release", "--features", folder.name, "--bin", folder.name, folder=folder.parent / "rust")


def make_nothing(_: pathlib.Path):
    pass


def rust_command(name: str):
    return lambda folder: [folder.parent / "rust/target/release" / name]


UDP_ONLY = "the stack connects over UDP only"

STACKS = {
    stack.name: stack
    for stack in (
        Stack(
            "aiortc",
            ("python3",),
            make_aiortc,
            lambda folder: [folder / "venv/bin/python", VIEWERS / "aiortc_viewer.py"],
            {
                "restart": "it has no ICE restart (https://github.com/aiortc/aiortc/issues/211)",
                "tcp": f"{UDP_ONLY} (aioice keeps to RFC 5245, https://github.com/aiortc/aioice/issues/50)",
            },
        ),
        Stack(
            "werift",
            ("node", "npm"),
            make_werift,
            lambda folder: ["node", folder / "viewer.js"],
            {
                "tcp": f"{UDP_ONLY} (its README lists no ICE-TCP, https://github.com/shinyoshiaki/werift-webrtc)",
                "fanout restart": "after a restart it sends no checks of its own, and an ICE-lite server sends none (RFC 8445, section 2.5); "
                "its README has ICE restart among what is to come",
            },
        ),
        Stack(
            "pion",
            ("go",),
            make_pion,
            lambda folder: [folder / "viewer"],
        ),
        Stack(
            "str0m",
            ("cargo",),
            make_rust,
            rust_command("str0m"),
        ),
        Stack(
            "webrtc-rs",
            ("cargo",),
            make_rust,
            rust_command("webrtc-rs"),
        ),
        Stack(
            "libdatachannel",
            ("cargo", "cmake", "c++"),
            make_rust,
            rust_command("libdatachannel"),
            {
                "restart": "it has no ICE restart (https://github.com/paullouisageneau/libdatachannel/issues/545)",
                "tcp": f"{UDP_ONLY} before 0.24 (https://github.com/paullouisageneau/libdatachannel/pull/1475); the crate has 0.23.2",
            },
        ),
        Stack(
            "gstreamer",
            ("/usr/bin/python3",),
            make_nothing,
            lambda folder: ["/usr/bin/python3", VIEWERS / "gstreamer_viewer.py"],
            {"restart": "webrtcbin 1.22 has no ICE restart: create-offer does not read its options"},
        ),
    )
}
