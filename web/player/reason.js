/** @import { Reason } from './types.js' */

/**
 * @param {string} code
 * @param {Record<string, any>} said What the server sent, with its sentence in the member `name`.
 * @param {string} name
 * @returns {Reason}
 */
export function reasonOf(code, said, name) {
  /** @type {Reason} */
  const reason = { code, message: said[name] ?? '' };
  const sentence = said[`${name}_code`];
  if (sentence) {
    Object.assign(reason, { message_code: sentence, message_values: said[`${name}_values`] });
  }
  return reason;
}
