import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const ROOT = new URL('../../../web/', import.meta.url).pathname;
/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/vnd.microsoft.icon',
  '.webmanifest': 'application/manifest+json',
};

/** @typedef {{status?: number, body: string | Buffer, headers: Record<string, string>}} Answer */

/**
 * Serves web/ and nothing else, for tests of the page that bring their own server side.
 * @returns {Promise<{url: string, close: () => Promise<void>}>}
 */
export function serveWeb() {
  return listen(findFile);
}

/** @param {string} path Of a file in web/. */
async function findFile(path) {
  const file = join(ROOT, normalize(path === '/' ? '/index.html' : path));
  const type = TYPES[extname(file)] ?? 'application/octet-stream';
  return { body: await readFile(file), headers: { 'Content-Type': type } };
}

/**
 * Serves web/ below a path, as a proxy does that has other sites as well.
 * @param {string} prefix "/cameras/"
 * @returns {Promise<{url: string, there: boolean, close: () => Promise<void>}>} `there`: whether the
 *   server behind the proxy is; without it, the proxy answers 502.
 */
export async function serveWebBelow(prefix) {
  const proxy = { there: true };
  const { url, close } = await listen(async (path) => {
    if (!path.startsWith(prefix)) throw new Error('another site');
    if (!proxy.there) return { status: 502, body: 'Bad Gateway', headers: {} };
    return findFile(`/${path.slice(prefix.length)}`);
  });
  return Object.assign(proxy, { url: new URL(prefix, url).href, close });
}

/**
 * Serves pages of a site that is not Fanlight's.
 * @param {Record<string, {body: string, policy: string}>} pages By path; policy: its
 *   Content-Security-Policy.
 */
export function servePages(pages) {
  return listen(async (path) => {
    const { body, policy } = pages[path];
    const headers = { 'Content-Type': TYPES['.html'], 'Content-Security-Policy': policy };
    return { body, headers };
  });
}

/**
 * @param {(path: string) => Promise<Answer>} find Throws where there is nothing.
 */
async function listen(find) {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://web').pathname;
    try {
      const { status = 200, body, headers } = await find(path);
      response.writeHead(status, headers).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
