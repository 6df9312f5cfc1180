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
};

/**
 * Serves web/ and nothing else, for tests of the page that bring their own server side.
 * @returns {Promise<{url: string, close: () => Promise<void>}>}
 */
export function serveWeb() {
  return listen(async (path) => {
    const file = join(ROOT, normalize(path === '/' ? '/index.html' : path));
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    return { body: await readFile(file), headers: { 'Content-Type': type } };
  });
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
 * @param {(path: string) => Promise<{body: string | Buffer, headers: Record<string, string>}>} find
 *   Throws where there is nothing.
 */
async function listen(find) {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://web').pathname;
    try {
      const { body, headers } = await find(path);
      response.writeHead(200, headers).end(body);
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
