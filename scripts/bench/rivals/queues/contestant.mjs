/**
 * What every contestant in JavaScript does: it reads one order a line on stdin and answers each with a line of JSON.
 *
 *   version                    says which version it is: {version}
 *   put JOBS BATCH IN_FLIGHT   puts so many, confirmed: {seconds}
 *   work JOBS                  works on as many as there are, until all are done: {seconds}
 *   pace JOBS PER_SECOND       puts one by one at this pace while it works: {p50, p99}, ms from the put to the handler
 */
import { createInterface } from 'node:readline';

const PAYLOAD = 'x'.repeat(64);
const body = (number) => ({ number, payload: PAYLOAD });
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/**
 * Serves the orders until stdin ends.
 *
 * `queue` has `put(body)`, `putMany(bodies)`, `work(handler)`, which gives what stops it, `isEmpty()` and `close()`.
 */
export async function serve(version, queue) {
  for await (const line of createInterface({ input: process.stdin })) {
    const [order, ...numbers] = line.split(' ');
    console.log(JSON.stringify(await { version: () => ({ version }), put, work, pace }[order](queue, ...numbers.map(Number))));
  }
  await queue.close();
}

async function put(queue, jobs, batch, inFlight) {
  let next = 0;
  const producer = async () => {
    while (next < jobs) {
      const from = next;
      next += batch;
      await (batch === 1 ? queue.put(body(from)) : queue.putMany(Array.from({ length: batch }, (_, i) => body(from + i))));
    }
  };
  return timed(() => Promise.all(Array.from({ length: inFlight }, producer)));
}

async function work(queue, jobs) {
  let stop;
  const took = await timed(async () => {
    let left = jobs;
    await new Promise((resolve) => {
      stop = queue.work(() => {
        left -= 1;
        if (left === 0) {
          resolve();
        }
      });
    });
    await untilEmpty(queue);
  });
  await (await stop)();
  return took;
}

async function pace(queue, jobs, perSecond) {
  const putAt = [];
  const waitedMs = [];
  let last;
  const all = new Promise((resolve) => { last = resolve; });
  const stop = await queue.work(({ number }) => {
    waitedMs.push(performance.now() - putAt[number]);
    if (waitedMs.length === jobs) {
      last();
    }
  });
  await pause(1000);
  const began = performance.now();
  const puts = [];
  for (let number = 0; number < jobs; number++) {
    const early = began + number * 1000 / perSecond - performance.now();
    if (early > 0) {
      await pause(early);
    }
    putAt[number] = performance.now();
    puts.push(queue.put(body(number)));
  }
  await Promise.all(puts);
  await all;
  await untilEmpty(queue);
  await stop();
  waitedMs.sort((a, b) => a - b);
  const at = (share) => waitedMs[Math.min(jobs - 1, Math.floor(share * jobs))];
  return { p50: at(0.5), p99: at(0.99) };
}

async function untilEmpty(queue) {
  while (!await queue.isEmpty()) {
    await pause(5);
  }
}

async function timed(what) {
  const began = performance.now();
  await what();
  return { seconds: (performance.now() - began) / 1000 };
}
