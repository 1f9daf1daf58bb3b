import { fromFailure, MusterError } from './errors.js';

/** How long a new connection waits for the answer to its first ping. */
const GREETING_MS = 1000;

/** How deep a frame may nest, unless the server says otherwise. */
const MOST_NESTING = 256;

/** Node has it as a global from 19 on. */
const webCrypto = globalThis.crypto ?? (await import('node:crypto')).webcrypto;

/** One connection to a bridge: requests and their replies, registrations, pings. */
export class Bridge {
  /** Whether the server has answered a ping yet. */
  heard = false;
  /** @type {MusterError | undefined} why it has ended */
  error;
  /** @type {number | undefined} how long a frame may be that the server takes, once it has said so */
  mostBytes;

  #mostNesting = MOST_NESTING;
  #greet;
  #greeted = new Promise((resolve) => { this.#greet = resolve; });
  #transport;
  #key;
  #pingMs;
  #told;
  #requests = new Map();
  #pongs = [];
  #unanswered = 0;
  #timer;
  #ended;

  /** @returns {Promise<Bridge>} once connected; `told` has `deliver(bridge, frame)`, `warn(error)` and `ended(bridge)` */
  static async open(opener, { key, pingMs, maxFrameBytes }, told, signal) {
    const bridge = new Bridge(key, pingMs, told);
    const taker = { frame: (text) => bridge.#frame(text), ended: (why) => bridge.#end(why) };
    bridge.#transport = await opener(taker, { maxFrameBytes }, signal);
    if (bridge.error !== undefined) {
      throw bridge.error;
    }
    bridge.#ping();
    await bridge.#isGreeted(signal);
    if (bridge.error !== undefined) {
      // Nobody was told of its end: it was nobody's yet.
      throw bridge.error;
    }
    return bridge;
  }

  constructor(key, pingMs, told) {
    this.#key = key;
    this.#pingMs = pingMs;
    this.#told = told;
    this.ended = new Promise((resolve) => { this.#ended = resolve; });
  }

  /** So that what the server does not take is refused from the first message on. One that answers no pings is taken as it is. */
  async #isGreeted(signal) {
    const timer = setTimeout(this.#greet, GREETING_MS);
    signal.addEventListener('abort', this.#greet, { once: true });
    await this.#greeted;
    signal.removeEventListener('abort', this.#greet);
    clearTimeout(timer);
  }

  get isOpen() {
    return this.error === undefined;
  }

  /** Sends a frame, at once; a connection that has ended is `unavailable`. */
  send(frame) {
    if (this.error !== undefined) {
      throw new MusterError('unavailable', this.error.detail);
    }
    this.#transport.send(json(frame, this.mostBytes, this.#mostNesting));
  }

  /** Sends to an address as this caller, and wants no reply. */
  tell(address, body, headers = {}) {
    this.send({ type: 'send', address, body, headers: this.#headers(headers) });
  }

  /** Sends to an address as this caller. @returns {Promise<any>} the body of the reply */
  ask(address, body, headers = {}) {
    const replyAddress = `reply-${randomName(12)}`;
    return new Promise((resolve, reject) => {
      this.send({ type: 'send', address, body, replyAddress, headers: this.#headers(headers) });
      this.#requests.set(replyAddress, { resolve, reject });
    });
  }

  /**
   * The same of a request that waits at a queue.
   *
   * @returns {{answer: Promise<any>, withdraw: () => void}} `withdraw` has it answered now, with what there is
   */
  askAndWait(address, body) {
    const call = randomName(12);
    let isOver = false;
    const answer = this.ask(address, body, { 'muster-call': call }).finally(() => { isOver = true; });
    const withdraw = () => {
      if (!isOver && this.isOpen) {
        this.tell('muster.queue.cancel', null, { 'muster-cancel': call });
      }
    };
    return { answer, withdraw };
  }

  /** Asks for the messages of an address. @returns {Promise<void>} rejects if that is refused */
  register(address) {
    // A refusal comes without an address of its own. The bridge handles frames in order, so what is refused between two
    // pongs was sent between their pings.
    this.#barrier();
    this.send({ type: 'register', address, headers: this.#headers() });
    return this.#barrier(address);
  }

  /** Wants no more messages of an address. */
  unregister(address) {
    this.send({ type: 'unregister', address, headers: this.#headers() });
  }

  /** Ends it after what was sent. @returns {Promise<void>} when nothing of it is left */
  close(why) {
    this.#fail(why);
    this.#transport.close();
    return this.ended;
  }

  #headers(more = {}) {
    return { ...(this.#key === undefined ? {} : { authorization: `Bearer ${this.#key}` }), ...more };
  }

  #barrier(address) {
    const pong = new Promise((resolve, reject) => this.#pongs.push({ resolve, reject, address }));
    pong.catch(() => {});
    this.send({ type: 'ping' });
    return pong;
  }

  #ping() {
    if (!this.isOpen) {
      return;
    }
    // A peer that never answers pings is taken as it is; one that did and has stopped is gone.
    if (this.heard && this.#unanswered > 2) {
      this.#fail(`the server has not responded for ${3 * this.#pingMs} ms`);
      this.#transport.abort();
      return;
    }
    this.#unanswered += 1;
    if (this.heard || this.#pongs.length === 0) {
      this.#barrier();
    } else {
      this.send({ type: 'ping' });
    }
    this.#timer = setTimeout(() => this.#ping(), this.#pingMs);
  }

  #frame(text) {
    if (!this.isOpen) {
      return;
    }
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      // Said below.
    }
    if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) {
      this.#fail('the server sent a frame that is not a JSON object');
      this.#transport.abort();
      return;
    }
    this.#take(frame);
  }

  #take(frame) {
    this.#unanswered = 0;
    const request = this.#requests.get(frame.address);
    if (frame.type === 'pong') {
      this.heard = true;
      this.mostBytes = frame.maxBytes ?? this.mostBytes;
      this.#mostNesting = frame.maxNesting ?? this.#mostNesting;
      this.#greet();
      this.#pongs.shift()?.resolve();
    } else if (request !== undefined) {
      this.#requests.delete(frame.address);
      if (frame.type === 'err' || frame.failureCode !== undefined) {
        request.reject(fromFailure(frame));
      } else {
        request.resolve(frame.body);
      }
    } else if (frame.type === 'err') {
      const about = frame.sourceAddress;
      const registering = this.#pongs.find(({ address }) => about === undefined || about === address);
      registering === undefined ? this.#told.warn(fromFailure(frame)) : registering.reject(fromFailure(frame));
    } else {
      this.#told.deliver(this, frame);
    }
  }

  #fail(why) {
    if (this.error !== undefined) {
      return;
    }
    this.error = new MusterError('unavailable', why);
    clearTimeout(this.#timer);
    this.#greet();
    const waiting = [...this.#requests.values(), ...this.#pongs];
    this.#requests.clear();
    this.#pongs = [];
    waiting.forEach(({ reject }) => reject(new MusterError('unavailable', why)));
  }

  #end(why) {
    this.#fail(why);
    this.#ended();
    if (this.#transport !== undefined) {
      this.#told.ended(this);
    }
  }
}

/** A name that nobody guesses, of letters and digits. */
export function randomName(bytes) {
  return Array.from(webCrypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

/** The text of a frame; what the server would not take is refused: `badInput`, or `limit` if it is too large. */
function json(frame, mostBytes, mostNesting) {
  let text;
  try {
    text = JSON.stringify(frame);
    if (text.includes('null')) {
      JSON.stringify(frame, finite);
    }
  } catch (cause) {
    throw new MusterError('badInput', `cannot be sent as JSON: ${cause.message}`, { cause });
  }
  // Three bytes at most are one unit of a text.
  if (text.length * 3 > mostBytes && bytesOf(text) > mostBytes) {
    const detail = `a message of ${bytesOf(text)} bytes; the server accepts ${mostBytes} at most (server.limits.body)`;
    throw new MusterError('limit', detail);
  }
  if (text.length > 2 * mostNesting && nestsDeeper(text, mostNesting)) {
    throw new MusterError('badInput', `a message nested deeper than ${mostNesting} levels, which the server does not accept`);
  }
  return text;
}

/** JSON.stringify would make null of these, and say nothing. */
function finite(name, value) {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TypeError(`${name === '' ? 'a value' : name} is ${value}`);
  }
  return value;
}

const bytesOf = (text) => new TextEncoder().encode(text).length;

function nestsDeeper(text, levels) {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text[i];
    if (unit === '"') {
      do {
        i += text[i] === '\\' ? 2 : 1;
      } while (text[i] !== '"');
    } else if (unit === '[' || unit === '{') {
      depth += 1;
      if (depth > levels) {
        return true;
      }
    } else if (unit === ']' || unit === '}') {
      depth -= 1;
    }
  }
  return false;
}
