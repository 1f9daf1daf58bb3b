/** Runs Muster's plans, streams their events, answers their `call:` steps and works on queues, over an event-bus bridge. */
export { connect } from './lib/client.js';
export { MusterError } from './lib/errors.js';
export { JobFailure } from './lib/work.js';
