/** A value that JSON can say. Whole numbers beyond 2^53 lose digits in JavaScript. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Muster's types of errors, as in its table. */
export type ErrorType =
  | 'badInput' | 'denied' | 'notFound' | 'methodNotAllowed' | 'limit' | 'conflict' | 'timeout' | 'cancelled' | 'unavailable'
  | 'badResponse' | 'query' | 'expression' | 'file' | 'function' | 'failed' | 'internal';

export interface ErrorObject {
  type: ErrorType;
  detail: string;
  step?: string;
  run?: string;
  [more: string]: unknown;
}

/** What went wrong, as Muster reports it. A connection that is lost or cannot be made is `unavailable`. */
export class MusterError extends Error {
  constructor(type: ErrorType, detail: string, more?: { step?: string; run?: string; error?: object; cause?: unknown });
  readonly name: 'MusterError';
  readonly type: ErrorType;
  readonly detail: string;
  readonly step?: string;
  readonly run?: string;
  /** The error object as it was sent, with whatever more it holds. */
  readonly error: ErrorObject;
  /** The HTTP status that goes with the type; 500 where the table has no other. */
  readonly status: number;
}

export type State = 'done' | 'failed' | 'cancelled' | 'timedOut' | 'skipped';

/** One event of a run. */
export type Event =
  | { event: 'start'; run: string; plan: string }
  | { event: 'step'; path: string; state: State; ms: number; value?: any; error?: ErrorObject }
  | { event: 'item'; path: string; value: any }
  | { event: 'end'; state: State; ms: number; output?: any; error?: ErrorObject };

/** The name of a saved plan; or a plan itself, as an object or YAML text, for callers who may. */
export type Plan = string | { [word: string]: unknown };

export interface RunOptions {
  /** Its abort cancels the run. */
  signal?: AbortSignal;
  /** The W3C trace context to go on with. */
  traceparent?: string;
  /** When the server ends the run as `timeout`: milliseconds from now, or text such as `'300ms'`. */
  deadline?: number | string;
}

export interface StreamOptions extends RunOptions {
  /** The most events under way that were not read yet; 64 unless told. */
  window?: number;
}

/** The events of a run. It starts when they are first read; leaving them before the end cancels it. */
export interface Events extends AsyncIterableIterator<Event> {
  /** The run's id, once it has started. */
  readonly run: string | undefined;
  return(): Promise<IteratorResult<Event>>;
}

export interface Call {
  /** Aborts when the caller has left, the connection is lost or the worker is stopped. */
  readonly signal: AbortSignal;
  readonly run?: string;
  readonly step?: string;
  readonly id: string;
}

/** Takes the step's `with`, gives what the step gets, as JSON. What it throws is the step's failure. */
export type Handler = (body: any, call: Call) => unknown;

export interface WorkerOptions {
  /** How many calls are answered at once; 16 unless told. */
  concurrency?: number;
  /** How many more may wait for their turn; 1,000 unless told. Others are refused. */
  waiting?: number;
}

export interface Worker {
  readonly address: string;
  readonly running: number;
  readonly waiting: number;
  /** Takes no more calls, fails and aborts those under way and waits for their handlers. */
  stop(): Promise<void>;
}

/** A job with its lease. */
export interface Job {
  readonly id: string;
  readonly body: any;
  /** Which try this is, from 1. */
  readonly attempt: number;
  /** Proves whose the job is. */
  readonly lease: string;
  /** The lease's fencing token, higher than that of every earlier lease of the job; it proves nothing. */
  readonly fence: number;
  /** How long the lease ran when the job was taken; by no clock, as those of others may differ. */
  readonly leaseMs: number;
  readonly key?: string;
  readonly priority: number;
  readonly checkpoint?: any;
}

export interface NewJob {
  body: unknown;
  key?: string;
  unique?: string;
  /** As a duration of the node: `5s`. */
  delay?: string;
  priority?: number;
}

/** What became of a job that was to be put. */
export interface Put {
  /** The id of the job that is in the queue now. */
  readonly id?: string;
  /** Whether it was there already, by its unique word. */
  readonly existing: boolean;
  /** Why none was put, of several. */
  readonly error?: MusterError;
}

export interface PutOptions {
  key?: string;
  unique?: string;
  delayMs?: number;
  priority?: number;
  /** How long to wait for room, 300,000 at most; not at all unless told. */
  waitMs?: number;
  /** Its abort ends the wait. The job may be there all the same. */
  signal?: AbortSignal;
}

