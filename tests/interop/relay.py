"""A UDP relay between one viewer and the server, which loses some of what the server sends."""

import dataclasses
import selectors
import socket
import threading

BUFFER_BYTES = 4 * 1024 * 1024  # For a cached group of pictures that comes all at once.
CLOSE = b"close"


@dataclasses.dataclass
class Counts:
    """What can be seen of SRTP from outside."""

    media: int = 0  # Packets of RTP that the server sent, once each.
    repeats: int = 0  # Packets that it sent again, by RTX or as they were.
    lost: int = 0  # Of both, what did not reach the viewer.


class Relay:
    """The relay has two addresses: viewers send to `address`; what comes from there goes on from another port."""

    def __init__(self, server: tuple[str, int], own: str, loss: float, rtx: set[int], seed: int = 1):
        """`rtx`: the payload types of RTX, as the answer says."""
        self._server = server
        self._loss = loss
        self._rtx = rtx
        self._chance = seed
        self._seen: set[tuple[bytes, bytes]] = set()
        self.counts = Counts()
        self._near = bound(own)
        self._far = bound(own)
        self.address = self._near.getsockname()[:2]
        self._stop, self._stopped = socket.socketpair()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self):
        """From now on nothing passes."""
        self._stop.send(CLOSE)
        self._thread.join()
        for end in (self._near, self._far, self._stop, self._stopped):
            end.close()

    def _run(self):
        viewer = None
        ready = selectors.DefaultSelector()
        for end in (self._near, self._far, self._stopped):
            ready.register(end, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                if key.fileobj is self._stopped:
                    return
                datagram, origin = key.fileobj.recvfrom(65536)
                if key.fileobj is self._near:
                    viewer = origin
                    self._far.sendto(datagram, self._server)
                elif viewer and not self._loses(datagram):
                    self._near.sendto(datagram, viewer)

    def _loses(self, datagram: bytes) -> bool:
        # The same losses in every run: a linear congruential generator, whose high bits are good enough to toss coins.
        self._chance = (self._chance * 1664525 + 1013904223) % 2**32
        lost = self._chance / 2**32 < self._loss
        if is_rtp(datagram):
            packet = (datagram[8:12], datagram[2:4])
            if datagram[1] & 0x7F in self._rtx or packet in self._seen:
                self.counts.repeats += 1
            else:
                self.counts.media += 1
                self._seen.add(packet)
            self.counts.lost += lost
        return lost


def is_rtp(datagram: bytes) -> bool:
    """RTP and RTCP share a port (RFC 5761, section 4; RFC 7983, section 7)."""
    return len(datagram) >= 12 and datagram[0] >> 6 == 2 and not 64 <= datagram[1] & 0x7F <= 95


def bound(address: str) -> socket.socket:
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
    end.bind((address, 0))
    return end
