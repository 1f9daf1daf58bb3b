import assert from 'node:assert/strict';
import { it as test } from 'node:test';
import { connect } from '../index.js';
import { TcpBridge, wire } from './fake-bridge.js';
import { END, fails, overBoth, soon } from './support.js';

overBoth('connection', (it, Bridge) => {
  it('to a server that is not there is unavailable', async (world) => {
    await world.bridge.stop();
    const error = await fails(connect(world.bridge.url, world.bridge.options), 'unavailable');
    assert.ok(error.detail.includes(world.bridge.url));
  });

  it('that the server closes makes what is in flight unavailable, and comes back', async (world) => {
    const [running] = await world.running();
    world.peer.drop();
    assert.match((await fails(running, 'unavailable')).detail, /closed the connection/);
    await world.answersAfterReconnect();
  });

  for (const garbage of ['oops', '[]', '', '7', 'null']) {
    it(`ends with a frame that is no object: "${garbage}"`, async (world) => {
      const [running] = await world.running();
      world.peer.raw(Bridge === TcpBridge ? wire(garbage) : garbage);
      assert.match((await fails(running, 'unavailable')).detail, /not a JSON object/);
      await world.answersAfterReconnect();
    });
  }

  it('ends with a frame over the bound, and names the bound', async (world) => {
    const [running] = await world.running({ maxFrameBytes: 1000 });
    world.peer.raw(Bridge === TcpBridge ? Buffer.from([0x7f, 0xff, 0xff, 0xff]) : `"${'x'.repeat(1000)}"`);
    assert.match((await fails(running, 'unavailable')).detail, /maxFrameBytes/);
  });

  it('ignores frames that nobody asked for, and tells of a refusal', async (world) => {
    const [running, asked] = await world.running();
    [{ type: 'rec', address: 'x' }, { type: 'err', message: 'access_denied' }, {}].forEach((f) => world.peer.send(f));
    world.peer.event(asked, END);
    await soon(running);
    assert.deepEqual(world.warnings.map((warning) => warning.type), ['denied']);
  });

  it('whose server stops answering pings is unavailable', async (world) => {
    const [running] = await world.running({ pingMs: 20 });
    await world.peer.settled();
    world.bridge.pongs = false;
    assert.match((await fails(running, 'unavailable')).detail, /has not responded/);
  });

  it('whose server never answers pings is taken as it is', async (world) => {
    world.bridge.pongs = false;
    const [running, asked] = await world.running({ pingMs: 5 });
    await world.peer.settled();
    assert.ok(world.peer.pings > 4);
    world.peer.event(asked, END);
    await soon(running);
  });

  it('is waited for by a call until it is back', async (world) => {
    const client = await world.connect();
    await world.bridge.stop();
    while (client.connected) {
      await new Promise((resolve) => { setImmediate(resolve); });
    }
    const running = client.run('page');
    await world.bridge.listen();
    const peer = await world.bridge.accepted();
    peer.event(await peer.runAsked(), END);
    await soon(running);
  });

  it('that does not come back makes a call unavailable', async (world) => {
    const client = await world.connect({ connectTimeoutMs: 100 });
    await world.bridge.stop();
    await fails(client.run('page'), 'unavailable');
  });

  it('pauses twice as long after each attempt, up to the longest, with jitter', async (world) => {
    await world.connect({ backoffMs: [100, 800] });
    await world.peer.settled();
    const pauses = await pausesOf(6, () => world.bridge.stop());
    assert.deepEqual(pauses, [75, 150, 300, 600, 600, 600]);
  });

  it('is not hammered when the server hangs up at once', async (world) => {
    world.bridge.pongs = false;
    await world.connect({ backoffMs: [100, 400] });
    const pauses = await pausesOf(4, async () => {
      for (let n = 0; n < 4; n++) {
        world.peer.drop();
        world.peer = await world.bridge.accepted();
      }
    });
    assert.deepEqual(pauses, [150, 300, 300, 300]);
  });

  it('closed fails what is in flight and later calls, and again does nothing', async (world) => {
    const [running] = await world.running();
    await soon(world.client.close());
    assert.match((await fails(running, 'unavailable')).detail, /closed/);
    assert.match((await fails(world.client.run('page'), 'unavailable')).detail, /closed/);
    await soon(world.client.close());
    await soon(world.client.closed);
    await soon(world.peer.closed);
  });

  it('closed while it is being made anew ends, with those who wait', async (world) => {
    const client = await world.connect({ backoffMs: [30_000, 60_000], connectTimeoutMs: 30_000 });
    await world.bridge.stop();
    const waiting = fails(client.run('page'), 'unavailable');
    await soon(client.close());
    await waiting;
  });

  it('closed leaves no timer and no socket', async (world) => {
    const count = () => process.getActiveResourcesInfo().filter((name) => /Timeout|TCPSocket/.test(name)).length;
    const before = count();
    await world.connect({ pingMs: 5000 });
    world.peer.drop();
    await world.bridge.accepted();
    await soon(world.client.close());
    await Promise.all([...world.bridge.peers].map((peer) => soon(peer.closed)));
    await new Promise((resolve) => { setImmediate(resolve); });
    assert.ok(count() <= before, String(process.getActiveResourcesInfo()));
  });

  if (Bridge === TcpBridge) {
    it('with a cut frame says so', async (world) => {
      const [running] = await world.running();
      world.peer.raw(wire('{"type":"message"}').subarray(0, 9));
      world.peer.drop();
      assert.match((await fails(running, 'unavailable')).detail, /middle of a frame/);
      await world.answersAfterReconnect();
    });

    it('ends with a frame that is not UTF-8', async (world) => {
      const [running, asked] = await world.running();
      const text = JSON.stringify({ type: 'message', address: asked.body.events, body: { ...END, output: 'grun' } });
      const frame = wire(text);
      frame[frame.indexOf('grun') + 2] = 0xfc;
      world.peer.raw(frame);
      assert.match((await fails(running, 'unavailable')).detail, /not UTF-8/);
      await world.answersAfterReconnect();
    });

    it('puts a frame that comes in pieces together', async (world) => {
      const [running, asked] = await world.running();
      const text = JSON.stringify({ type: 'message', address: asked.body.events, body: { ...END, output: 'grüße' } });
      for (const byte of wire(text)) {
        world.peer.raw(Buffer.from([byte]));
        await new Promise((resolve) => { setImmediate(resolve); });
      }
      assert.equal(await soon(running), 'grüße');
    });

    it('goes by TCP where there is no WebSocket and the option tcp', async (world) => {
      const own = globalThis.WebSocket;
      delete globalThis.WebSocket;
      try {
        await assert.rejects(connect('ws://127.0.0.1:1/eventbus/websocket'), /tcp:\/\/host:port/);
        world.client = await soon(connect('ws://127.0.0.1:1/eventbus/websocket', { tcp: world.bridge.url }));
        assert.ok(world.client.connected);
      } finally {
        if (own !== undefined) {
          globalThis.WebSocket = own;
        }
      }
    });
  }
});

test('address that is none is refused', async () => {
  for (const url of ['http://localhost:1', 'tcp://localhost', 'localhost:7000', '']) {
    await assert.rejects(connect(url), TypeError);
  }
});

/** The pauses before attempts to connect, without waiting for them. */
async function pausesOf(count, action) {
  const pauses = [];
  const { setTimeout: real } = globalThis;
  const { random } = Math;
  Math.random = () => 0.5;
  globalThis.setTimeout = (task, ms, ...more) => {
    if (ms < 5000 && ms >= 75 && ms !== 1000) {
      pauses.push(ms);
      return real(task, 1, ...more);
    }
    return real(task, ms, ...more);
  };
  try {
    await action();
    while (pauses.length < count) {
      await new Promise((resolve) => { setImmediate(resolve); });
    }
  } finally {
    globalThis.setTimeout = real;
    Math.random = random;
  }
  return pauses.slice(0, count);
}
