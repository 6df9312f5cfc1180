// An RTSP server that nobody of this project wrote: `node rtsp_server.js PUBLISH WATCH RTP`, the ports for who sends a
// stream, for who wants it, and the first of those for RTP. Prints "ready".
import rtsp from 'rtsp-streaming-server';

const [serverPort, clientPort, rtpPortStart] = process.argv.slice(2).map(Number);
await new rtsp.default({ serverPort, clientPort, rtpPortStart, rtpPortCount: 100 }).start();
console.log('ready');
