import assert from 'node:assert/strict';
import { all, END, fails, overBoth, soon, START, STEP } from './support.js';

overBoth('run', (it) => {
  it('returns the output', async (world) => {
    const client = await world.connect();
    const running = client.run('page', { id: 7 });
    const asked = await world.peer.runAsked();
    assert.equal(asked.body.plan, 'page');
    assert.deepEqual(asked.body.input, { id: 7 });
    world.peer.reply(asked, { run: 'run-1' });
    [START, STEP, END].forEach((event) => world.peer.event(asked, event));
    assert.deepEqual(await soon(running), { id: 7 });
  });

  it('keeps half characters as they are', async (world) => {
    const client = await world.connect();
    const half = { 'k\ud83d': ['\ude00', 'a\ud83d', '\0'] };
    const running = client.run('page', half);
    const asked = await world.peer.runAsked();
    assert.deepEqual(asked.body.input, half);
    world.peer.reply(asked, { run: 'run-1' });
    world.peer.event(asked, { ...END, output: half });
    assert.deepEqual(await soon(running), half);
  });

  it('says who calls and what it belongs to', async (world) => {
    const client = await world.connect({ key: 'secret' });
    const running = client.run('page', undefined, { traceparent: '00-a-b-01' });
    const registered = await world.peer.next();
    const asked = await world.peer.nextTo('muster.run');
    assert.equal(registered.headers.authorization, 'Bearer secret');
    assert.deepEqual(asked.headers, { authorization: 'Bearer secret', traceparent: '00-a-b-01' });
    assert.ok(!('input' in asked.body));
    world.peer.event(asked, END);
    await soon(running);
  });

  for (const [deadline, written] of [['300ms', '300ms'], [300, '300ms'], [0, '0ms'], [0.4, '1ms'], [1500.5, '1501ms']]) {
    it(`says a deadline of ${JSON.stringify(deadline)} as ${written}`, async (world) => {
      const client = await world.connect();
      const running = client.run('page', { id: 7 }, { deadline });
      const asked = await world.peer.runAsked();
      assert.equal(asked.body.deadline, written);
      world.peer.event(asked, END);
      await soon(running);
    });
  }

  it('sends no deadline that is none', async (world) => {
    const client = await world.connect();
    for (const deadline of [-1, NaN, Infinity, null, {}, 10n]) {
      await assert.rejects(client.run('page', {}, { deadline }), RangeError);
    }
  });

  it('throws the error of a run that failed', async (world) => {
    const [running, asked] = await world.running();
    const error = { type: 'timeout', step: 'product', detail: 'no answer in 300 ms' };
    world.peer.event(asked, START);
    world.peer.event(asked, { event: 'end', state: 'failed', ms: 3, error });
    const thrown = await fails(running, 'timeout');
    assert.deepEqual([thrown.detail, thrown.step, thrown.run], ['no answer in 300 ms', 'product', 'run-1']);
    assert.equal(thrown.message, 'timeout: no answer in 300 ms (step product)');
    assert.equal(thrown.status, 504);
  });

  it('throws the error of the reply when it is refused', async (world) => {
    const [running, asked] = await world.running();
    world.peer.refuse(asked, 404, JSON.stringify({ type: 'notFound', detail: 'no plan pag' }));
    assert.equal((await fails(running, 'notFound')).detail, 'no plan pag');
    assert.equal((await world.peer.next()).type, 'unregister');
  });

  for (const [code, failure, message, type] of [
    [-1, 'NO_HANDLERS', 'No handlers for address muster.run', 'unavailable'],
    [-1, 'TIMEOUT', 'Timed out', 'timeout'],
    [413, 'RECIPIENT_FAILURE', 'too large', 'limit'],
    [77, 'RECIPIENT_FAILURE', '{not json', 'internal'],
    [-1, '', 'access_denied', 'denied'],
  ]) {
    it(`gives a failure in plain words the type ${type} of its code`, async (world) => {
      const [running, asked] = await world.running();
      world.peer.refuse(asked, code, message, failure);
      assert.equal((await fails(running, type)).detail, message);
    });
  }

  it('refuses an input that is no JSON, and the connection stays', async (world) => {
    const client = await world.connect();
    await fails(client.run('page', { id: 1n }), 'badInput');
    assert.ok(client.connected);
  });

  it('cancels the run when its signal aborts', async (world) => {
    const client = await world.connect();
    const abort = new AbortController();
    const running = client.run('page', {}, { signal: abort.signal });
    const asked = await world.peer.runAsked();
    world.peer.reply(asked, { run: 'run-1' });
    await world.peer.settled();
    abort.abort();
    await fails(running, 'cancelled');
    assert.equal((await world.peer.next()).type, 'unregister');
    assert.deepEqual((await world.peer.nextTo('muster.run.cancel')).body, { run: 'run-1' });
  });

  it('aborted before the run has an id, cancels it once it has', async (world) => {
    const client = await world.connect();
    const running = client.run('page', {}, { signal: AbortSignal.timeout(20) });
    const asked = await world.peer.runAsked();
    await fails(running, 'timeout');
    assert.deepEqual((await world.peer.settled()).map((frame) => frame.type), ['unregister']);
    world.peer.reply(asked, { run: 'run-1' });
    assert.deepEqual((await world.peer.nextTo('muster.run.cancel')).body, { run: 'run-1' });
  });

  it('with a signal that has aborted starts nothing', async (world) => {
    const client = await world.connect();
    await fails(client.run('page', {}, { signal: AbortSignal.abort() }), 'cancelled');
    assert.deepEqual(await world.peer.settled(), []);
  });

  it('cancel waits for its reply', async (world) => {
    const client = await world.connect();
    const cancelling = client.cancel('run-1');
    const asked = await world.peer.nextTo('muster.run.cancel');
    assert.deepEqual(asked.body, { run: 'run-1' });
    world.peer.reply(asked, { run: 'run-1' });
    await soon(cancelling);
  });
});

