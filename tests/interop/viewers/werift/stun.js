import { createSocket } from 'node:dgram';

const BINDING_SUCCESS = 0x0101;
const XOR_MAPPED_ADDRESS = 0x0020;
const COOKIE = 0x2112a442;

/**
 * The URL of a STUN server on loopback (RFC 8489). werift 0.23 waits for one whatever it is told:
 * without any it asks one on the internet, for 5 s.
 * @returns {Promise<string>}
 */
export function ownStunServer() {
  const socket = createSocket('udp4');
  socket.on('message', (request, { address, port }) => {
    const reply = Buffer.alloc(32);
    request.copy(reply, 4, 4, 20); // The cookie and the transaction.
    reply.writeUInt16BE(BINDING_SUCCESS, 0);
    reply.writeUInt16BE(12, 2);
    reply.writeUInt16BE(XOR_MAPPED_ADDRESS, 20);
    reply.writeUInt16BE(8, 22);
    reply.writeUInt16BE(1, 24); // IPv4.
    reply.writeUInt16BE(port ^ (COOKIE >>> 16), 26);
    const bytes = address.split('.').map(Number);
    reply.writeUInt32BE((Buffer.from(bytes).readUInt32BE() ^ COOKIE) >>> 0, 28);
    socket.send(reply, port, address);
  });
  return new Promise((resolve) => {
    socket.bind(0, '127.0.0.1', () => resolve(`stun:127.0.0.1:${socket.address().port}`));
  });
}
