/** The pictures between two lines about them. */
const PICTURES_PER_LINE = 5;

/**
 * One event, as a line of JSON on standard output.
 * @param {string} event
 * @param {object} members
 */
export function say(event, members = {}) {
  console.log(JSON.stringify({ event, ...members }));
}

/** The server did not answer an offer or a restart with an answer. */
export class Refused extends Error {
  /** @param {number} status @param {string} body */
  constructor(status, body) {
    super(`${status}: ${body}`);
    this.status = status;
    this.body = body;
  }
}

/** One session (draft-ietf-wish-whep). */
export class Whep {
  #endpoint;
  #session = '';
  #etag = '';

  /** @param {string} endpoint */
  constructor(endpoint) {
    this.#endpoint = endpoint;
  }

  /** The answer. @param {string} sdp */
  async offer(sdp) {
    const headers = { 'Content-Type': 'application/sdp' };
    const response = await fetch(this.#endpoint, { method: 'POST', headers, body: sdp });
    const body = await response.text();
    if (response.status !== 201) throw new Refused(response.status, body);
    this.#session = new URL(response.headers.get('Location') ?? '', this.#endpoint).href;
    this.#etag = response.headers.get('ETag') ?? '';
    say('answered', { status: 201, session: this.#session.split('/').pop() });
    return body;
  }

  /**
   * The answer's fragment of an ICE restart; empty after candidates (RFC 9725, section 4.3).
   * @param {string} fragment
   */
  async patch(fragment) {
    const headers = { 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': this.#etag };
    const response = await fetch(this.#session, { method: 'PATCH', headers, body: fragment });
    const body = await response.text();
    if (![200, 204].includes(response.status)) throw new Refused(response.status, body);
    this.#etag = response.headers.get('ETag') ?? this.#etag;
    return body;
  }

  async leave() {
    const response = await fetch(this.#session, { method: 'DELETE' });
    say('left', { status: response.status });
  }
}

/** @param {string} sdp */
export const withoutCandidates = (sdp) =>
  sdp.replaceAll(/^a=(candidate|end-of-candidates).*\r?\n/gm, '');

/**
 * What RFC 8840, section 9, sends of a description: its ICE credentials, and the first m-line with
 * its candidates.
 * @param {string} sdp
 */
export function fragment(sdp) {
  const media = sdp.slice(sdp.indexOf('m='));
  const first = (/** @type {RegExp} */ pattern) => sdp.match(pattern)?.[0] ?? '';
  return [
    first(/^a=ice-ufrag:.*$/m),
    first(/^a=ice-pwd:.*$/m),
    first(/^m=.*$/m),
    first(/^a=mid:.*$/m),
    ...new Set(media.match(/^a=candidate:.*$/gm)),
    'a=end-of-candidates',
  ]
    .map((line) => `${line.trim()}\r\n`)
    .join('');
}

/**
 * An answer after an ICE restart: the old one with what the fragment says of ICE.
 * @param {string} answer
 * @param {string} fragment
 */
export function restarted(answer, fragment) {
  const candidates = fragment.match(/^a=candidate:.*\r?\n/gm) ?? [];
  const fresh = (/** @type {string} */ name) =>
    fragment.match(new RegExp(`^a=${name}:.*$`, 'm'))?.[0].trim() ?? '';
  let first = true;
  return withoutCandidates(answer)
    .replaceAll(/^a=ice-ufrag:.*$/gm, fresh('ice-ufrag'))
    .replaceAll(/^a=ice-pwd:.*\r?\n/gm, () => {
      const lines = `${fresh('ice-pwd')}\r\n${first ? candidates.join('') : ''}`;
      first = false;
      return lines;
    });
}

/** What has come of one kind of media. */
export class Counter {
  #kind;
  /** @type {Set<number>} */
  #seen = new Set();
  #first = -1;
  #highest = -1;
  #pictures = 0;
  #repeated = 0;

  /** @param {string} kind */
  constructor(kind) {
    this.#kind = kind;
  }

  /**
   * A packet of media, whether it came as such or by RTX.
   * @param {number} sequence
   * @param {boolean} endsPicture
   */
  onPacket(sequence, endsPicture) {
    if (this.#first < 0) {
      this.#first = this.#highest = sequence + 0x10000; // What comes before it is positive, too.
      say('first_packet', { kind: this.#kind });
    }
    const number = this.#highest + (((sequence - this.#highest + 0x8000) & 0xffff) - 0x8000);
    this.#first = Math.min(this.#first, number);
    this.#highest = Math.max(this.#highest, number);
    if (this.#seen.has(number)) {
      this.#repeated++;
      return;
    }
    this.#seen.add(number);
    if (endsPicture && this.#kind === 'video') this.#onPicture();
  }

  #onPicture() {
    if (++this.#pictures % PICTURES_PER_LINE !== 1) return;
    const packets = this.#seen.size;
    const lost = this.#highest - this.#first + 1 - packets;
    say('pictures', { count: this.#pictures, packets, lost, repeated: this.#repeated });
  }
}
