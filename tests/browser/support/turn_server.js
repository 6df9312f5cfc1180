import { createHash, createHmac } from 'node:crypto';
import { createSocket } from 'node:dgram';

/* As much of a TURN server (RFC 8656) as shows who asks for an allocation: none is ever made. */

const ALLOCATE = 0x0003;
const REFUSAL = 0x0113;
const USERNAME = 0x0006;
const INTEGRITY = 0x0008;
const ERROR_CODE = 0x0009;
const REALM = 0x0014;
const NONCE = 0x0015;
const NAME = 'turn.example';

/** @param {number} type @param {Buffer} value */
function attribute(type, value) {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

/** @param {Buffer} message */
function attributesOf(message) {
  /** @type {Map<number, {at: number, value: Buffer}>} */
  const found = new Map();
  for (let at = 20; at + 4 <= message.length;) {
    const length = message.readUInt16BE(at + 2);
    const value = message.subarray(at + 4, at + 4 + length);
    found.set(message.readUInt16BE(at), { at, value });
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return found;
}

/** @param {Buffer} request @param {number} code */
function refuse(request, code) {
  const body = Buffer.concat([
    attribute(ERROR_CODE, Buffer.from([0, 0, Math.floor(code / 100), code % 100])),
    attribute(REALM, Buffer.from(NAME)),
    attribute(NONCE, Buffer.from('nonce')),
  ]);
  const head = Buffer.from(request.subarray(0, 20));
  head.writeUInt16BE(REFUSAL, 0);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

/** Whether the integrity of a request is that of a password made of `secret`. */
function isSigned(/** @type {Buffer} */ request, /** @type {string} */ secret) {
  const attributes = attributesOf(request);
  const username = attributes.get(USERNAME)?.value.toString() ?? '';
  const signed = attributes.get(INTEGRITY);
  if (!signed) return false;
  const password = createHmac('sha1', secret).update(username).digest('base64');
  const key = createHash('md5').update(`${username}:${NAME}:${password}`).digest();
  const text = Buffer.from(request.subarray(0, signed.at));
  text.writeUInt16BE(signed.at + 24 - 20, 2);
  return createHmac('sha1', key).update(text).digest().equals(signed.value);
}

/**
 * Listens on loopback. `users` are those who asked with a credential that is made of `secret`.
 * @param {string} secret
 */
export async function openTurnServer(secret) {
  const socket = createSocket('udp4');
  /** @type {Set<string>} */
  const users = new Set();
  socket.on('message', (message, { port, address }) => {
    if (message.length < 20 || message.readUInt16BE(0) !== ALLOCATE) return;
    const username = attributesOf(message).get(USERNAME);
    const signed = username && isSigned(message, secret);
    if (signed) users.add(username.value.toString());
    // 486: the allocation quota is reached.
    socket.send(refuse(message, signed ? 486 : 401), port, address);
  });
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(undefined)));
  return { users, port: socket.address().port, close: () => socket.close() };
}
