/**
 * Connections that carry frames, one JSON text each.
 *
 * @typedef {object} Transport
 * @property {(text: string) => void} send
 * @property {() => void} close after what was sent; again does nothing
 * @property {() => void} abort at once
 *
 * @typedef {object} Taker what it tells: each frame, and once why it has ended
 * @property {(text: string) => void} frame
 * @property {(why: string) => void} ended
 */

/** How long a close waits for a peer that does not read what was sent. */
const CLOSE_MS = 1000;

/** @returns {(taker: Taker, limits: object, signal: AbortSignal) => Promise<Transport>} what opens a connection */
export function transportOf(address, { tcp, WebSocket: own } = {}) {
  const url = parse(address);
  if (url.protocol === 'tcp:') {
    return overTcp(url);
  }
  const Socket = own ?? globalThis.WebSocket;
  if (Socket === undefined && tcp !== undefined) {
    return transportOf(tcp);
  }
  if (Socket === undefined) {
    throw new TypeError('there is no WebSocket here, Node has one from 22 on: give tcp://host:port, or the option tcp');
  }
  return overWebSocket(address, Socket);
}

function parse(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    // Said below.
  }
  const tcp = url?.protocol === 'tcp:' && url.hostname !== '' && url.port !== '';
  if (!tcp && url?.protocol !== 'ws:' && url?.protocol !== 'wss:') {
    throw new TypeError(`"${address}" is no address of a bridge: `
      + 'tcp://host:port and ws://host:port/eventbus/websocket are');
  }
  return url;
}

function overWebSocket(address, Socket) {
  return (taker, { maxFrameBytes }, signal) => new Promise((resolve, reject) => {
    const socket = new Socket(address);
    let closing;
    const detach = () => {
      socket.onopen = socket.onmessage = socket.onerror = socket.onclose = null;
      clearTimeout(closing);
    };
    const end = (why) => {
      detach();
      signal.removeEventListener('abort', abort);
      reject(new Error(why));
      taker.ended(why);
    };
    const close = () => {
      if (closing === undefined && socket.onclose !== null) {
        closing = setTimeout(() => end('the connection was closed'), CLOSE_MS);
        socket.close();
      }
    };
    const abort = () => {
      end('the attempt was given up');
      socket.close();
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.onopen = () => {
      signal.removeEventListener('abort', abort);
      resolve({ send: (text) => socket.send(text), close, abort });
    };
    socket.onmessage = ({ data }) => {
      if (typeof data !== 'string') {
        end('the server sent a binary frame');
        socket.close();
      } else if (data.length > maxFrameBytes) {
        end(`the server sent a frame of ${data.length} characters; maxFrameBytes is ${maxFrameBytes}`);
        socket.close();
      } else {
        taker.frame(data);
      }
    };
    socket.onerror = () => {};
    socket.onclose = ({ code, reason }) =>
      end(code === 1000 ? 'the server closed the connection' : `the connection was lost (${reason || code})`);
  });
}

function overTcp(url) {
  return async (taker, { maxFrameBytes }, signal) => {
    const { connect } = await import('node:net');
    return new Promise((resolve, reject) => {
      const host = url.hostname.replace(/^\[|\]$/g, '');
      const socket = connect({ host, port: Number(url.port), noDelay: true, signal });
      let why = 'the server closed the connection';
      let closing;
      const frames = new FrameReader(maxFrameBytes, taker.frame);
      const destroy = () => socket.destroy();
      const close = () => {
        closing ??= setTimeout(destroy, CLOSE_MS);
        socket.end();
      };
      socket.on('connect', () => resolve({ send: (text) => socket.write(frameOf(text)), close, abort: destroy }));
      socket.on('data', (chunk) => {
        const wrong = frames.take(chunk);
        if (wrong !== undefined) {
          why = wrong;
          socket.destroy();
        }
      });
      socket.on('end', () => {
        if (frames.isWithin) {
          why = 'the server closed the connection in the middle of a frame';
        }
        socket.destroy();
      });
      socket.on('error', (error) => {
        why = `the connection was lost: ${error.message || error.code}`;
        reject(error);
      });
      socket.on('close', () => {
        clearTimeout(closing);
        taker.ended(why);
      });
    });
  };
}

function frameOf(text) {
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(4 + length);
  frame.writeUInt32BE(length);
  frame.write(text, 4);
  return frame;
}

/** Puts frames together: a length in four bytes, big end first, and so many bytes of JSON. */
class FrameReader {
  #chunks = [];
  #size = 0;
  #wanted = 4;
  #isLength = true;

  constructor(maxFrameBytes, taker) {
    this.maxFrameBytes = maxFrameBytes;
    this.taker = taker;
  }

  get isWithin() {
    return this.#size > 0 || !this.#isLength;
  }

  /** Takes what has arrived. @returns {string | undefined} what is wrong with it */
  take(chunk) {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size >= this.#wanted) {
      const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
      const part = all.subarray(0, this.#wanted);
      const rest = all.subarray(this.#wanted);
      this.#chunks = rest.length === 0 ? [] : [rest];
      this.#size = rest.length;
      if (!this.#isLength) {
        const text = decoded(part);
        if (text === undefined) {
          return 'the server sent a frame that is not UTF-8';
        }
        this.taker(text);
      }
      this.#wanted = this.#isLength ? part.readUInt32BE() : 4;
      this.#isLength = !this.#isLength;
      if (!this.#isLength && this.#wanted > this.maxFrameBytes) {
        return `the server sent a frame of ${this.#wanted} bytes; maxFrameBytes is ${this.maxFrameBytes}`;
      }
    }
    return undefined;
  }
}

/** The text of UTF-8 bytes; undefined where a lenient decoder would put replacements. @param {Uint8Array} bytes */
function decoded(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
