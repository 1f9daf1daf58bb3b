import { randomName } from './bridge.js';
import { describe, MusterError } from './errors.js';

/** How much of what a handler fails with is sent. */
const MOST_MESSAGE = 10_000;

/** A handler that answers at an address until it is stopped, over reconnects too. */
export class Worker {
  #client;
  #handler;
  #concurrency;
  #mostWaiting;
  #waiting = [];
  #running = new Set();

  constructor(client, address, handler, { concurrency = 16, waiting = 1000 } = {}) {
    if (!(concurrency >= 1) || !(waiting >= 0)) {
      throw new RangeError('concurrency has to be 1 or more, waiting 0 or more');
    }
    this.address = address;
    this.#client = client;
    this.#handler = handler;
    this.#concurrency = concurrency;
    this.#mostWaiting = waiting;
  }

  get running() {
    return this.#running.size;
  }

  get waiting() {
    return this.#waiting.length;
  }

  /** Takes no more calls, fails and aborts those under way and waits until their handlers have ended. */
  async stop() {
    this.#client.leave(this);
    [...this.#waiting, ...this.#running].forEach((call) => call.fail(503, 'the worker has stopped'));
    await this.end();
  }

  /** Aborts everything. @returns {Promise<void>} when the handlers have ended */
  async end() {
    this.lost(new MusterError('cancelled', 'the worker has stopped'));
    await Promise.all([...this.#running].map((call) => call.ended));
  }

  /** Takes a message for this address: a call, or the cancel of one. */
  deliver(bridge, frame) {
    const cancelled = frame.headers?.['muster-cancel'];
    if (cancelled !== undefined) {
      this.#cancel(cancelled);
      return;
    }
    const call = new Pending(bridge, frame);
    if (this.#running.size < this.#concurrency) {
      this.#start(call);
    } else if (this.#waiting.length < this.#mostWaiting) {
      this.#waiting.push(call);
    } else {
      call.fail(429, `${this.#mostWaiting} calls wait already, the worker's bound: waiting`);
    }
  }

  /** The connection has ended, and the callers of everything under way have been told so. */
  lost(error) {
    this.#waiting.splice(0).forEach((call) => call.abort(error));
    this.#running.forEach((call) => call.abort(error));
  }

  #cancel(id) {
    const reason = new MusterError('cancelled', 'the caller has left');
    const at = this.#waiting.findIndex((call) => call.id === id);
    if (at >= 0) {
      this.#waiting.splice(at, 1);
    } else {
      [...this.#running].find((call) => call.id === id)?.abort(reason);
    }
  }

  #start(call) {
    this.#running.add(call);
    call.ended = this.#answer(call).then(() => {
      this.#running.delete(call);
      while (this.#waiting.length > 0 && this.#running.size < this.#concurrency) {
        this.#start(this.#waiting.shift());
      }
    });
  }

  async #answer(call) {
    try {
      const { signal, run, step, id } = call;
      reply(call, await this.#handler(call.body, { signal, run, step, id }));
    } catch (e) {
      const known = e instanceof MusterError;
      call.fail(known ? e.status : 500, known ? e.detail : describe(e));
    }
  }
}

function reply(call, value) {
  try {
    call.answer(value);
  } catch (e) {
    // The caller would wait until its time is over.
    call.fail(502, `the reply cannot be sent: ${e.detail ?? e.message}`);
  }
}

/** A call that was not answered yet. */
class Pending {
  /** @type {Promise<void>} */
  ended;

  #abort = new AbortController();
  #bridge;
  #reply;

  constructor(bridge, { headers = {}, body, replyAddress }) {
    this.run = headers['muster-run'];
    this.step = headers['muster-step'];
    this.id = headers['muster-call'] ?? randomName(8);
    this.body = body;
    this.#bridge = bridge;
    this.#reply = replyAddress;
  }

  get signal() {
    return this.#abort.signal;
  }

  abort(reason) {
    this.#abort.abort(reason);
  }

  answer(value) {
    this.#send({ body: value ?? null });
  }

  fail(failureCode, message) {
    const text = describe(message).slice(0, MOST_MESSAGE);
    this.#send({ body: null, failureCode, failureType: 'RECIPIENT_FAILURE', message: text });
  }

  #send(frame) {
    if (this.#reply !== undefined && !this.signal.aborted && this.#bridge.isOpen) {
      this.#bridge.send({ type: 'send', address: this.#reply, ...frame });
      this.#reply = undefined;
    }
  }
}
