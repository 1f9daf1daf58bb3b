import assert from 'node:assert/strict';
import { JobFailure, MusterError } from '../index.js';
import { aborted, fails, gate, overBoth, soon } from './support.js';

const ADDRESS = 'muster.queue.mail.';

/** The next frame withdraws what was asked. */
async function withdrawn(world, ask) {
  const { headers } = await world.peer.nextTo('muster.queue.cancel');
  assert.equal(headers['muster-cancel'], ask.headers['muster-call']);
}

const job = (id) => ({ id: String(id), body: id, attempt: 1, lease: `L${id}`, expires: '2000-01-01T00:00:00Z' });

overBoth('queue', (it) => {
  async function asked(world, call, word) {
    const waiting = call((await world.connect()).queue('mail'));
    waiting.catch(() => {});
    return [waiting, await world.peer.nextTo(ADDRESS + word)];
  }

  it('puts with the words of the job', async (world) => {
    const how = { key: 'a', unique: 'u', delayMs: 1500, waitMs: 2000 };
    const [put, ask] = await asked(world, (mail) => mail.put({ to: 'Ada' }, how), 'put');
    assert.deepEqual(ask.body, { body: { to: 'Ada' }, key: 'a', unique: 'u', delay: '1500ms', wait: '2000ms' });
    world.peer.reply(ask, { id: '1', existing: true });
    assert.deepEqual(await soon(put), { id: '1', existing: true, error: undefined });
  });

  it('says of several what became of each', async (world) => {
    const [put, ask] = await asked(world, (mail) => mail.putMany([{ body: 1 }, { body: 2 }]), 'put');
    world.peer.reply(ask, { jobs: [{ id: '1' }, { error: { type: 'limit', detail: 'full' } }] });
    const [first, second] = await soon(put);
    assert.deepEqual([first.id, second.id, second.error.type], ['1', undefined, 'limit']);
  });

  it('takes jobs whose lease is a duration', async (world) => {
    const [taking, ask] = await asked(world, (mail) => mail.take(5, { waitMs: 1000 }), 'take');
    assert.deepEqual(ask.body, { max: 5, wait: '1000ms' });
    world.peer.reply(ask, { jobs: [job(7)], expiresIn: '1m' });
    assert.deepEqual(await soon(taking),
      [{ id: '7', body: 7, attempt: 1, lease: 'L7', leaseMs: 60_000, priority: 0 }]);
  });

  it('gives back what comes after the abort of a take', async (world) => {
    const abort = new AbortController();
    const [taking, ask] = await asked(world, (mail) => mail.take(1, { waitMs: 60_000, signal: abort.signal }), 'take');
    abort.abort();
    await fails(taking, 'cancelled');
    await withdrawn(world, ask);
    world.peer.reply(ask, { jobs: [job(7)], expiresIn: '30s' });
    assert.deepEqual((await world.peer.nextTo(`${ADDRESS}release`)).body, { jobs: [{ id: '7', lease: 'L7' }] });
  });

  it('withdraws puts and joins whose signals abort', async (world) => {
    for (const [word, call] of [
      ['put', (mail, signal) => mail.put(1, { waitMs: 60_000, signal })],
      ['put', (mail, signal) => mail.putMany([{ body: 1 }], { waitMs: 60_000, signal })],
      ['join', (mail, signal) => mail.join({ signal })],
    ]) {
      const abort = new AbortController();
      const [waiting, ask] = await asked(world, (mail) => call(mail, abort.signal), word);
      abort.abort();
      await fails(waiting, 'cancelled');
      await withdrawn(world, ask);
      world.peer.reply(ask, { id: '1', joined: false });
      assert.deepEqual(await world.peer.settled(), []);
      await world.client.close();
    }
  });

  it('withdraws nothing that was answered', async (world) => {
    const abort = new AbortController();
    const [taking, ask] = await asked(world, (mail) => mail.take(1, { signal: abort.signal }), 'take');
    world.peer.reply(ask, { jobs: [] });
    assert.deepEqual(await soon(taking), []);
    abort.abort();
    assert.deepEqual(await world.peer.settled(), []);
  });

  it('says outcomes by hand again while the store does not answer', async (world) => {
    const mail = (await world.connect()).queue('mail');
    const held = { ...job(7), leaseMs: 30_000 };
    for (const word of ['ack', 'fail', 'release']) {
      const saying = mail[word](held);
      world.peer.refuse(await world.peer.nextTo(ADDRESS + word), 503, 'no connection to db');
      world.peer.reply(await world.peer.nextTo(ADDRESS + word), { id: '7', state: 'done' });
      await soon(saying);
    }
    const late = mail.ack({ ...held, leaseMs: 0 });
    late.catch(() => {});
    world.peer.refuse(await world.peer.nextTo(`${ADDRESS}ack`), 503, 'no connection to db');
    await fails(late, 'unavailable');
  });

  it('rounds durations up to whole milliseconds', async (world) => {
    const [extending, ask] = await asked(world, (mail) => mail.extend(job(7), 0.4), 'extend');
    assert.equal(ask.body.by, '1ms');
    world.peer.reply(ask, { id: '7', state: 'leased' });
    await soon(extending);
  });

  it('joins until all is done', async (world) => {
    const [joining, ask] = await asked(world, (mail) => mail.join(), 'join');
    assert.deepEqual(ask.body, { wait: '300000ms' });
    world.peer.reply(ask, { joined: false });
    world.peer.reply(await world.peer.nextTo(`${ADDRESS}join`), { joined: true });
    assert.equal(await soon(joining), true);
  });
});