overBoth('stream', (it) => {
  it('gives the events in order and ends', async (world) => {
    const client = await world.connect();
    const events = client.stream('page', {}, { window: 3 });
    const reading = all(events);
    const asked = await world.peer.runAsked();
    assert.equal(asked.body.window, 3);
    [START, STEP, END].forEach((event) => world.peer.event(asked, event));
    assert.deepEqual(await soon(reading), [START, STEP, END]);
    assert.equal(events.run, 'run-1');
    const sent = (await world.peer.settled()).filter((frame) => frame.type === 'send');
    assert.deepEqual(sent.map((frame) => frame.address), ['ack-1', 'ack-2', 'ack-3']);
  });

  it('that nobody reads starts no run', async (world) => {
    const client = await world.connect();
    client.stream('page');
    assert.deepEqual(await world.peer.settled(), []);
  });

  it('acknowledges only what was read', async (world) => {
    const client = await world.connect();
    const events = client.stream('page', {}, { window: 2 });
    const first = events.next();
    const asked = await world.peer.runAsked();
    world.peer.event(asked, START);
    await soon(first);
    assert.equal((await world.peer.next()).address, 'ack-1');
    world.peer.event(asked, STEP);
    world.peer.event(asked, STEP);
    assert.deepEqual(await world.peer.settled(), []);
    await soon(events.next());
    assert.equal((await world.peer.next()).address, 'ack-2');
  });

  it('refuses more events than its window', async (world) => {
    const client = await world.connect();
    const events = client.stream('page', {}, { window: 1 });
    const first = events.next();
    const asked = await world.peer.runAsked();
    world.peer.event(asked, START);
    await soon(first);
    world.peer.event(asked, STEP);
    world.peer.event(asked, STEP);
    await world.peer.settled();
    assert.deepEqual((await soon(events.next())).value, STEP);
    await fails(events.next(), 'badResponse');
  });

  it('says that an event was lost, and cancels the run', async (world) => {
    const client = await world.connect();
    const reading = all(client.stream('page'));
    const asked = await world.peer.runAsked();
    world.peer.event(asked, START);
    world.peer.event(asked, END, 3);
    await fails(reading, 'badResponse');
    assert.ok((await world.peer.settled()).some((frame) => frame.address === 'muster.run.cancel'));
  });

  it('left by break cancels the run', async (world) => {
    const client = await world.connect();
    const reading = (async () => {
      for await (const event of client.stream('page')) {
        return event;
      }
      return undefined;
    })();
    const asked = await world.peer.runAsked();
    world.peer.event(asked, START);
    assert.deepEqual(await soon(reading), START);
    assert.equal((await world.peer.next()).address, 'ack-1');
    assert.equal((await world.peer.next()).type, 'unregister');
    await world.peer.nextTo('muster.run.cancel');
  });

  it('left twice cancels once, and has no more events', async (world) => {
    const client = await world.connect();
    const events = client.stream('page');
    const first = events.next();
    world.peer.event(await world.peer.runAsked(), START);
    await soon(first);
    await events.return();
    await events.return();
    const cancels = (await world.peer.settled()).filter((frame) => frame.address === 'muster.run.cancel');
    assert.equal(cancels.length, 1);
    assert.equal((await soon(events.next())).done, true);
  });

  it('left after the end cancels nothing', async (world) => {
    const client = await world.connect();
    const events = client.stream('page');
    const first = events.next();
    const asked = await world.peer.runAsked();
    world.peer.event(asked, START);
    world.peer.event(asked, END);
    await soon(first);
    await world.peer.settled();
    await events.return();
    assert.ok(!(await world.peer.settled()).some((frame) => frame.address === 'muster.run.cancel'));
  });

  it('of a run that fails ends with the event that says so', async (world) => {
    const client = await world.connect();
    const reading = all(client.stream('page'));
    const end = { event: 'end', state: 'failed', ms: 1, error: { type: 'failed', detail: 'no' } };
    world.peer.event(await world.peer.runAsked(), end);
    assert.deepEqual(await soon(reading), [end]);
  });

  it('without a window is refused', async (world) => {
    const client = await world.connect();
    assert.throws(() => client.stream('page', {}, { window: 0 }), RangeError);
  });
});
