import { describe, fromObject, mayPass, MusterError } from './errors.js';
import { duration, failure, lease } from './queue.js';

const TAKE_WAIT_MS = 20_000;

/** How long a node may take to answer a take that was withdrawn. */
const PATIENCE_MS = 30_000;
const BEATS = 3;
const MOST_TAKEN = 1000;
const MOST_SAID = 1000;
const MOST_SAID_CHARS = 256 * 1024;

/** What an outcome has beside its words: names, quotes and commas. */
const LEASE_CHARS = 32;
const MOST_DETAIL = 1000;

/** Errors of an outcome that nobody could store. */
const REFUSED = ['badInput', 'limit'];

/** Errors of a take that another one would have too. */
const FATAL = ['badInput', 'denied', 'notFound'];

/** Thrown by a handler: this try failed, and this is when the next one comes, if any. */
export class JobFailure extends Error {
  constructor(detail, { retryInMs, giveUp = false, cause } = {}) {
    super(detail, cause === undefined ? undefined : { cause });
    this.name = 'JobFailure';
    this.retryInMs = retryInMs;
    this.giveUp = giveUp;
  }
}

/** A job that a loop has, until what came of it was said. */
class Held {
  abort = new AbortController();
  isRunning = false;
  isRefused = false;
  word;
  said;
  chars = 0;
  expiry;
  /** Whether its outcome was said in vain. */
  isRepeated = false;
  /** Whether a message with others was refused, so that it is said in one of its own. */
  isAlone = false;
  isShortened = false;
  isReplaced = false;

  constructor(job) {
    this.job = job;
  }
}

/** A loop that works on the jobs of a queue until it is stopped. */
export class Work {
  #client;
  #queue;
  #handler;
  #consumers;
  #prefetch;
  #drainMs;
  #held = new Set();
  #ahead = [];
  #running = new Set();
  #unsaid = [];
  #isSaying = false;
  #isTaking = false;
  #taking;
  #takeEnd;
  #isStopping = false;
  #isHurrying = false;
  #pause;
  #sayPause;
  #patience;
  #beat;
  #beatAt = 0;
  /** Beats in a row before this one with a failed extension, and whether this one has one. */
  #extendFailures = 0;
  #isExtendFailing = false;
  #leaseMs = 0;
  #takeFailures = 0;
  #sayFailures = 0;
  #reason;
  #end;

