import { createSocket } from 'node:dgram';

/** For a cached group of pictures that comes all at once; the kernel grants what it will. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/** @typedef {{packets: number, bytes: number}} Count */

/**
 * Which datagrams towards the browser are lost.
 * @typedef {(datagram: Buffer) => boolean} Loss
 */

/**
 * Each datagram by chance, the same ones in every run: a linear congruential generator modulo 2^32,
 * whose high bits are good enough to toss coins.
 * @param {number} share 0 to 1.
 * @param {number} seed
 * @returns {Loss}
 */
export function atRandom(share, seed) {
  let state = Math.imul(seed, 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 < share;
  };
}

/**
 * The first datagram of its kind alone.
 * @param {(datagram: Buffer) => boolean} kind
 * @returns {Loss}
 */
export function theFirst(kind) {
  let lost = false;
  return (datagram) => {
    if (lost || !kind(datagram)) return false;
    lost = true;
    return true;
  };
}

/** @param {Buffer} datagram RTP and RTCP share a port (RFC 5761, section 4; RFC 7983, section 7). */
export function isRtp(datagram) {
  const type = datagram[1] & 0x7f;
  return datagram[0] >> 6 === 2 && (type < 64 || type > 95);
}

/** @param {Buffer} datagram The last flight of DTLS, which starts with a ChangeCipherSpec. */
export const isLastFlight = (datagram) => datagram[0] === 20;

/**
 * A UDP relay on loopback between one browser and the server. It loses some of the datagrams
 * towards the browser, and counts what can be seen of SRTP from outside.
 */
export class LossyRelay {
  #near = createSocket('udp4');
  #far = createSocket('udp4');
  #loss;
  /** What the server sent, lost or not, by RTP payload type. @type {Map<number, Count>} */
  sent = new Map();
  /** Datagrams. */
  lost = 0;

  /** @param {Loss} loss */
  constructor(loss) {
    this.#loss = loss;
  }

  /** @param {Loss} loss */
  static async open(loss) {
    const relay = new LossyRelay(loss);
    await Promise.all([bind(relay.#near), bind(relay.#far)]);
    return relay;
  }

  /**
   * The answer with this relay as its only candidate.
   * @param {string} answer
   */
  stepInto(answer) {
    const candidate = /^a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 (\d+) typ host\r\n/m;
    const [line, port] = answer.match(candidate) ?? [];
    if (!line) throw new Error(`no UDP candidate on 127.0.0.1 in\n${answer}`);
    this.#relayTo(Number(port));
    const own = line.replace(` ${port} `, ` ${this.#near.address().port} `);
    return answer.replaceAll(/^a=candidate:.*\r\n/gm, (other) => (other === line ? own : ''));
  }

  /** @param {number} serverPort */
  #relayTo(serverPort) {
    /** @type {import('node:dgram').RemoteInfo | null} */
    let browser = null;
    this.#near.on('message', (datagram, from) => {
      browser = from;
      this.#far.send(datagram, serverPort, '127.0.0.1');
    });
    this.#far.on('message', (datagram) => {
      if (isRtp(datagram)) this.#count(datagram);
      if (this.#loss(datagram)) this.lost++;
      else if (browser) this.#near.send(datagram, browser.port, browser.address);
    });
  }

  /** @param {Buffer} rtp */
  #count(rtp) {
    const type = rtp[1] & 0x7f;
    const { packets, bytes } = this.sent.get(type) ?? { packets: 0, bytes: 0 };
    this.sent.set(type, { packets: packets + 1, bytes: bytes + rtp.length });
  }

  /** From now on nothing passes. */
  close() {
    this.#near.close();
    this.#far.close();
  }
}

/** @param {import('node:dgram').Socket} socket @returns {Promise<void>} */
function bind(socket) {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => {
      socket.setRecvBufferSize(BUFFER_BYTES);
      resolve();
    });
  });
}
