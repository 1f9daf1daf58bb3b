/** A bridge of the tests' own: they see each frame of the client and say each frame of the server, by TCP or WebSocket. */
import { createServer } from 'node:net';

const PATIENCE_MS = 5000;

/** Fails what does not come in time. */
export async function soon(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('it did not come in time')), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Things that come, and those who wait for them. */
class Arrivals {
  #there = [];
  #waiting = [];

  put(thing) {
    const taker = this.#waiting.shift();
    taker === undefined ? this.#there.push(thing) : taker(thing);
  }

  take() {
    return this.#there.length > 0
      ? Promise.resolve(this.#there.shift())
      : soon(new Promise((resolve) => this.#waiting.push(resolve)));
  }

  drain() {
    return this.#there.splice(0);
  }
}

/** One connection as the server sees it. */
class Peer {
  pings = 0;
  #bridge;
  #write;
  #number = 0;
  #frames = new Arrivals();

  constructor(bridge, { text, raw, drop }) {
    this.#bridge = bridge;
    this.#write = text;
    this.raw = raw;
    this.drop = drop;
    this.closed = new Promise((resolve) => { this.gone = resolve; });
  }

  send(frame) {
    this.#write(JSON.stringify(frame));
  }

  take(text) {
    const frame = JSON.parse(text);
    if (frame.type === 'ping') {
      this.pings += 1;
      if (this.#bridge.pongs) {
        this.send({ type: 'pong', ...this.#bridge.limits });
      }
      return;
    }
    if (frame.type === 'register' && this.#bridge.refuseRegistrations) {
      this.send({ type: 'err', message: 'access_denied' });
    }
    this.#frames.put(frame);
  }

  next() {
    return this.#frames.take();
  }

  async nextTo(address) {
    const frame = await this.next();
    if (frame.address !== address) {
      throw new Error(`to ${address} was expected: ${JSON.stringify(frame)}`);
    }
    return frame;
  }

  async runAsked() {
    const registered = await this.next();
    const asked = await this.nextTo('muster.run');
    if (asked.body.events !== registered.address || registered.type !== 'register') {
      throw new Error(`events are not registered: ${JSON.stringify([registered, asked])}`);
    }
    this.#number = 0;
    return asked;
  }

  async settled() {
    await new Promise((resolve) => { setTimeout(resolve, 60); });
    return this.#frames.drain();
  }

  reply(asked, body) {
    this.send({ type: this.#bridge.messageType, address: asked.replyAddress, body });
  }

  refuse(asked, failureCode, message, failureType = 'RECIPIENT_FAILURE') {
    this.send({ type: 'err', address: asked.replyAddress, failureCode, failureType, message });
  }

  event(asked, event, number = this.#number + 1) {
    this.#number = number;
    this.send({
      type: this.#bridge.messageType,
      address: asked.body.events,
      body: event,
      headers: { 'muster-event': String(number) },
      replyAddress: `ack-${number}`,
    });
  }

  call(address, body, id = 'call-1') {
    const headers = { 'muster-run': 'run-1', 'muster-step': 'resized', 'muster-call': id };
    this.send({ type: this.#bridge.messageType, address, body, headers, replyAddress: `answer-${id}` });
  }

  cancelCall(address, id = 'call-1') {
    this.send({ type: this.#bridge.messageType, address, body: null, headers: { 'muster-cancel': id } });
  }
}

class FakeBridge {
  pongs = true;
  limits = {};
  refuseRegistrations = false;
  peers = new Set();
  #accepted = new Arrivals();

  accept(doors) {
    const peer = new Peer(this, doors);
    this.peers.add(peer);
    peer.closed.then(() => this.peers.delete(peer));
    this.#accepted.put(peer);
    return peer;
  }

  accepted() {
    return this.#accepted.take();
  }
}

/** Listens on a free port. */
export class TcpBridge extends FakeBridge {
  messageType = 'message';
  options = {};
  #server;
  #port = 0;

  get url() {
    return `tcp://127.0.0.1:${this.#port}`;
  }

  async listen() {
    this.#server = createServer((socket) => this.#serve(socket));
    await new Promise((resolve) => { this.#server.listen(this.#port, '127.0.0.1', resolve); });
    this.#port = this.#server.address().port;
  }

  async stop() {
    const closed = new Promise((resolve) => { this.#server.close(resolve); });
    this.peers.forEach((peer) => peer.drop());
    await closed;
  }

  #serve(socket) {
    let data = Buffer.alloc(0);
    const peer = this.accept({
      text: (text) => socket.write(wire(text)),
      raw: (bytes) => socket.write(bytes),
      drop: () => socket.end(),
    });
    socket.on('data', (chunk) => {
      data = Buffer.concat([data, chunk]);
      while (data.length >= 4 && data.length >= 4 + data.readUInt32BE()) {
        const end = 4 + data.readUInt32BE();
        peer.take(data.subarray(4, end).toString());
        data = data.subarray(end);
      }
    });
    socket.on('error', () => {});
    socket.on('close', peer.gone);
  }
}

/** The same without a network: a class like the browser's WebSocket, whose other end is here. */
export class WebSocketBridge extends FakeBridge {
  messageType = 'rec';
  url = 'ws://fake/eventbus/websocket';
  isUp = false;
  options = { WebSocket: fakeWebSocket(this) };

  async listen() {
    this.isUp = true;
  }

  async stop() {
    this.isUp = false;
    const all = [...this.peers];
    all.forEach((peer) => peer.drop());
    await Promise.all(all.map((peer) => peer.closed));
  }
}

function fakeWebSocket(bridge) {
  return class {
    #peer;

    constructor() {
      setImmediate(() => {
        if (!bridge.isUp) {
          this.#closed(1006);
          return;
        }
        const tell = (data) => setImmediate(() => this.#peer !== undefined && this.onmessage?.({ data }));
        const drop = () => setImmediate(() => this.#closed(1000));
        this.#peer = bridge.accept({ text: tell, raw: tell, drop });
        this.onopen?.();
      });
    }

    send(text) {
      const peer = this.#peer;
      setImmediate(() => peer?.take(text));
    }

    close() {
      setImmediate(() => this.#closed(1000));
    }

    #closed(code) {
      const peer = this.#peer;
      this.#peer = undefined;
      this.onclose?.({ code, reason: '' });
      peer?.gone();
    }
  };
}

export function wire(text) {
  const payload = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(payload.length);
  return Buffer.concat([length, payload]);
}
