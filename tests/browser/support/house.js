import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.js';

/** What carries the viewers: webrtcbin, fanout, or what the server takes by itself. */
export const TRANSPORT = process.env.FANLIGHT_TEST_TRANSPORT ?? 'default';
/** The meson build directory with the programs under test. */
export const BUILD =
  process.env.FANLIGHT_BUILD ?? new URL('../../../build', import.meta.url).pathname;
/** The page under test, whichever source the programs were built from. */
const WEB = new URL('../../../web', import.meta.url).pathname;
/** Where screenshots and figures are left for people. */
export const ARTEFACTS = join(BUILD, 'artefacts', 'browser');
mkdirSync(ARTEFACTS, { recursive: true });

/**
 * A camera of a house: id and name, and what else fanlight-camsim takes. With `count` it is as
 * many cameras, `id-1` and so on.
 * @typedef {{id: string, name?: string, [key: string]: string | number | undefined}} CameraSpec
 */

/**
 * How cameras misbehave, by id (docs/camsim.md).
 * @typedef {Record<string, object>} Faults
 */

const ORDINARY = {
  codec: 'h264',
  profile: 'main',
  audio: 'aac',
  size: '640x360',
  fps: 25,
  bitrate: 1000,
  gop: 50,
};

/** One simulated camera, in a process of its own, so that it alone can be killed. */
class SimulatedCamera {
  /** @type {Child | null} */
  #child = null;
  #listen = '127.0.0.1:0';
  /** Those it plays: one, or `count`. @type {{id: string, url: string}[]} */
  all = [];

  #faults;

  /**
   * @param {CameraSpec} spec
   * @param {object | undefined} faults
   */
  constructor(spec, faults) {
    this.spec = { ...ORDINARY, name: spec.id, ...spec };
    this.#faults = faults;
  }

  async start() {
    const camera = Object.entries(this.spec)
      .map((pair) => pair.join('='))
      .join();
    const path = join(BUILD, 'tools/camsim/fanlight-camsim');
    const control = this.#faults ? ['--control', '127.0.0.1:0'] : [];
    this.#child = new Child(path, ['--listen', this.#listen, '--camera', camera, ...control]);
    const [said] = await this.#child.says(/^[^]*^ready$/m);
    const [, commands] = said.match(/^control (\S+)$/m) ?? [];
    if (commands) {
      const body = JSON.stringify(this.#faults);
      await fetch(`${commands}/cameras/${this.spec.id}/faults`, { method: 'PUT', body });
    }
    this.all = [...said.matchAll(/^(\S+) (rtsp:\/\/\S+)$/gm)].map(([, id, url]) => ({ id, url }));
    this.#listen = new URL(this.all[0].url).host;
  }

  async kill() {
    await this.#child?.kill();
    this.#child = null;
  }
}

/** Cameras and a Fanlight server on loopback, on free ports; the server keeps its port when restarted. */
export class House {
  #folder = mkdtempSync(join(tmpdir(), 'fanlight-browser-'));
  #listen = '127.0.0.1:0';
  /** @type {Child | null} */
  #server = null;
  /** @type {Map<string, SimulatedCamera>} */
  #cameras;
  url = '';
  /** Further sections of the configuration, as YAML, from the next start of the server on. */
  configuration = '';
  /** Further keys of `server`, each `  key: value\n`, likewise. */
  serverKeys = '';

  /** Of these the server's configuration says nothing. @type {Set<string>} */
  #strangers;

  /**
   * @param {CameraSpec[]} cameras
   * @param {{faults?: Faults, strangers?: CameraSpec[]}} [around]
   */
  constructor(cameras, { faults = {}, strangers = [] } = {}) {
    const all = [...cameras, ...strangers];
    this.#cameras = new Map(
      all.map((spec) => [spec.id, new SimulatedCamera(spec, faults[spec.id])]),
    );
    this.#strangers = new Set(strangers.map(({ id }) => id));
  }

  /**
   * All cameras and the server, ready.
   * @param {CameraSpec[]} cameras
   * @param {string} [configuration]
   * @param {object} [around]
   * @param {Faults} [around.faults]
   * @param {CameraSpec[]} [around.strangers] That run, and that the server does not know.
   * @param {string} [around.serverKeys]
   */
  static async open(cameras, configuration = '', around = {}) {
    const house = new House(cameras, around);
    house.configuration = configuration;
    house.serverKeys = around.serverKeys ?? '';
    try {
      await Promise.all([...house.#cameras.values()].map((camera) => camera.start()));
      await house.startServer();
    } catch (error) {
      await house.close();
      throw error;
    }
    return house;
  }

  /** @param {string} id */
  camera(id) {
    return /** @type {SimulatedCamera} */ (this.#cameras.get(id));
  }

  async startServer() {
    const config = join(this.#folder, 'fanlight.yaml');
    const known = [...this.#cameras.values()].filter(({ spec }) => !this.#strangers.has(spec.id));
    const cameras = known.flatMap(({ spec, all }) =>
      all.map(({ id, url }) => {
        const name = JSON.stringify(all.length > 1 ? id : spec.name);
        return `  - id: ${id}\n    name: ${name}\n    url: ${url}\n    webrtc_transport: ${TRANSPORT}\n`;
      }),
    );
    const server = `server:\n  listen: ${this.#listen}\n  web_root: ${JSON.stringify(WEB)}\n${this.serverKeys}`;
    writeFileSync(config, `${server}${this.configuration}cameras:\n${cameras.join('')}`);
    this.#server = new Child(join(BUILD, 'src/fanlight'), ['--config', config]);
    const [, url] = await this.#server.says(/serving on (https?:\/\/[\d.:]+)/);
    this.url = `${url}/`;
    this.#listen = new URL(url).host;
  }

  async killServer() {
    await this.#server?.kill();
    this.#server = null;
  }

  async stopServer() {
    await this.#server?.stop();
    this.#server = null;
  }

  /** What the server has logged, for the message of a failed test. */
  get log() {
    return this.#server?.output ?? '';
  }

  async close() {
    await this.stopServer();
    await Promise.all([...this.#cameras.values()].map((camera) => camera.kill()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
