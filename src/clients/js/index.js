/** Runs Muster's plans, streams their events and answers their `call:` steps, over an event-bus bridge. */
export { connect } from './lib/client.js';
export { MusterError } from './lib/errors.js';
