import { fromObject, mayPass, MusterError } from './errors.js';

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const LONGEST_WAIT_MS = 300_000;
const LONGEST_PAUSE_MS = 2000;

/** Milliseconds as the node reads them, rounded up: some time stays some. */
export const duration = (ms) => `${Math.ceil(ms)}ms`;

/** What a `fail` says beside the lease. */
export function failure(error, { retryInMs, giveUp } = {}) {
  return {
    ...(error === undefined ? {} : { error }),
    ...(retryInMs === undefined ? {} : { retryIn: duration(retryInMs) }),
    ...(giveUp ? { giveUp: true } : {}),
  };
}

/** The operations of one queue: put, take, and what a holder says of its jobs. */
export class Queue {
  #client;

  constructor(client, name) {
    this.#client = client;
    this.name = name;
  }

  /** Puts a job, and waits so long for room. */
  async put(body, { key, unique, delayMs, priority, waitMs = 0, signal } = {}) {
    const delay = delayMs === undefined ? undefined : duration(delayMs);
    const job = { body: body ?? null, key, unique, delay, priority };
    return put(await this.#askAndWait('put', { ...job, wait: duration(waitMs) }, signal));
  }

  /** Puts up to 1,000 jobs `{body, key?, unique?, delay?, priority?}`. */
  async putMany(jobs, { waitMs = 0, signal } = {}) {
    return (await this.#askAndWait('put', { jobs, wait: duration(waitMs) }, signal)).jobs.map(put);
  }

  /** Takes up to `max` jobs, and waits so long for the first. What comes after the signal's abort is given back. */
  async take(max = 1, { waitMs = 0, signal } = {}) {
    const late = (bridge, reply) => this.#giveBack(bridge, reply);
    return taken(await this.#askAndWait('take', takes(max, waitMs), signal, late));
  }

  /** The same without a signal: `answer` has the jobs, even those that come after `withdraw()`. */
  taking(bridge, max, waitMs) {
    const { answer, withdraw } = bridge.askAndWait(this.address('take'), takes(max, waitMs));
    return { answer: answer.then(taken), withdraw };
  }

  /** The job is done. */
  async ack(job, output) {
    await this.#outcome('ack', job, { output });
  }

  /** This try failed. */
  async fail(job, error, options) {
    await this.#outcome('fail', job, failure(error, options));
  }

  /** Makes the lease run so long from now at least, an hour at most. */
  async extend(job, byMs) {
    await this.ask('extend', { ...lease(job), by: duration(byMs) });
  }

  /** Gives the job back unworked. */
  async release(job) {
    await this.#outcome('release', job, {});
  }

  /** Waits until no job is scheduled, ready or leased, or so long at most; whether that came about. */
  async join({ waitMs = Infinity, signal } = {}) {
    const wait = duration(Math.min(waitMs, LONGEST_WAIT_MS));
    const { joined } = await this.#askAndWait('join', { wait }, signal);
    return joined || waitMs <= LONGEST_WAIT_MS ? joined : this.join({ waitMs: waitMs - LONGEST_WAIT_MS, signal });
  }

  /** Lets nobody put any more. What the queue is like now. */
  close() {
    return this.ask('close', {});
  }

  /** Says an outcome, again and again for as long as a lease lasts while the server or its store cannot be reached. */
  async #outcome(word, job, said) {
    const over = performance.now() + job.leaseMs;
    for (let failures = 0; ; failures += 1) {
      try {
        await this.ask(word, { ...lease(job), ...said });
        return;
      } catch (e) {
        const left = over - performance.now();
        if (!(e instanceof MusterError) || !mayPass(e) || !(left > 0) || this.#client.isClosed) {
          throw e;
        }
        await new Promise((resolve) => { setTimeout(resolve, Math.min(left, this.pauseMs(failures, job.leaseMs))); });
      }
    }
  }

  /** How long to wait before an outcome is said again: with jitter, and well within a lease. */
  pauseMs(failures, leaseMs) {
    const [least, most] = this.#client.backoffMs;
    const pause = Math.min(most, LONGEST_PAUSE_MS, leaseMs / 4, least * 2 ** Math.min(failures, 30));
    return pause * (0.5 + Math.random() / 2);
  }

  address(word) {
    return `muster.queue.${this.name}.${word}`;
  }

  async ask(word, body) {
    return (await this.#client.ready()).ask(this.address(word), body);
  }

  /** Asks, and waits no longer once the signal aborts; `late` is told what is answered all the same. */
  async #askAndWait(word, body, signal, late = () => {}) {
    throwIfAborted(signal);
    const bridge = await this.#client.ready();
    throwIfAborted(signal);
    const { answer, withdraw } = bridge.askAndWait(this.address(word), body);
    return orAborted(answer, signal, () => {
      withdraw();
      answer.then((reply) => late(bridge, reply), () => {});
    });
  }

  #giveBack(bridge, { jobs }) {
    if (jobs.length > 0 && bridge.isOpen) {
      bridge.tell(this.address('release'), { jobs: jobs.map(lease) });
    }
  }
}

const takes = (max, waitMs) => ({ max, wait: duration(waitMs) });

/** What proves whose a job is. */
export const lease = ({ id, lease: word }) => ({ id, lease: word });

function put({ id, existing = false, error }) {
  return { id, existing, error: error === undefined ? undefined : fromObject(error) };
}

function taken({ jobs, expiresIn }) {
  if (jobs.length === 0) {
    return [];
  }
  const [, count, unit] = /^(\d+)(ms|s|m|h)$/.exec(expiresIn) ?? [];
  if (unit === undefined) {
    throw new MusterError('badResponse', `the jobs have leases of ${expiresIn}, which is not a duration`);
  }
  return jobs.map(({ expires, ...job }) => ({ priority: 0, ...job, leaseMs: count * UNIT_MS[unit] }));
}

function throwIfAborted(signal) {
  if (signal?.aborted) {
    throw cancelled(signal);
  }
}

function cancelled({ reason }) {
  const type = reason?.name === 'TimeoutError' ? 'timeout' : 'cancelled';
  return new MusterError(type, 'the signal has aborted', { cause: reason });
}

/** What a promise gives, unless the signal aborts first. */
function orAborted(promise, signal, left) {
  if (signal === undefined) {
    return promise;
  }
  return new Promise((resolve, reject) => {
    const abort = () => {
      left();
      reject(cancelled(signal));
    };
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
