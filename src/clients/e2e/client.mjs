/** Runs the JavaScript client against a served Muster: client.mjs URL, of its TCP bridge or of its WebSocket. */
import { connect, JobFailure, MusterError } from '../js/index.js';

const [url] = process.argv.slice(2);
const over = url.replace(/:.*/, '');

function check(what, holds, seen = '') {
  if (!holds) {
    throw new Error(`${over}: FAILED: ${what}: ${JSON.stringify(seen)}`);
  }
  console.log(`node over ${over}: ${what}`);
}

async function failure(promise) {
  const error = await promise.then((value) => new Error(`it gave ${JSON.stringify(value)}`), (e) => e);
  if (!(error instanceof MusterError)) {
    throw error;
  }
  return error;
}

async function all(events) {
  const read = [];
  for await (const event of events) {
    read.push(event);
  }
  return read;
}

async function runs(muster) {
  check('run gives the output', (await muster.run('page', { id: 7 })).id === 7);
  const error = await failure(muster.run('fails'));
  check('a failed run says why', error.type === 'failed' && error.step === 'unlucky' && error.run !== undefined, error);
  check('an unknown plan is notFound', (await failure(muster.run('none'))).type === 'notFound');
  const denied = await failure(muster.worker('muster.run', () => 0));
  check('an address that is not permitted is denied', denied.type === 'denied', denied);
}

async function streams(muster) {
  const kinds = (await all(muster.stream('page', { id: 7 }))).map(({ event, path }) => [event, path].join(' ').trim());
  check('stream gives every event', kinds.join() === 'start,step fast,step slow,end', kinds);
  const values = (await all(muster.stream('many', undefined, { window: 2 })))
    .filter((event) => 'value' in event)
    .map((event) => event.value);
  check('a small window loses nothing', new Set(values).size === 200, values);
}

async function cancels(muster) {
  let end;
  const events = muster.stream('sleeps');
  for await (const event of events) {
    if (event.event === 'start') {
      await muster.cancel(event.run);
    }
    end = event;
  }
  check('cancel ends the run', end.event === 'end' && end.state === 'cancelled', end);
  const late = await failure(muster.run('sleeps', undefined, { signal: AbortSignal.timeout(50) }));
  check('a signal ends the run', late.type === 'timeout', late);
}

async function jobs(muster) {
  const mail = muster.queue('mail');
  const tries = [];
  let begun;
  const stays = new Promise((resolve) => { begun = resolve; });
  const work = muster.work('mail', async ({ body, attempt }, { signal }) => {
    tries.push(`${body} ${attempt}`);
    if (body === 'stays') {
      begun();
      await new Promise((_, reject) => { signal.addEventListener('abort', () => reject(signal.reason)); });
    }
    if (body === 'twice' && attempt === 1) {
      throw new RangeError('no luck');
    }
    if (body === 'never') {
      throw new JobFailure('no use', { giveUp: true });
    }
  }, { consumers: 2, prefetch: 2 });
  await mail.putMany(['once', 'twice', 'never'].map((body) => ({ body })));
  await mail.join();
  check('a loop works on jobs, and again on those that fail', tries.sort().join() === 'never 1,once 1,twice 1,twice 2', tries);
  await mail.put('stays');
  await stays;
  await work.stop();
  const [job] = await mail.take(1, { waitMs: 10_000 });
  check('a loop that is stopped gives its job back untried', job.body === 'stays' && job.attempt === 1, job);
  await mail.ack(job, { by: 'hand' });
  await mail.ack(job);
  check('an outcome may be repeated, and another one is refused', (await failure(mail.release(job))).type === 'conflict');
}

async function calls(muster) {
  const worker = await muster.worker('images.shrink', ({ width }) => ({ width: width / 2 }));
  check('a worker answers a call', await muster.run('shrinks', { width: 100 }) === 50);
  await worker.stop();
  const nobody = await failure(muster.run('shrinks', { width: 1 }));
  check('without a worker it is unavailable', nobody.type === 'unavailable', nobody);
  let called;
  const reached = new Promise((resolve) => { called = resolve; });
  let left;
  const cancelled = new Promise((resolve) => { left = resolve; });
  await muster.worker('images.hang', (_, { signal }) => new Promise((resolve, reject) => {
    called();
    signal.addEventListener('abort', () => { left(); reject(signal.reason); });
  }));
  const abort = new AbortController();
  const running = muster.run('hangs', undefined, { signal: abort.signal });
  await reached;
  abort.abort();
  check('the caller is told', (await failure(running)).type === 'cancelled');
  await cancelled;
  check('the caller\'s cancel reaches the worker', true);
}

const late = setTimeout(() => { throw new Error(`${over}: FAILED: not done in 30 s`); }, 30_000);
const muster = await connect(url);
await runs(muster);
await streams(muster);
await cancels(muster);
await jobs(muster);
await calls(muster);
await muster.close();
clearTimeout(late);
