import { Bridge } from './bridge.js';
import { fromObject, MusterError } from './errors.js';
import { Queue } from './queue.js';
import { Events } from './stream.js';
import { transportOf } from './transports.js';
import { Work } from './work.js';
import { Worker } from './worker.js';

/**
 * Connects to `ws://host:port/eventbus/websocket`, `wss://…`, or in Node `tcp://host:port`. A server that cannot be
 * reached now is `unavailable`; later on the client reconnects by itself.
 *
 * @param {string} url
 * @param {import('../index.js').ConnectOptions} [options]
 * @returns {Promise<import('../index.js').Client>}
 */
export async function connect(url, options = {}) {
  const client = new Client(url, options);
  await client.open();
  return client.facade;
}

/** One connection at a time, made anew when it is lost. */
class Client {
  /** Who takes the messages of an address: events, workers. @type {Map<string, Events | Worker>} */
  routes = new Map();

  #opener;
  #options;
  #url;
  #bridge;
  #why;
  #isClosed = false;
  #giveUp = new AbortController();
  #timer;
  #attempt = 0;
  #waiting = new Set();
  #connecting;
  #told;
  #closing;
  #works = new Set();

  constructor(url, { connectTimeoutMs = 5000, backoffMs = [100, 10_000], pingMs = 5000, maxFrameBytes = 64 << 20,
    onWarning = (warning) => console.warn(warning.message), ...options }) {
    this.#opener = transportOf(url, options);
    this.#url = url;
    this.#options = { connectTimeoutMs, backoffMs, pingMs, maxFrameBytes, onWarning, key: options.key };
    const closed = new Promise((resolve) => { this.#told = resolve; });
    this.facade = facade(this, closed);
  }

  get connected() {
    return this.#bridge?.isOpen === true;
  }

  get isClosed() {
    return this.#isClosed;
  }

  /** How long a message may be, as far as the server has said so. */
  get mostBytes() {
    return this.#bridge?.mostBytes;
  }

  get backoffMs() {
    return this.#options.backoffMs;
  }

  /** Tells the user, whose code is called in the middle of work that has to go on. */
  warn(warning) {
    try {
      this.#options.onWarning(warning);
    } catch (e) {
      console.error('onWarning failed', e);
    }
  }

  async open() {
    this.#use(await this.#connect());
  }

  async run(plan, input, { signal, traceparent, deadline } = {}) {
    // By its events, and not by one reply: the run's id, which a cancel needs, comes with them.
    const events = this.stream(plan, input, { signal, traceparent, deadline });
    for await (const event of events) {
      if (event.event === 'end') {
        if (event.state === 'done') {
          return event.output ?? null;
        }
        throw fromObject(event.error, events.run);
      }
    }
    throw new MusterError('badResponse', 'the run\'s events ended without an end', { run: events.run });
  }

  stream(plan, input, options) {
    return new Events(this, input === undefined ? { plan } : { plan, input }, options);
  }

  async cancel(run) {
    const bridge = await this.ready();
    await bridge.ask('muster.run.cancel', { run });
  }

  async worker(address, handler, options) {
    const worker = new Worker(this, address, handler, options);
    const bridge = await this.ready();
    if (this.routes.has(address)) {
      throw new TypeError(`this client has a worker at ${address} already`);
    }
    this.routes.set(address, worker);
    try {
      // A bridge that answers no pings says nothing of a registration that it took.
      await this.#within(bridge.register(address));
    } catch (e) {
      this.leave(worker);
      await worker.end();
      throw e;
    }
    return worker;
  }

  work(queue, handler, options) {
    if (this.#closing !== undefined) {
      throw new MusterError('unavailable', 'the client has been closed');
    }
    const work = new Work(this, new Queue(this, queue), handler, options);
    this.#works.add(work);
    work.ended.catch(() => {}).then(() => this.#works.delete(work));
    return work;
  }

  close() {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The connection, as soon as there is one; `unavailable` after the time that an attempt to connect may take. */
  async ready() {
    if (!this.#isClosed && !this.connected) {
      let wake;
      const up = new Promise((resolve) => { wake = resolve; });
      this.#waiting.add(wake);
      await this.#within(up);
      this.#waiting.delete(wake);
    }
    if (!this.connected) {
      throw new MusterError('unavailable', this.#why?.detail ?? 'there is no connection');
    }
    return this.#bridge;
  }

  /** A worker wants no more calls. */
  leave(worker) {
    if (this.routes.get(worker.address) === worker) {
      this.routes.delete(worker.address);
      if (this.connected) {
        this.#bridge.unregister(worker.address);
      }
    }
  }

  async #connect() {
    const { connectTimeoutMs, key, pingMs, maxFrameBytes } = this.#options;
    const attempt = new AbortController();
    const giveUp = () => attempt.abort();
    const timer = setTimeout(giveUp, connectTimeoutMs);
    this.#giveUp.signal.addEventListener('abort', giveUp);
    const told = {
      deliver: (bridge, frame) => this.routes.get(frame.address)?.deliver(bridge, frame),
      warn: (warning) => this.warn(warning),
      ended: (bridge) => this.#lost(bridge),
    };
    try {
      return await Bridge.open(this.#opener, { key, pingMs, maxFrameBytes }, told, attempt.signal);
    } catch (cause) {
      const why = attempt.signal.aborted ? `no answer in ${connectTimeoutMs} ms` : cause.detail ?? cause.message;
      throw new MusterError('unavailable', `cannot connect to ${this.#url}: ${why}`, { cause });
    } finally {
      clearTimeout(timer);
      this.#giveUp.signal.removeEventListener('abort', giveUp);
    }
  }

  #use(bridge) {
    this.#bridge = bridge;
    for (const [address, route] of this.routes) {
      if (route instanceof Worker) {
        bridge.register(address).catch((e) => bridge.isOpen && this.warn(e));
      }
    }
    this.#wake();
  }

  #wake() {
    this.#waiting.forEach((wake) => wake());
  }

  #lost(bridge) {
    if (this.#bridge !== bridge) {
      return;
    }
    this.#bridge = undefined;
    this.#why = bridge.error;
    [...this.routes.values()].forEach((route) => route.lost(bridge.error));
    if (!this.#isClosed) {
      // A server that accepts and hangs up at once has not been reached.
      this.#attempt = bridge.heard ? 0 : this.#attempt + 1;
      this.#reconnectLater();
    }
  }

  #reconnectLater() {
    const [least, most] = this.#options.backoffMs;
    const pause = Math.min(most, least * 2 ** Math.min(this.#attempt, 30));
    this.#timer = setTimeout(() => { this.#connecting = this.#reconnect(); }, pause * (0.5 + Math.random() / 2));
  }

  async #reconnect() {
    try {
      const bridge = await this.#connect();
      if (this.#isClosed) {
        await bridge.close('the client has been closed');
      } else {
        this.#use(bridge);
      }
    } catch (e) {
      if (!this.#isClosed) {
        this.#why = e;
        this.#attempt += 1;
        this.#reconnectLater();
      }
    }
  }

  async #close() {
    await Promise.allSettled([...this.#works].map((work) => work.finish()));
    this.#isClosed = true;
    this.#why = new MusterError('unavailable', 'the client has been closed');
    clearTimeout(this.#timer);
    this.#giveUp.abort();
    this.#wake();
    const workers = [...this.routes.values()].filter((route) => route instanceof Worker);
    await Promise.all([this.#bridge?.close('the client has been closed'), this.#connecting]);
    [...this.routes.values()].forEach((route) => route.lost(this.#why));
    await Promise.all(workers.map((worker) => worker.end()));
    this.routes.clear();
    this.#told();
  }

  /** Waits for a promise, but no longer than an attempt to connect may take. */
  async #within(promise) {
    let timer;
    const time = new Promise((resolve) => { timer = setTimeout(resolve, this.#options.connectTimeoutMs); });
    try {
      return await Promise.race([promise, time]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What others see of a client. */
function facade(client, closed) {
  return Object.freeze({
    get connected() {
      return client.connected;
    },
    closed,
    run: (plan, input, options) => client.run(plan, input, options),
    stream: (plan, input, options) => client.stream(plan, input, options),
    cancel: (run) => client.cancel(run),
    worker: (address, handler, options) => client.worker(address, handler, options),
    queue: (name) => queueFacade(new Queue(client, name)),
    work: (queue, handler, options) => workFacade(client.work(queue, handler, options)),
    close: () => client.close(),
  });
}

/** What others see of a queue. */
function queueFacade(queue) {
  const names = ['put', 'putMany', 'take', 'ack', 'fail', 'extend', 'release', 'join', 'close'];
  const calls = names.map((name) => [name, (...given) => queue[name](...given)]);
  return Object.freeze({ name: queue.name, ...Object.fromEntries(calls) });
}

/** What others see of a loop over a queue. */
function workFacade(work) {
  return Object.freeze({
    get running() {
      return work.running;
    },
    ended: work.ended,
    stop: () => work.stop(),
  });
}
