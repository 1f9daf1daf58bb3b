/** Two producers and three consumers over a queue of five of a served Muster, as producers.py: producers.mjs URL [SEEDS]. */
import { connect } from '../js/index.js';

const EACH = 10;
const waitMs = 60_000;
const [url, seeds = 1000] = process.argv.slice(2);

/** Numbers below a bound, as the seed decides (mulberry32). */
function chances(seed) {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

/** Lets others have their turn so often. */
async function turns(count) {
  for (let n = 0; n < count; n++) {
    await new Promise(setImmediate);
  }
}

/** Puts its numbers, one by one or several together. */
async function producer(queue, start, chance) {
  for (let next = start; next < start + EACH;) {
    const some = Array.from({ length: Math.min(1 + chance(4), start + EACH - next) }, (_, n) => next + n);
    if (some.length === 1) {
      await queue.put(some[0], { waitMs });
    } else {
      const put = await queue.putMany(some.map((body) => ({ body })), { waitMs });
      check(put.every(({ error }) => error === undefined), put);
    }
    next += some.length;
    await turns(chance(3));
  }
}

/** A consumer by the client's loop: the handler's end is `task_done`. */
function worker(muster, numbers, chance) {
  return muster.work('numbers-js', async ({ body }, { stop }) => {
    if (body === null) {
      stop();
      return;
    }
    await turns(chance(4));
    numbers.push(body);
  }, { prefetch: chance(3), drainMs: Infinity }).ended;
}

/** A consumer by hand. */
async function taker(queue, numbers, chance) {
  for (let ended = false; !ended;) {
    for (const job of await queue.take(1 + chance(3), { waitMs })) {
      if (ended) {
        await queue.release(job);
        continue;
      }
      ended = job.body === null;
      if (!ended) {
        await turns(chance(4));
        numbers.push(job.body);
      }
      await queue.ack(job);
    }
  }
}

async function consumed(muster, seed) {
  const chance = chances(seed);
  const queue = muster.queue('numbers-js');
  const numbers = [];
  const consumers = [0, 1, 2].map(() => (chance(2) === 0
    ? worker(muster, numbers, chances(chance(1e9)))
    : taker(queue, numbers, chances(chance(1e9)))));
  await Promise.all([0, 1].map((n) => producer(queue, n * EACH, chances(chance(1e9)))));
  await queue.putMany([{ body: null }, { body: null }, { body: null }], { waitMs });
  await queue.join();
  const sorted = [...numbers].sort((a, b) => a - b);
  check(sorted.length === 2 * EACH && sorted.every((number, n) => number === n), { seed, numbers });
  await Promise.all(consumers);
}

function check(holds, seen) {
  if (!holds) {
    throw new Error(`node: FAILED: ${JSON.stringify(seen)}`);
  }
}

const began = Date.now();
const late = setTimeout(() => { throw new Error('node: FAILED: not done in 55 s'); }, 55_000);
const muster = await connect(url);
for (let seed = 0; seed < seeds; seed++) {
  await consumed(muster, seed);
}
const { scheduled, ready, leased, done, dead, cancelled } = await muster.queue('numbers-js').close();
const jobs = seeds * (2 * EACH + 3);
check([scheduled, ready, leased, done, dead, cancelled].join() === [0, 0, 0, jobs, 0, 0].join(), { done, leased, ready });
await muster.close();
clearTimeout(late);
console.log(`node: ${jobs} jobs of producers and consumers in ${seeds} interleavings, each done once (${(Date.now() - began) / 1000} s)`);