  constructor(client, queue, handler, { consumers = 1, prefetch = 0, drainMs = 0, signal } = {}) {
    if (!(consumers >= 1) || !(prefetch >= 0) || !(drainMs >= 0)) {
      throw new RangeError('consumers has to be 1 or more, prefetch and drainMs 0 or more');
    }
    this.#client = client;
    this.#queue = queue;
    this.#handler = handler;
    this.#consumers = consumers;
    this.#prefetch = prefetch;
    this.#drainMs = drainMs;
    const ended = new Promise((resolve, reject) => { this.#end = { resolve, reject }; });
    const stop = () => this.stop();
    signal?.addEventListener('abort', stop, { once: true });
    this.ended = ended.finally(() => signal?.removeEventListener('abort', stop));
    // Whoever asks is told; nobody has to.
    this.ended.catch(() => {});
    if (signal?.aborted) {
      stop();
    } else {
      this.#pull();
    }
  }

  get running() {
    return this.#running.size;
  }

  /** Takes no more, gives back what was taken ahead, and lets the handlers end in their time. */
  stop(drainMs = this.#drainMs) {
    if (!this.#isStopping) {
      this.#isStopping = true;
      // First of all, or it would be handed what is given back.
      this.#leaveTake();
      clearTimeout(this.#pause);
      this.#ahead.splice(0).forEach((held) => this.#outcome(held, 'release', {}));
      if (drainMs === 0) {
        this.#abortHandlers();
      } else if (Number.isFinite(drainMs)) {
        this.#patience = setTimeout(() => this.#abortHandlers(), drainMs);
      }
      this.#tellIfEnded();
    }
    return this.ended;
  }

  /** The same, and the handlers are aborted at once. */
  finish() {
    this.#isHurrying = true;
    if (this.#sayPause !== undefined) {
      // Once more, and no more.
      clearTimeout(this.#sayPause);
      this.#sayPause = undefined;
      this.#say();
    }
    this.stop(0);
    this.#abortHandlers();
    return this.ended;
  }

  // ---- taking

  async #pull() {
    const free = this.#consumers + this.#prefetch - this.#held.size;
    if (this.#isStopping || this.#isTaking || this.#pause !== undefined || free <= 0) {
      return;
    }
    this.#isTaking = true;
    const askedAt = performance.now();
    let jobs = [];
    let failed;
    try {
      const bridge = await this.#client.ready();
      if (!this.#isStopping) {
        this.#taking = this.#queue.taking(bridge, Math.min(free, MOST_TAKEN), TAKE_WAIT_MS);
        jobs = await this.#taking.answer;
      }
    } catch (e) {
      failed = e;
    }
    this.#isTaking = false;
    this.#taking = undefined;
    clearTimeout(this.#takeEnd);
    if (failed !== undefined && !this.#isStopping && (!(failed instanceof MusterError) || FATAL.includes(failed.type))) {
      this.#reason = failed;
      this.stop();
    }
    jobs.forEach((job) => this.#hold(job));
    if (this.#isStopping) {
      // Those that were on their way when the take was withdrawn.
      this.#ahead.splice(0).forEach((held) => this.#outcome(held, 'release', {}));
      this.#tellIfEnded();
      return;
    }
    this.#begin();
    // A queue that is closed, or whose node stops, has nothing at once.
    const isEarly = failed !== undefined || (jobs.length === 0 && performance.now() - askedAt < TAKE_WAIT_MS / 2);
    if (isEarly) {
      this.#pause = setTimeout(() => {
        this.#pause = undefined;
        this.#pull();
      }, this.#pauseMs(this.#takeFailures));
      this.#takeFailures += 1;
    } else {
      this.#takeFailures = 0;
      this.#pull();
    }
  }

  /** Has the take answered now; a node that does not is not waited for. */
  #leaveTake() {
    if (this.#taking === undefined) {
      this.#isTaking = false;
      return;
    }
    this.#taking.withdraw();
    this.#takeEnd = setTimeout(() => {
      this.#isTaking = false;
      this.#tellIfEnded();
    }, PATIENCE_MS);
  }

  #pauseMs(failures) {
    const [least, most] = this.#client.backoffMs;
    return Math.min(most, least * 2 ** Math.min(failures, 30)) * (0.5 + Math.random() / 2);
  }