overBoth('work', (it) => {
  /** A loop, and the tests' end of it. */
  async function begin(world, handler, options) {
    const client = await world.connect();
    const work = client.work('mail', handler, options);
    const waiting = new Map();
    const waits = (ask) => waiting.set(ask.headers['muster-call'], ask);
    /** Whether a frame withdraws a take, which then has no jobs. */
    const isWithdrawal = ({ address, headers }) => {
      if (address === 'muster.queue.cancel') {
        world.peer.reply(waiting.get(headers['muster-cancel']), { jobs: [] });
      }
      return address === 'muster.queue.cancel';
    };
    const settled = async () => {
      const frames = await world.peer.settled();
      frames.filter(({ address }) => address === `${ADDRESS}take`).forEach(waits);
      return frames;
    };
    const take = async (max) => {
      const ask = await world.peer.nextTo(`${ADDRESS}take`);
      waits(ask);
      if (max !== undefined) {
        assert.equal(ask.body.max, max);
      }
      return ask;
    };
    const give = (ask, ids, expiresIn = '30s') => world.peer.reply(ask, { jobs: ids.map(job), expiresIn });
    /** What was said, with the takes left out that come in between and are withdrawn. */
    const said = async (word) => {
      for (;;) {
        const frame = await world.peer.next();
        if (frame.address === `${ADDRESS}take`) {
          waits(frame);
        } else if (!isWithdrawal(frame)) {
          assert.equal(frame.address, ADDRESS + word);
          return frame;
        }
      }
    };
    const ids = (frame) => frame.body.jobs.map(({ id }) => id);
    const applied = (frame, ...refused) => world.peer.reply(frame, {
      jobs: ids(frame).map((id) => (refused.includes(id)
        ? { id, error: { type: 'conflict', detail: 'gone' } }
        : { id, state: 'done' })),
    });
    /** Says yes to everything until the loop has ended. */
    const end = async () => {
      let isOver = false;
      const stopped = work.stop().catch(() => {}).then(() => { isOver = true; });
      while (!isOver) {
        const frames = await settled();
        frames.filter(({ body }) => body?.jobs !== undefined).forEach((frame) => applied(frame));
        frames.forEach(isWithdrawal);
      }
      await stopped;
    };
    return { work, take, give, said, ids, applied, end, waits };
  }

  it('acknowledges with the result', async (world) => {
    const { take, give, said, applied, end } = await begin(world, ({ body }) => ({ n: body }));
    give(await take(1), [5]);
    const ack = await said('ack');
    assert.deepEqual(ack.body.jobs, [{ id: '5', lease: 'L5', output: { n: 5 } }]);
    applied(ack);
    await take(1);
    await end();
  });

  it('takes no more than there are free slots', async (world) => {
    const { open, opened } = gate();
    const { take, give, said, ids, applied, end } = await begin(world, () => opened, { consumers: 2, prefetch: 1 });
    give(await take(3), [1, 2]);
    give(await take(1), [3]);
    assert.deepEqual(await world.peer.settled(), []);
    open();
    const ack = await said('ack');
    assert.deepEqual(ids(ack), ['1', '2', '3'], 'what ends together goes together');
    assert.deepEqual(await world.peer.settled(), [], 'what was not acknowledged takes up its slot');
    applied(ack);
    await take(3);
    await end();
  });

  it('fails the try with what is thrown', async (world) => {
    const thrown = [new RangeError('x'), new JobFailure('later', { retryInMs: 2500 }),
      new JobFailure('never', { giveUp: true }), new MusterError('timeout', 'too slow')];
    const { take, give, said, applied, end } = await begin(world, ({ body }) => { throw thrown[body]; }, { consumers: 4 });
    give(await take(4), [0, 1, 2, 3]);
    const fail = await said('fail');
    assert.deepEqual(fail.body.jobs.map(({ id, lease, ...words }) => words), [
      { error: { type: 'failed', detail: 'RangeError: x' } },
      { error: { type: 'failed', detail: 'later' }, retryIn: '2500ms' },
      { error: { type: 'failed', detail: 'never' }, giveUp: true },
      { error: { type: 'timeout', detail: 'too slow' } },
    ]);
    applied(fail);
    await end();
  });

  it('fails the try with what has no text', async (world) => {
    const { take, give, said, applied, end } = await begin(world, () => { throw Object.create(null); });
    give(await take(1), [1]);
    const fail = await said('fail');
    assert.deepEqual(fail.body.jobs[0].error, { type: 'failed', detail: 'the handler failed' });
    applied(fail);
    await end();
  });

  it('judges the jobs of a message each by its error', async (world) => {
    const { take, give, said, ids, applied, end } = await begin(world, ({ body }) => body, { consumers: 3 });
    give(await take(3), [1, 2, 3]);
    const asked = await said('ack');
    world.peer.reply(asked, { jobs: [
      { id: '1', state: 'done' },
      { id: '2', error: { type: 'unavailable', detail: 'no' } },
      { id: '3', error: { type: 'badInput', detail: 'not for me' } },
    ] });
    const again = await said('ack');
    assert.deepEqual(ids(again), ['2']);
    applied(again);
    const failed = await said('fail');
    const error = { type: 'failed', detail: 'the result cannot be stored: not for me' };
    assert.deepEqual(failed.body.jobs, [{ id: '3', lease: 'L3', error, giveUp: true }]);
    applied(failed);
    await end();
  });

  it('extends a lease while its outcome is said again', async (world) => {
    const { take, give, applied, end, waits } = await begin(world, () => undefined);
    give(await take(), [1], '300ms');
    for (let extended = 0; extended < 4;) {
      const frame = await world.peer.next();
      const word = frame.address.slice(ADDRESS.length);
      if (word === 'ack') {
        world.peer.refuse(frame, 503, 'no connection to db');
      } else if (word === 'extend') {
        extended += 1;
        applied(frame);
      } else {
        waits(frame);
      }
    }
    await end();
  });

  it('gives up jobs whose results the server would not take, and no other', async (world) => {
    let deep = 1;
    for (let i = 0; i < 300; i += 1) {
      deep = [deep];
    }
    const results = [undefined, 'x'.repeat(5000), deep, { n: NaN }, 'small'];
    world.bridge.limits = { maxBytes: 4000, maxNesting: 256 };
    const { take, give, applied, end, waits } = await begin(world, ({ body }) => results[body], { consumers: 4 });
    give(await take(4), [1, 2, 3, 4]);
    const outcomes = {};
    while (Object.keys(outcomes).length < 4) {
      const frame = await world.peer.next();
      const word = frame.address.slice(ADDRESS.length);
      if (word === 'ack' || word === 'fail') {
        frame.body.jobs.forEach(({ id, giveUp, error }) => { outcomes[id] = [word, giveUp, error?.detail ?? '']; });
        applied(frame);
      } else {
        waits(frame);
      }
    }
    assert.deepEqual(outcomes[4], ['ack', undefined, '']);
    for (const [id, why] of [[1, 'server accepts 4000'], [2, 'nested deeper than 256'], [3, 'n is NaN']]) {
      assert.deepEqual(outcomes[id].slice(0, 2), ['fail', true]);
      assert.match(outcomes[id][2], new RegExp(why));
    }
    await end();
  });

  it('makes a job dead whose result is no JSON', async (world) => {
    const { take, give, said, applied, end } = await begin(world, () => 1n);
    give(await take(), [1]);
    const fail = await said('fail');
    assert.equal(fail.body.jobs[0].giveUp, true);
    applied(fail);
    await end();
  });

  it('extends leases by their duration, whatever the clock says', async (world) => {
    const { take, give, said, applied, end } = await begin(world, (_, { signal }) => aborted(signal), { prefetch: 1 });
    give(await take(2), [1, 2], '600ms');
    const began = Date.now();
    for (let beat = 0; beat < 5; beat++) {
      const extend = await said('extend');
      assert.deepEqual(extend.body.jobs,
        [{ id: '1', lease: 'L1', by: '600ms' }, { id: '2', lease: 'L2', by: '600ms' }]);
      applied(extend);
    }
    assert.ok(Date.now() - began > 600, 'longer than one lease, so it was in time');
    await end();
  });

  it('extends a lease in time that is shorter than the one before', async (world) => {
    const { take, give, said, ids, applied, end } = await begin(
      world, (_, { signal }) => aborted(signal), { consumers: 2 },
    );
    give(await take(2), [1], '30s');
    give(await take(1), [2], '600ms');
    const extend = await said('extend');
    assert.deepEqual(ids(extend), ['1', '2']);
    applied(extend);
    await end();
  });

  it('repeats an extension that fails, soon enough to keep the lease', async (world) => {
    let isLost = false;
    const { take, give, said, applied, end } = await begin(world, (_, { signal }) => {
      signal.addEventListener('abort', () => { isLost = true; });
      return aborted(signal);
    });
    give(await take(), [1], '900ms');
    for (let n = 0; n < 4; n += 1) {
      world.peer.refuse(await said('extend'), 503, 'no connection to db');
    }
    applied(await said('extend'));
    assert.equal(isLost, false);
    await end();
  });

  it('aborts the handler whose lease is lost, and drops what it says', async (world) => {
    const told = [];
    const { take, give, said, ids, applied, end } = await begin(
      world,
      ({ id }, { signal }) => aborted(signal).catch((e) => { told.push([id, e.type]); return 'too late'; }),
      { consumers: 2 },
    );
    give(await take(), [1, 2], '900ms');
    applied(await said('extend'), '2');
    const release = await said('release');
    assert.deepEqual([ids(release), told], [['2'], [['2', 'conflict']]]);
    applied(release, '2');
    await end();
  });

  it('goes on when the listener of warnings throws', async (world) => {
    world.warnings = { push: () => { throw new Error('the listener failed'); } };
    const { take, give, said, ids, applied, end } = await begin(
      world, (_, { signal }) => aborted(signal), { consumers: 2 },
    );
    give(await take(), [1, 2], '900ms');
    applied(await said('extend'), '2');
    const release = await said('release');
    assert.deepEqual(ids(release), ['2']);
    applied(release, '2');
    await end();
  });

  it('aborts handlers whose lease runs out while the connection is lost, and goes on', async (world) => {
    const { open, opened } = gate();
    const { take, give, end } = await begin(world, (_, { signal }) => aborted(signal).finally(open));
    give(await take(), [1], '200ms');
    await world.peer.settled();
    await world.bridge.stop();
    await soon(opened);
    await world.bridge.listen();
    world.peer = await world.bridge.accepted();
    await take(1);
    await end();
  });

  it('says what came of a job after the connection was lost', async (world) => {
    const { open, opened } = gate();
    const { take, give, said, ids, applied, end } = await begin(world, () => opened);
    give(await take(), [1]);
    await world.peer.settled();
    world.peer.drop();
    world.peer = await world.bridge.accepted();
    open();
    const ack = await said('ack');
    assert.deepEqual(ids(ack), ['1']);
    world.peer.drop();
    world.peer = await world.bridge.accepted();
    applied(await said('ack'));
    await end();
  });

  it('that is stopped gives back what it has', async (world) => {
    const { work, take, give, said, ids, applied } = await begin(
      world, (_, { signal }) => aborted(signal), { consumers: 2, prefetch: 2 },
    );
    give(await take(4), [1, 2, 3]);
    const late = await take(1);
    let isOver = false;
    const stopped = work.stop().then(() => { isOver = true; });
    await withdrawn(world, late);
    const release = await said('release');
    assert.deepEqual(ids(release).sort(), ['1', '2', '3']);
    applied(release);
    await world.peer.settled();
    assert.equal(isOver, false, 'it waits for the answer to its take');
    give(late, [4]);
    const last = await said('release');
    assert.deepEqual([ids(last), isOver], [['4'], false]);
    applied(last);
    await soon(stopped);
  });

  it('that is stopped leaves no take at the server', async (world) => {
    const { work, take } = await begin(world, () => {});
    const waiting = await take(1);
    const stopped = work.stop();
    await withdrawn(world, waiting);
    world.peer.reply(waiting, { jobs: [] });
    await soon(stopped);
  });

  it('that is stopped does not wait for a take that is lost with the connection', async (world) => {
    const { work, take } = await begin(world, () => {});
    const waiting = await take(1);
    const stopped = work.stop();
    await withdrawn(world, waiting);
    world.peer.drop();
    await soon(stopped);
  });

  it('lets handlers end in their time', async (world) => {
    const { open, opened } = gate();
    const abort = new AbortController();
    const { work, take, give, said, applied } = await begin(
      world, () => opened, { prefetch: 1, drainMs: Infinity, signal: abort.signal },
    );
    give(await take(2), [1, 2]);
    await world.peer.settled();
    abort.abort();
    applied(await said('release'));
    open();
    applied(await said('ack'));
    await soon(work.ended);
  });

  it('ends after the job whose handler stops it', async (world) => {
    const { work, take, give, applied } = await begin(world, (_, { stop }) => stop(), { prefetch: 2 });
    give(await take(3), [1, 2, 3]);
    const said = [];
    for (let n = 0; n < 2; n++) {
      const frame = await world.peer.next();
      said.push([frame.address, frame.body.jobs.map(({ id }) => id).join()]);
      applied(frame);
    }
    assert.deepEqual(said.sort(), [[`${ADDRESS}ack`, '1'], [`${ADDRESS}release`, '2,3']]);
    await soon(work.ended);
  });

  it('is ended by the close of the client', async (world) => {
    const { work, take, give, said, applied } = await begin(
      world, (_, { signal }) => aborted(signal), { drainMs: Infinity },
    );
    give(await take(), [1]);
    await world.peer.settled();
    const closing = world.client.close();
    applied(await said('release'));
    await soon(closing);
    await soon(work.ended);
  });

  it('ends where there is no such queue', async (world) => {
    const { work, take } = await begin(world, () => {});
    world.peer.refuse(await take(), 404, '{"type":"notFound","detail":"there is no such queue"}');
    await fails(work.ended, 'notFound');
  });

  it('pauses where a queue has nothing at once', async (world) => {
    const { take, end } = await begin(world, () => {});
    const began = Date.now();
    for (let n = 0; n < 4; n++) {
      world.peer.reply(await take(1), { jobs: [] });
    }
    assert.ok(Date.now() - began > 30, 'pauses that grow lie between');
    await end();
  });
});
