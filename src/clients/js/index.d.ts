/** A value that JSON can say. Whole numbers beyond 2^53 lose digits in JavaScript. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Muster's types of errors, as in its table. */
export type ErrorType =
  | 'badInput' | 'denied' | 'notFound' | 'limit' | 'conflict' | 'timeout' | 'cancelled' | 'unavailable'
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
  /** Ends the connection, and with it its runs; aborts the handlers and waits for their end. Again does nothing. */
  close(): Promise<void>;
}

/** Connects to `ws://host:port/eventbus/websocket`, `wss://…`, or in Node `tcp://host:port`. */
export function connect(url: string, options?: ConnectOptions): Promise<Client>;
