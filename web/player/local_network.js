/**
 * What browsers call the permission to reach this machine, or others of its network, from a page
 * that comes from elsewhere. The last one is of Chromium 138 to 144.
 */
const PERMISSIONS = ['loopback-network', 'local-network', 'local-network-access'];

/**
 * Whether the reader, or somebody for them, has denied that to this page. Not to have been asked
 * is no denial: pages of the same network are never asked.
 * @param {Pick<Permissions, 'query'> | undefined} permissions
 * @param {URL} server
 */
export async function isBarred(permissions, { hostname }) {
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$|\.localhost$/.test(hostname);
  const asked = loopback ? PERMISSIONS : PERMISSIONS.slice(1);
  for (const name of asked) {
    try {
      const { state } = await /** @type {any} */ (permissions).query({ name });
      return state === 'denied';
    } catch {
      // The browser has no such permission.
    }
  }
  return false;
}
