/** The one error of this package, and how failures of the bridge become it. */

/** @type {Record<string, number>} */
const STATUS_OF_TYPE = {
  badInput: 400, denied: 403, notFound: 404, methodNotAllowed: 405, conflict: 409, limit: 429, cancelled: 499,
  badResponse: 502, query: 502, unavailable: 503, timeout: 504,
};

/** @type {Record<number, string>} */
const TYPE_OF_STATUS = {
  400: 'badInput', 401: 'denied', 403: 'denied', 404: 'notFound', 405: 'methodNotAllowed', 409: 'conflict', 413: 'limit', 429: 'limit',
  499: 'cancelled', 502: 'badResponse', 503: 'unavailable', 504: 'timeout',
};

/** Whether the same may be answered another time: the server cannot be reached, is late, or has no room now. */
export const mayPass = ({ type, error }) =>
  type === 'unavailable' || type === 'timeout' || (type === 'limit' && error?.retryAfter !== undefined);

/** What went wrong, as Muster reports it: a type of its table of errors, and why. */
export class MusterError extends Error {
  /**
   * @param {string} type
   * @param {string} detail
   * @param {{step?: string, run?: string, error?: object, cause?: unknown}} [more]
   */
  constructor(type, detail, { step, run, error, cause } = {}) {
    super(`${type}: ${detail}${step ? ` (step ${step})` : ''}`, cause === undefined ? undefined : { cause });
    this.name = 'MusterError';
    this.type = type;
    this.detail = detail;
    this.step = step;
    this.run = run;
    this.error = error ?? { type, detail };
  }

  get status() {
    return STATUS_OF_TYPE[this.type] ?? 500;
  }
}

/** What was thrown, as text: anything can be thrown, even what has no text. */
export function describe(thrown) {
  try {
    return String(thrown);
  } catch {
    return 'the handler failed';
  }
}

/** The error of an error object `{type, detail, step?, run?}`. */
export function fromObject(error, run) {
  if (typeof error !== 'object' || error === null) {
    return new MusterError('internal', String(error), { run });
  }
  const { type = 'internal', detail = 'no reason given', step } = error;
  return new MusterError(String(type), String(detail), { step, run: error.run ?? run, error });
}

/** The error of a failed request: its message is an error object as JSON text, or plain words of the bridge. */
export function fromFailure(frame) {
  const message = frame.message ?? frame.body;
  if (typeof message === 'string' && message.startsWith('{')) {
    try {
      return fromObject(JSON.parse(message));
    } catch {
      // Plain words that begin with a brace.
    }
  }
  const denied = ['access_denied', 'rejected', 'auth_error', 'not_logged_in'].includes(message);
  const type = { NO_HANDLERS: 'unavailable', TIMEOUT: 'timeout' }[frame.failureType]
    ?? (denied ? 'denied' : TYPE_OF_STATUS[frame.failureCode] ?? 'internal');
  return new MusterError(type, String(message ?? 'the request failed without a reason'));
}
