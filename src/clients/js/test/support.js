import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { connect, MusterError } from '../index.js';
import { soon, TcpBridge, WebSocketBridge } from './fake-bridge.js';

export const START = { event: 'start', run: 'run-1', plan: 'page' };
export const STEP = { event: 'step', path: 'product', state: 'done', ms: 1.5, value: { id: 7 } };
export const END = { event: 'end', state: 'done', ms: 2, output: { id: 7 } };

/** What a test has: a bridge, a client of it and the connection between them. */
export class World {
  warnings = [];

  constructor(Bridge) {
    this.bridge = new Bridge();
  }

  async connect(options = {}) {
    const settings = { backoffMs: [10, 50], pingMs: 60_000, onWarning: (warning) => this.warnings.push(warning) };
    this.client = await soon(connect(this.bridge.url, { ...settings, ...this.bridge.options, ...options }));
    this.peer = await this.bridge.accepted();
    return this.client;
  }

  /** A run under way, and the request for it. */
  async running(options) {
    const client = await this.connect(options);
    const running = client.run('page');
    running.catch(() => {});
    return [running, await this.peer.runAsked()];
  }

  async answersAfterReconnect() {
    const peer = await this.bridge.accepted();
    const running = this.client.run('page');
    peer.event(await peer.runAsked(), END);
    assert.deepEqual(await soon(running), { id: 7 });
  }
}

/** The tests, over each of the two ways to a bridge. */
export function overBoth(name, tests) {
  for (const Bridge of [TcpBridge, WebSocketBridge]) {
    describe(`${name}, ${Bridge.name}`, () => {
      const scene = {};
      beforeEach(async () => {
        scene.world = new World(Bridge);
        await scene.world.bridge.listen();
      });
      afterEach(async () => {
        await soon(Promise.resolve(scene.world.client?.close()));
        await soon(scene.world.bridge.stop()).catch(() => {});
      });
      tests((title, test) => it(title, () => test(scene.world)), Bridge);
    });
  }
}

/** Fails unless it fails with an error of this type. */
export async function fails(promise, type) {
  const error = await soon(promise.then(() => assert.fail('it did not fail'), (e) => e));
  assert.ok(error instanceof MusterError, String(error?.stack));
  assert.equal(error.type, type, error.message);
  return error;
}

export async function all(events) {
  const read = [];
  for await (const event of events) {
    read.push(event);
  }
  return read;
}

/** A promise that others keep. */
export function gate() {
  let open;
  const opened = new Promise((resolve) => { open = resolve; });
  return { open, opened };
}

/** Ends when the signal aborts. */
export const aborted = (signal) => new Promise((_, reject) => {
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
});

export { soon };
