/**
 * A stand-in for the server that runs inside the page: `page.addInitScript(installLoopback, cameras)`
 * puts a WebSocket in place that speaks docs/signalling.md and sends drawn pictures from peer
 * connections of the same page. It can do what a real server would only do by accident.
 *
 * It is one function, as it is sent to the page as text; there it is `loopback`.
 * @param {object[]} cameras Camera objects; members left out get ordinary values.
 */
export function installLoopback(cameras) {
  /** @typedef {Record<string, any>} Message */

  class Source {
    frame = 0;
    frozen = false;
    /** @type {RTCPeerConnection[]} */
    connections = [];

    /** @param {Message} camera */
    constructor(camera) {
      /** @type {Message} */
      this.camera = {
        state: 'live',
        reason: '',
        state_age_ms: 0,
        video_codec: 'H264',
        audio_codec: 'OPUS',
        width: 640,
        height: 360,
        fps: 25,
        viewers: 0,
        ...camera,
      };
      this.canvas = document.createElement('canvas');
      this.canvas.width = this.camera.width;
      this.canvas.height = this.camera.height;
      this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
      this.draw();
      setInterval(() => !this.frozen && this.camera.state === 'live' && this.draw(), 40);
    }

    draw() {
      const { canvas, context } = this;
      const { width, height } = canvas;
      const time = ++this.frame / 25;
      const hue = (this.camera.name.length * 47) % 360;
      const sky = context.createLinearGradient(0, 0, 0, height);
      sky.addColorStop(0, `hsl(${hue} 45% 62%)`);
      sky.addColorStop(0.6, `hsl(${hue} 40% 85%)`);
      sky.addColorStop(0.61, `hsl(${hue + 60} 25% 38%)`);
      sky.addColorStop(1, `hsl(${hue + 60} 30% 22%)`);
      context.fillStyle = sky;
      context.fillRect(0, 0, width, height);
      context.fillStyle = '#fff8e0';
      context.beginPath();
      context.arc(width * (0.5 + 0.4 * Math.sin(time / 3)), height * 0.25, height / 12, 0, 7);
      context.fill();
      this.#strip();
    }

    /** The frame number for machines, laid out as fanlight-camsim does. */
    #strip() {
      const { canvas, context, frame } = this;
      const high = Math.round(Math.max(8, canvas.height / 24) / 8) * 8;
      let check = 0;
      for (let shift = 0; shift < 32; shift += 4) check ^= (frame >>> shift) & 15;
      const number = frame.toString(2).padStart(32, '0');
      const cells = `10${number}${check.toString(2).padStart(4, '0')}01`;
      [...cells].forEach((cell, at) => {
        context.fillStyle = cell === '1' ? '#fff' : '#000';
        context.fillRect((at * canvas.width) / 40, 0, canvas.width / 40 + 1, high);
      });
    }
  }

  class Loopback {
    running = true;
    version = '0';
    /** What `watch` of a camera is answered with instead of an answer. @type {Record<string, Message>} */
    refusals = {};
    /** @type {LoopbackSocket[]} */
    sockets = [];
    watches = 0;
    /** Sockets hear `hello` after this. @type {Promise<unknown>} */
    greeting = Promise.resolve();
    sources = cameras.map((camera) => new Source(camera));

    /** @param {string} id */
    source(id) {
      return /** @type {Source} */ (this.sources.find(({ camera }) => camera.id === id));
    }

    list() {
      return this.sources.map(({ camera }) => camera);
    }

    /** @param {string} id @param {Message} change */
    change(id, change) {
      const { camera } = this.source(id);
      Object.assign(camera, change);
      for (const socket of this.sockets) socket.say({ type: 'camera', camera });
    }

    /** As a killed process: sockets break, media ends, nobody answers. */
    kill() {
      this.running = false;
      for (const { connections } of this.sources) connections.splice(0).forEach((c) => c.close());
      for (const socket of this.sockets.splice(0)) socket.breakOff();
    }

    start() {
      this.running = true;
    }
  }

  class LoopbackSocket {
    readyState = 0;
    /** @type {((event: {data: string}) => void) | null} */
    onmessage = null;
    /** @type {(() => void) | null} */
    onclose = null;
    /** @type {Map<string, RTCPeerConnection>} */
    sessions = new Map();

    constructor() {
      setTimeout(async () => {
        await loopback.greeting;
        if (!loopback.running) return this.breakOff();
        this.readyState = 1;
        loopback.sockets.push(this);
        this.say({
          type: 'hello',
          version: loopback.version,
          ice_servers: [],
          cameras: loopback.list(),
        });
      });
    }

    /** @param {Message} message */
    say(message) {
      if (this.readyState === 1) this.onmessage?.({ data: JSON.stringify(message) });
    }

    breakOff() {
      this.readyState = 3;
      this.onclose?.();
    }

    close() {
      this.readyState = 3;
      this.sessions.forEach((connection) => connection.close());
    }

    /** @param {string} text */
    send(text) {
      const message = JSON.parse(text);
      const session = this.sessions.get(message.session);
      if (message.type === 'list') this.say({ type: 'cameras', cameras: loopback.list() });
      if (message.type === 'watch') void this.#watch(message);
      if (message.type === 'candidate') {
        void session?.addIceCandidate(message.candidate ?? undefined);
      }
      if (message.type === 'stop') session?.close();
    }

    /** @param {Message} message */
    async #watch({ session, camera, sdp }) {
      loopback.watches++;
      const refusal = loopback.refusals[camera];
      if (refusal) {
        this.say({ type: 'closed', session, ...refusal });
        return;
      }
      const source = loopback.source(camera);
      const connection = new RTCPeerConnection();
      this.sessions.set(session, connection);
      source.connections.push(connection);
      connection.onicecandidate = ({ candidate }) =>
        this.say({ type: 'candidate', session, candidate });
      const stream = source.canvas.captureStream();
      for (const track of stream.getTracks()) connection.addTrack(track, stream);
      if (source.camera.audio_codec) {
        const audio = new AudioContext();
        const tone = audio.createOscillator();
        const output = audio.createMediaStreamDestination();
        tone.connect(output);
        tone.start();
        connection.addTrack(output.stream.getTracks()[0], stream);
      }
      await connection.setRemoteDescription({ type: 'offer', sdp });
      await connection.setLocalDescription();
      this.say({
        type: 'answer',
        session,
        sdp: connection.localDescription?.sdp,
        id: session,
        video_codec: source.camera.video_codec,
        audio_codec: source.camera.audio_codec,
      });
    }
  }

  const loopback = new Loopback();
  Object.assign(window, { loopback, WebSocket: LoopbackSocket });
}
