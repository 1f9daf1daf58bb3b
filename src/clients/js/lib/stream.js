import { randomName } from './bridge.js';
import { MusterError } from './errors.js';

/** A deadline as the server reads it: text as it is, a number as milliseconds, rounded up so that some time stays some. */
function written(deadline) {
  if (typeof deadline === 'string') {
    return deadline;
  }
  if (typeof deadline !== 'number' || !(deadline >= 0 && deadline < 1e15)) {
    throw new RangeError(`deadline is ${String(deadline)}; it has to be milliseconds from 0 on, or text such as '300ms'`);
  }
  return `${Math.ceil(deadline)}ms`;
}

/**
 * The events of one run: an async iterator that starts the run when it is first read, and ends after its `end`.
 *
 * At most `window` events are under way: each is acknowledged when it is read, so a slow reader slows the run down.
 * Leaving early, by `break` or `return()`, cancels the run. A run that fails is not thrown: its `end` event says so.
 * What keeps the run from starting, and a lost connection, are.
 */
export class Events {
  /** The run's id, once it has started. */
  run;

  #client;
  #body;
  #window;
  #headers;
  #signal;
  #address = `muster.events.${randomName(16)}`;
  #bridge;
  #isStarted = false;
  #arrived = [];
  #due = 1;
  #ended = false;
  #left = false;
  #error;
  #readers = [];
  #abort = () => this.#failed(aborted(this.#signal, this.run));

  constructor(client, body, { window = 64, signal, traceparent, deadline } = {}) {
    if (!Number.isInteger(window) || window < 1) {
      throw new RangeError(`window is ${window}; it has to be a whole number from 1 on`);
    }
    this.#client = client;
    this.#body = deadline === undefined ? body : { ...body, deadline: written(deadline) };
    this.#window = window;
    this.#signal = signal;
    this.#headers = traceparent === undefined ? {} : { traceparent };
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  next() {
    if (!this.#left && !this.#isStarted) {
      this.#isStarted = true;
      this.#start().catch((e) => this.#failed(e));
    }
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject });
      this.#serve();
    });
  }

  /** Leaves: cancels the run unless it has ended. Again does nothing. */
  async return() {
    this.#leave();
    this.#arrived = [];
    this.#serve();
    return { done: true, value: undefined };
  }

  /** Takes a message for these events. */
  deliver(bridge, frame) {
    const event = frame.body;
    const number = frame.headers?.['muster-event'];
    if (typeof event !== 'object' || event === null) {
      this.#wrong('the server sent an event that is not an object');
    } else if (number !== undefined && String(number) !== String(this.#due)) {
      this.#wrong(`event ${number} came where ${this.#due} was due: events were lost`);
    } else if (this.#arrived.length >= this.#window) {
      this.#wrong(`the server sent more than the ${this.#window} events of the window`);
    } else {
      this.#due += 1;
      this.#arrived.push(frame);
      if (event.event === 'start') {
        this.#named(event.run);
      } else if (event.event === 'end') {
        this.#ended = true;
        this.#forget();
      }
      this.#serve();
    }
  }

  /** The connection has ended: what arrived can still be read, then the error. */
  lost(error) {
    if (!this.#ended) {
      this.#error ??= new MusterError(error.type, error.detail, { run: this.run });
    }
    this.#forget();
    this.#serve();
  }

  async #start() {
    if (this.#signal?.aborted) {
      throw aborted(this.#signal);
    }
    this.#signal?.addEventListener('abort', this.#abort, { once: true });
    const bridge = await this.#client.ready();
    if (!this.#left) {
      this.#bridge = bridge;
      this.#client.routes.set(this.#address, this);
      bridge.register(this.#address);
      const wanted = { ...this.#body, events: this.#address, window: this.#window };
      bridge.ask('muster.run', wanted, this.#headers)
        .then((answer) => this.#named(answer?.run), (e) => this.#refused(e));
    }
  }

  #serve() {
    while (this.#readers.length > 0) {
      const frame = this.#arrived.shift();
      if (frame !== undefined) {
        this.#acknowledge(frame);
        this.#readers.shift().resolve({ done: false, value: frame.body });
      } else if (this.#error !== undefined) {
        this.#readers.shift().reject(this.#error);
      } else if (this.#ended || this.#left) {
        this.#readers.shift().resolve({ done: true, value: undefined });
      } else {
        return;
      }
    }
  }

  #acknowledge(frame) {
    if (frame.replyAddress !== undefined && this.#bridge.isOpen) {
      this.#bridge.send({ type: 'send', address: frame.replyAddress, body: null });
    }
  }

  #refused(error) {
    if (!this.#ended) {
      this.#error ??= error;
    }
    this.#forget();
    this.#serve();
  }

  #wrong(detail) {
    this.#failed(new MusterError('badResponse', detail, { run: this.run }));
  }

  #failed(error) {
    this.#error ??= error;
    this.#leave();
    this.#serve();
  }

  #named(run) {
    if (this.run === undefined && run !== undefined) {
      this.run = run;
      if (this.#left) {
        this.#cancel();
      }
    }
  }

  #leave() {
    if (!this.#left) {
      this.#left = true;
      this.#forget();
      this.#cancel();
    }
  }

  #cancel() {
    // Without its id yet, the run is cancelled as soon as the id is known.
    if (this.run !== undefined && !this.#ended && this.#bridge?.isOpen) {
      this.#bridge.tell('muster.run.cancel', { run: this.run });
    }
  }

  #forget() {
    this.#signal?.removeEventListener('abort', this.#abort);
    if (this.#client.routes.delete(this.#address) && this.#bridge.isOpen) {
      this.#bridge.unregister(this.#address);
    }
  }
}

function aborted(signal, run) {
  const timedOut = signal.reason?.name === 'TimeoutError';
  const detail = timedOut ? 'the caller\'s time was up' : 'the caller cancelled it';
  return new MusterError(timedOut ? 'timeout' : 'cancelled', detail, { run, cause: signal.reason });
}