  #hold(job) {
    const held = new Held(job);
    this.#held.add(held);
    this.#ahead.push(held);
    this.#leaseMs = job.leaseMs;
    this.#lasts(held, job.leaseMs);
    this.#beatWithin(this.#leaseMs / BEATS);
  }

  #begin() {
    while (this.#ahead.length > 0 && this.#running.size < this.#consumers && !this.#isStopping) {
      const held = this.#ahead.shift();
      held.isRunning = true;
      this.#running.add(held);
      this.#handle(held);
    }
  }

  async #handle(held) {
    let said;
    try {
      const how = { signal: held.abort.signal, stop: () => { this.stop(Infinity); } };
      const output = await this.#handler(held.job, how);
      said = ['ack', output === undefined || output === null ? {} : { output }];
    } catch (e) {
      said = held.abort.signal.aborted ? ['release', {}] : ['fail', failureOf(e)];
    }
    held.isRunning = false;
    this.#running.delete(held);
    if (this.#held.has(held)) {
      // Of a lease that is lost a release is refused; if a cancel was asked for, the job is cancelled by it.
      this.#outcome(held, ...(held.isRefused ? ['release', {}] : said));
    }
    this.#begin();
    this.#tellIfEnded();
  }

  // ---- what came of it

  #outcome(held, word, more) {
    let text;
    try {
      text = JSON.stringify(more);
    } catch (e) {
      const detail = `the result cannot be sent as JSON: ${describe(e?.message ?? e)}`;
      this.#outcome(held, 'fail', failure({ type: 'failed', detail }, { giveUp: true }));
      return;
    }
    const chars = text.length + held.job.id.length + held.job.lease.length + LEASE_CHARS;
    Object.assign(held, { word, said: { ...lease(held.job), ...more }, chars });
    this.#unsaid.push(held);
    if (!this.#isSaying) {
      this.#isSaying = true;
      // What ends in the same turn goes along.
      setTimeout(() => this.#say());
    }
  }

  async #say() {
    const [first] = this.#unsaid;
    if (first === undefined) {
      this.#isSaying = false;
      return;
    }
    const batch = this.#batch(first);
    let errors;
    try {
      const { jobs } = await this.#queue.ask(first.word, { jobs: batch.map(({ said }) => said) });
      errors = batch.map((held, i) => (jobs[i]?.error === undefined ? undefined : fromObject(jobs[i].error)));
    } catch (e) {
      if (REFUSED.includes(e.type) && !mayPass(e) && batch.length > 1) {
        // One of them is to blame, the others are not.
        batch.forEach((held) => { held.isAlone = true; });
        this.#say();
        return;
      }
      errors = batch.map(() => e);
    }
    const isSaid = (held) => this.#unsaid.includes(held);
    const [again, over] = [[], []];
    batch.forEach((held, i) => {
      if (isSaid(held)) {
        this.#isUnanswered(held, errors[i]) ? again.push(held) : over.push(held);
      }
    });
    // Those whose outcome was replaced are to be said still.
    this.#forget(over.filter((held) => !held.isReplaced));
    over.forEach((held) => { held.isReplaced = false; });
    if (again.length === 0) {
      this.#sayFailures = 0;
      this.#say();
      return;
    }
    const why = errors.find((e) => e !== undefined && mayPass(e));
    const what = `the outcomes for queue ${this.#queue.name} of ${again.length} jobs were not reported`;
    if (this.#isHurrying) {
      this.#warn(why.type, `${what}: ${why.detail}`);
      this.#forget(again);
      this.#say();
      return;
    }
    if (this.#sayFailures === 0) {
      this.#warn(why.type, `${what}, retrying: ${why.detail}`);
    }
    this.#sayPause = setTimeout(() => {
      this.#sayPause = undefined;
      this.#say();
    }, this.#queue.pauseMs(this.#sayFailures, this.#leaseMs));
    this.#sayFailures += 1;
  }

  /** Whether an outcome is to be said again; if not, it is over, or another one takes its place. */
  #isUnanswered(held, error) {
    if (error !== undefined && mayPass(error)) {
      held.isRepeated = true;
      return true;
    }
    const { job, word } = held;
    if (REFUSED.includes(error?.type) && (word === 'ack' || word === 'fail') && !held.isShortened) {
      held.isShortened = true;
      held.isReplaced = true;
      const what = word === 'ack' ? 'result' : 'error';
      const detail = `the ${what} cannot be stored: ${error.detail}`.slice(0, MOST_DETAIL);
      this.#warn(error.type, `job ${job.id} of queue ${this.#queue.name}: ${detail}`);
      this.#unsaid = this.#unsaid.filter((other) => other !== held);
      this.#outcome(held, 'fail', failure({ type: 'failed', detail }, { giveUp: word === 'ack' || held.said.giveUp }));
      return false;
    }
    if (error !== undefined && !held.isRefused) {
      this.#warn(error.type, `job ${job.id}: ${word} was rejected: ${error.detail ?? error}`);
    }
    return false;
  }

  /** What is said in one message: the same word, and not too much. */
  #batch(first) {
    if (first.isAlone) {
      return [first];
    }
    const batch = [];
    const mostChars = Math.min(MOST_SAID_CHARS, (this.#client.mostBytes ?? Infinity) / 4);
    let chars = 0;
    for (const held of this.#unsaid.filter(({ word, isAlone }) => word === first.word && !isAlone)) {
      chars += held.chars;
      if (batch.length === MOST_SAID || (chars > mostChars && batch.length > 0)) {
        break;
      }
      batch.push(held);
    }
    return batch;
  }

  #forget(batch) {
    batch.forEach((held) => {
      clearTimeout(held.expiry);
      this.#held.delete(held);
    });
    this.#unsaid = this.#unsaid.filter((held) => this.#held.has(held));
    if (this.#held.size === 0) {
      clearTimeout(this.#beat);
      this.#beat = undefined;
    }
    this.#pull();
    this.#tellIfEnded();
  }

  // ---- leases

  #lasts(held, ms) {
    clearTimeout(held.expiry);
    held.expiry = setTimeout(() => {
      const what = held.word === undefined ? 'its extension' : 'its outcome';
      this.#lose(held, `its lease expired before ${what} reached the server`);
    }, ms);
  }

  /** Has the leases extended after this time, or earlier if that is due already. */
  #beatWithin(ms) {
    const at = performance.now() + ms;
    if (this.#beat !== undefined) {
      if (this.#beatAt <= at) {
        return;
      }
      clearTimeout(this.#beat);
    }
    this.#beatAt = at;
    this.#beat = setTimeout(() => this.#extend(), ms);
  }

  #extend() {
    this.#beat = undefined;
    this.#extendFailures = this.#isExtendFailing ? this.#extendFailures + 1 : 0;
    this.#isExtendFailing = false;
    this.#beatWithin(this.#leaseMs / BEATS);
    // Of a loop that stops, what is said in vain is said until its lease is over.
    const mine = [...this.#held].filter((held) => !held.isRefused
      && (held.word === undefined || (held.isRepeated && !this.#isStopping)));
    if (!this.#client.connected) {
      this.#extendAgain();
      return;
    }
    for (let at = 0; at < mine.length; at += MOST_SAID) {
      this.#extendThese(mine.slice(at, at + MOST_SAID));
    }
  }

  async #extendThese(some) {
    const askedAt = performance.now();
    const leaseMs = this.#leaseMs;
    const by = duration(leaseMs);
    let jobs;
    try {
      ({ jobs } = await this.#queue.ask('extend', { jobs: some.map(({ job }) => ({ ...lease(job), by })) }));
    } catch (e) {
      if (mayPass(e)) {
        this.#extendAgain();
      }
      return;
    }
    some.forEach((held, i) => {
      if (!this.#held.has(held)) {
        return;
      }
      if (jobs[i]?.error === undefined) {
        this.#lasts(held, leaseMs - (performance.now() - askedAt));
      } else if (mayPass(fromObject(jobs[i].error))) {
        this.#extendAgain();
      } else if (jobs[i].error.type === 'conflict' && held.word === undefined) {
        held.isRefused = true;
        this.#lose(held, jobs[i].error.detail);
      }
    });
  }

  /** Repeats extensions that failed, after pauses that grow. Without success the leases end, which is watched. */
  #extendAgain() {
    if (this.#held.size > 0) {
      this.#isExtendFailing = true;
      this.#beatWithin(this.#queue.pauseMs(this.#extendFailures, this.#leaseMs));
    }
  }

  #lose(held, why) {
    this.#warn('conflict', `job ${held.job.id} of queue ${this.#queue.name} is no longer held: ${why}`);
    this.#ahead = this.#ahead.filter((other) => other !== held);
    if (!held.isRefused) {
      this.#forget([held]);
    } else if (!held.isRunning && held.word === undefined) {
      this.#outcome(held, 'release', {});
    }
    held.abort.abort(new MusterError('conflict', why));
  }

  #warn(type, detail) {
    this.#client.warn(new MusterError(type ?? 'internal', detail));
  }

  // ---- the end

  #abortHandlers() {
    const reason = new MusterError('cancelled', 'the loop has stopped');
    this.#running.forEach((held) => held.abort.abort(reason));
  }

  #tellIfEnded() {
    if (this.#isStopping && !this.#isTaking && this.#running.size === 0 && this.#held.size === 0) {
      clearTimeout(this.#patience);
      this.#reason === undefined ? this.#end.resolve() : this.#end.reject(this.#reason);
    }
  }
}

function failureOf(thrown) {
  if (thrown instanceof JobFailure) {
    return failure({ type: 'failed', detail: thrown.message }, thrown);
  }
  if (thrown instanceof MusterError) {
    return failure(thrown.error);
  }
  return failure({ type: 'failed', detail: describe(thrown) });
}
