/** @import { Finding } from './types.js' */

/**
 * For what the server says of a test that failed (docs/reasons.md): the text that says what to do,
 * and the field of the step where that is done. Without one, the server's own words say it.
 * @type {Record<string, [key: string, field: string]>}
 */
export const ADVICE = {
  login_rejected: ['advice.login', 'password'],
  login_missing: ['advice.no_login', 'username'],
  user_forbidden: ['advice.forbidden', 'username'],
  login_unsupported: ['advice.method', 'username'],
  no_such_path: ['advice.path', 'path'],
  unreachable: ['advice.unreachable', 'address'],
  unreachable_tls: ['advice.unreachable', 'address'],
  unreachable_http: ['advice.unreachable', 'address'],
  not_rtsp: ['advice.not_rtsp', 'address'],
  not_rtsp_but: ['advice.not_rtsp', 'address'],
  mute_camera: ['advice.silent', 'address'],
  silent_camera: ['advice.silent', 'address'],
  // Nothing came in time: most often nothing has this address.
  no_answer: ['advice.unreachable', 'address'],
  certificate_untrusted: ['advice.certificate', 'address'],
  certificate_changed: ['advice.certificate', 'address'],
  camera_busy: ['advice.busy', 'address'],
  no_udp: ['advice.udp', 'address'],
};

/** A camera that says so may take another way. @param {Finding} finding */
export const wantsOtherTransport = ({ ok, reason_code }) =>
  !ok && reason_code === 'transport_unsupported';

/**
 * Why a test failed, for the step that asked for it. The key is '' where only the server's own
 * words say it.
 * @param {Finding} finding
 * @returns {{key: string, field: string}}
 */
export function adviceOf({ reason_code = '' }) {
  const [key, field] = ADVICE[reason_code] ?? ['', 'address'];
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
