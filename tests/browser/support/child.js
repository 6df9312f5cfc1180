import { spawn } from 'node:child_process';

/** How long a program may take to start or to end, before the test fails. */
const WATCHDOG_MS = 120000;
/** Signals that tests send; with another one a program has crashed. */
const SENT = ['SIGTERM', 'SIGKILL', 'SIGINT', 'SIGHUP'];

/** A program the tests started; they end no other. What it says is kept for when a test fails. */
export class Child {
  #process;
  #exited;
  #output = '';
  /** @type {Set<() => void>} */
  #waiting = new Set();

  /**
   * @param {string} path
   * @param {string[]} args
   */
  constructor(path, args) {
    this.name = path.slice(path.lastIndexOf('/') + 1);
    this.#process = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const hear = (/** @type {Buffer} */ data) => {
      this.#output += data;
      this.#waiting.forEach((look) => look());
    };
    this.#process.stdout.on('data', hear);
    this.#process.stderr.on('data', hear);
    this.#exited = new Promise((/** @type {(nothing?: undefined) => void} */ resolve) => {
      this.#process.once('error', (error) => {
        this.#output += `${error.message}\n`;
        resolve();
      });
      this.#process.once('exit', (_code, signal) => {
        // Tests that fail because the program is gone do not say why; tests/outcomes.py looks for these words.
        if (signal && !SENT.includes(signal)) console.error(`crashed: ${this.name}: ${signal}`);
        resolve();
      });
    });
    this.#exited.then(() => this.#waiting.forEach((look) => look()));
  }

  get output() {
    return this.#output;
  }

  /**
   * Waits until the program has said it.
   * @param {RegExp} pattern
   * @returns {Promise<RegExpMatchArray>}
   */
  says(pattern) {
    return new Promise((resolve, reject) => {
      const finish = (/** @type {() => void} */ how) => {
        this.#waiting.delete(look);
        clearTimeout(watchdog);
        how();
      };
      const fail = (/** @type {string} */ why) =>
        finish(() =>
          reject(new Error(`${this.name} ${why}; waited for ${pattern}:\n${this.#output}`)),
        );
      const look = () => {
        const match = this.#output.match(pattern);
        if (match) finish(() => resolve(match));
        else if (this.#process.exitCode !== null || this.#process.pid === undefined) fail('ended');
      };
      const watchdog = setTimeout(() => fail('did not say it in time'), WATCHDOG_MS);
      this.#waiting.add(look);
      look();
    });
  }

  /** Asks it to end; kills it when it does not. */
  async stop() {
    const watchdog = setTimeout(() => this.#signal('SIGKILL'), WATCHDOG_MS);
    this.#signal('SIGTERM');
    await this.#exited;
    clearTimeout(watchdog);
  }

  /** As a crash or a power cut would. */
  async kill() {
    this.#signal('SIGKILL');
    await this.#exited;
  }

  /** What could not be started has no id, and Node would take 0 for it: all of our own group. */
  #signal(/** @type {NodeJS.Signals} */ name) {
    if (this.#process.pid !== undefined) this.#process.kill(name);
  }
}