/** A queue of the node. Refusals of the four that say something of a job are `conflict` if the lease is no longer its. */
export interface Queue {
  readonly name: string;
  /** Puts a job. After a lost connection it may be there: put it again with the same `unique` word. */
  put(body: unknown, options?: PutOptions): Promise<Put>;
  /** Puts up to 1,000 jobs; what became of each, in their order. */
  putMany(jobs: NewJob[], options?: { waitMs?: number; signal?: AbortSignal }): Promise<Put[]>;
  /** Takes up to `max` jobs and waits so long for the first, or until the signal aborts; what was on its way then is given back. */
  take(max?: number, options?: { waitMs?: number; signal?: AbortSignal }): Promise<Job[]>;
  ack(job: Job, output?: unknown): Promise<void>;
  fail(job: Job, error?: unknown, options?: { retryInMs?: number; giveUp?: boolean }): Promise<void>;
  extend(job: Job, byMs: number): Promise<void>;
  release(job: Job): Promise<void>;
  /** Waits until no job is scheduled, ready or leased, or so long at most; whether that came about. */
  join(options?: { waitMs?: number; signal?: AbortSignal }): Promise<boolean>;
  /** Lets nobody put any more. What the queue is like now. */
  close(): Promise<{ [word: string]: any }>;
}

/** Thrown by a handler of jobs: this try failed, and this is when the next one comes, if any. */
export class JobFailure extends Error {
  constructor(detail: string, options?: { retryInMs?: number; giveUp?: boolean; cause?: unknown });
  readonly retryInMs?: number;
  readonly giveUp: boolean;
}

/** Works on a job; what it gives is the job's result, what it throws fails the try. */
export type JobHandler = (job: Job, how: {
  /** Aborts when the lease is lost or the loop stops. */
  readonly signal: AbortSignal;
  /** The loop takes no more, lets its handlers end, and ends. */
  stop(): void;
}) => unknown;

export interface WorkOptions {
  /** How many jobs are worked on at once; 1 unless told. */
  consumers?: number;
  /** How many more are taken ahead; 0 unless told. */
  prefetch?: number;
  /** How long handlers have to end after a stop before they are aborted; 0 unless told, `Infinity` waits. */
  drainMs?: number;
  /** Its abort stops the loop. */
  signal?: AbortSignal;
}

/** A loop that works on the jobs of a queue. */
export interface Work {
  readonly running: number;
  /** Settles when it has ended; rejects if the queue is not there or denied. */
  readonly ended: Promise<void>;
  /** Takes no more, gives back what was taken ahead, and lets the handlers end in their time. */
  stop(): Promise<void>;
}

export interface ConnectOptions {
  /** The caller's key. */
  key?: string;
  /** `tcp://host:port`, which is used instead where there is no WebSocket: in Node before 22. */
  tcp?: string;
  /** A class like the browser's WebSocket, used in its place. */
  WebSocket?: new (url: string) => any;
  /** Bounds an attempt to connect, and how long a call waits for a lost connection to come back; 5,000 unless told. */
  connectTimeoutMs?: number;
  /** The shortest and the longest pause between attempts; 100 and 10,000 unless told. */
  backoffMs?: [number, number];
  /** The pause between pings; 5,000 unless told. */
  pingMs?: number;
  /** The longest frame that is taken; 64 MiB unless told. */
  maxFrameBytes?: number;
  /** Told of what concerns no call: a refused frame, a worker that could not join again; `console.warn` unless told. */
  onWarning?: (warning: MusterError) => void;
}

export interface Client {
  /** Whether there is a connection now. */
  readonly connected: boolean;
  /** Settles when the client is closed. */
  readonly closed: Promise<void>;
  /** Runs a plan and gives its output. */
  run(plan: Plan, input?: unknown, options?: RunOptions): Promise<any>;
  /** The events of a run of this plan. */
  stream(plan: Plan, input?: unknown, options?: StreamOptions): Events;
  /** Cancels a run by its id. Again, or too late, does nothing. */
  cancel(run: string): Promise<void>;
  /** Answers the `call:` steps of an address until the worker is stopped, over reconnects too. */
  worker(address: string, handler: Handler, options?: WorkerOptions): Promise<Worker>;
  /** The operations of a queue. */
  queue(name: string): Queue;
  /** Works on the jobs of a queue until it is stopped, over reconnects too. */
  work(queue: string, handler: JobHandler, options?: WorkOptions): Work;
  /** Ends the connection, and with it its runs; aborts the handlers and waits for their end. Again does nothing. */
  close(): Promise<void>;
}

/** Connects to `ws://host:port/eventbus/websocket`, `wss://…`, or in Node `tcp://host:port`. */
export function connect(url: string, options?: ConnectOptions): Promise<Client>;
