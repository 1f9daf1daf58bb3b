import assert from 'node:assert/strict';
import { MusterError } from '../index.js';
import { aborted, fails, gate, overBoth, soon } from './support.js';

const ADDRESS = 'images.shrink';

overBoth('worker', (it) => {
  async function joined(world, handler, options) {
    const client = await world.connect();
    const worker = await soon(client.worker(ADDRESS, handler, options));
    const registered = await world.peer.next();
    assert.deepEqual([registered.type, registered.address], ['register', ADDRESS]);
    return worker;
  }

  it('answers, and knows who asks', async (world) => {
    const seen = [];
    await joined(world, async (body, { run, step, id }) => {
      seen.push([run, step, id]);
      return { width: body.width / 2 };
    });
    world.peer.call(ADDRESS, { width: 100 }, 'call-9');
    const answer = await world.peer.nextTo('answer-call-9');
    assert.deepEqual(answer.body, { width: 50 });
    assert.ok(!('failureCode' in answer));
    assert.deepEqual(seen, [['run-1', 'resized', 'call-9']]);
  });

  it('answers null where the handler returns nothing', async (world) => {
    await joined(world, () => {});
    world.peer.call(ADDRESS, null);
    assert.equal((await world.peer.nextTo('answer-call-1')).body, null);
  });

  it('fails the call when the handler throws', async (world) => {
    await joined(world, (width) => {
      throw new RangeError(`width ${width}`);
    });
    world.peer.call(ADDRESS, -1);
    const failed = await world.peer.nextTo('answer-call-1');
    assert.deepEqual([failed.failureCode, failed.message], [500, 'RangeError: width -1']);
  });

  it('keeps the type of an error of Muster', async (world) => {
    await joined(world, async () => {
      throw new MusterError('badInput', 'width is negative');
    });
    world.peer.call(ADDRESS, -1);
    const failed = await world.peer.nextTo('answer-call-1');
    assert.deepEqual([failed.failureCode, failed.message], [400, 'width is negative']);
  });

  it('fails the call with an error of Muster that has no detail', async (world) => {
    await joined(world, () => {
      throw new MusterError('denied');
    });
    world.peer.call(ADDRESS, null);
    assert.equal((await world.peer.nextTo('answer-call-1')).failureCode, 403);
  });

  it('fails the call when the answer is no JSON', async (world) => {
    await joined(world, () => 1n);
    world.peer.call(ADDRESS, null);
    assert.match((await world.peer.nextTo('answer-call-1')).message, /JSON/);
    assert.ok(world.client.connected);
  });

  it('answers no more calls at once than its concurrency', async (world) => {
    let [now, most] = [0, 0];
    const { open, opened } = gate();
    const worker = await joined(world, async () => {
      now += 1;
      most = Math.max(most, now);
      await opened;
      now -= 1;
    }, { concurrency: 3 });
    for (let n = 0; n < 10; n++) {
      world.peer.call(ADDRESS, null, String(n));
    }
    await world.peer.settled();
    assert.deepEqual([worker.running, worker.waiting], [3, 7]);
    open();
    for (let n = 0; n < 10; n++) {
      await world.peer.nextTo(`answer-${n}`);
    }
    assert.equal(most, 3);
  });

  it('refuses calls over the bound of those that wait', async (world) => {
    await joined(world, (_, { signal }) => aborted(signal), { concurrency: 1, waiting: 1 });
    ['1', '2', '3'].forEach((id) => world.peer.call(ADDRESS, null, id));
    const refused = await world.peer.nextTo('answer-3');
    assert.equal(refused.failureCode, 429);
    assert.match(refused.message, /waiting/);
  });

  it('aborts the one call whose caller cancels', async (world) => {
    const ended = [];
    const worker = await joined(world, (_, { signal, id }) => aborted(signal).finally(() => ended.push(id)));
    world.peer.call(ADDRESS, null, '1');
    world.peer.call(ADDRESS, null, '2');
    world.peer.cancelCall(ADDRESS, '2');
    assert.deepEqual(await world.peer.settled(), []);
    assert.deepEqual(ended, ['2']);
    assert.equal(worker.running, 1);
  });

  it('never starts a call that is cancelled while it waits', async (world) => {
    const started = [];
    const { open, opened } = gate();
    await joined(world, (_, { id }) => {
      started.push(id);
      return opened;
    }, { concurrency: 1 });
    ['1', '2', '3'].forEach((id) => world.peer.call(ADDRESS, null, id));
    world.peer.cancelCall(ADDRESS, '2');
    world.peer.cancelCall(ADDRESS, 'of nobody');
    await world.peer.settled();
    open();
    await world.peer.nextTo('answer-1');
    await world.peer.nextTo('answer-3');
    assert.deepEqual(started, ['1', '3']);
  });

  it('aborts its calls when the connection is lost, and joins again', async (world) => {
    const { open, opened } = gate();
    await joined(world, (body, { signal }) => (body === 'wait' ? aborted(signal).finally(open) : body));
    world.peer.call(ADDRESS, 'wait');
    await world.peer.settled();
    world.peer.drop();
    await soon(opened);
    const peer = await world.bridge.accepted();
    const registered = await peer.next();
    assert.deepEqual([registered.type, registered.address], ['register', ADDRESS]);
    peer.call(ADDRESS, 'again');
    assert.equal((await peer.nextTo('answer-call-1')).body, 'again');
  });

  it('is denied where the registration is refused', async (world) => {
    world.bridge.refuseRegistrations = true;
    const client = await world.connect();
    await fails(client.worker('muster.run', () => {}), 'denied');
    assert.ok(client.connected);
  });

  it('that is stopped leaves and fails its calls', async (world) => {
    const worker = await joined(world, (_, { signal }) => aborted(signal), { concurrency: 1 });
    world.peer.call(ADDRESS, null, '1');
    world.peer.call(ADDRESS, null, '2');
    await world.peer.settled();
    await soon(worker.stop());
    const [left, ...failed] = await world.peer.settled();
    assert.equal(left.type, 'unregister');
    assert.deepEqual(failed.map((f) => [f.address, f.failureCode]).sort(), [['answer-1', 503], ['answer-2', 503]]);
    assert.deepEqual([worker.running, worker.waiting], [0, 0]);
    await soon(worker.stop());
    await soon(world.client.worker(ADDRESS, () => {}));
  });

  it('is refused where there is one', async (world) => {
    await joined(world, () => {});
    await assert.rejects(world.client.worker(ADDRESS, () => {}), TypeError);
  });

  it('is ended by the close of the client, which waits for its handlers', async (world) => {
    const cleaned = [];
    await joined(world, (_, { signal, id }) => aborted(signal).catch(async () => {
      await new Promise((resolve) => { setTimeout(resolve, 10); });
      cleaned.push(id);
    }));
    world.peer.call(ADDRESS, null);
    await world.peer.settled();
    await soon(world.client.close());
    assert.deepEqual(cleaned, ['call-1']);
  });
});
