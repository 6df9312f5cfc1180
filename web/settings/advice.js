/** @import { Finding } from './types.js' */

/**
 * What the server says of a test that failed, the text that says what to do, and the field of the
 * step where that is done.
 * @type {[says: RegExp, key: string, field: string][]}
 */
const ADVICE = [
  [/rejects the login/, 'advice.login', 'password'],
  [/requires a login/, 'advice.no_login', 'username'],
  [/does not allow this user/, 'advice.forbidden', 'username'],
  [/authentication method/, 'advice.method', 'username'],
  [/has no such stream/, 'advice.path', 'path'],
  [/cannot reach/, 'advice.unreachable', 'address'],
  [/is not RTSP/, 'advice.not_rtsp', 'address'],
  [/keeps the connection open/, 'advice.silent', 'address'],
  // Nothing came in time: most often nothing has this address.
  [/does not answer/, 'advice.unreachable', 'address'],
  [/certificate/, 'advice.certificate', 'address'],
  [/is busy/, 'advice.busy', 'address'],
  [/over UDP/, 'advice.udp', 'address'],
];

/** A camera that says so may take another way. @param {Finding} finding */
export const wantsOtherTransport = ({ ok, reason }) =>
  !ok && /does not support transport/.test(reason);

/**
 * Why a test failed, for the step that asked for it. The key is '' where only the server's own
 * words say it.
 * @param {Finding} finding
 * @returns {{key: string, field: string}}
 */
export function adviceOf({ reason }) {
  const [, key, field] = ADVICE.find(([says]) => says.test(reason)) ?? [null, '', 'address'];
  return { key, field };
}

/**
 * What is to be said of the codec of a camera that answers: '' where all browsers play it.
 * @param {Finding} main
 * @param {Finding | null} sub
 * @param {boolean} plays Whether this browser plays H.265.
 */
export function codecNote(main, sub, plays) {
  const isH265 = (/** @type {Finding | null} */ finding) => finding?.video[0]?.codec === 'H265';
  if (!isH265(main)) return '';
  if (sub?.ok && !isH265(sub)) return plays ? '' : 'advice.h265.sub';
  return plays ? 'advice.h265.others' : 'advice.h265';
}
