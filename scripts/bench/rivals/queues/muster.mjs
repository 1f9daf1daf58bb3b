/** Muster's client over the TCP bridge of a served node. */
import { connect } from '../../../../src/clients/js/index.js';
import { serve } from './contestant.mjs';

const [url, name] = process.argv.slice(2);
const muster = await connect(url);
const queue = muster.queue(name);
const waitMs = 20_000;

await serve(`Node ${process.versions.node}`, {
  put: (body) => queue.put(body, { waitMs }),
  async putMany(bodies) {
    const refused = (await queue.putMany(bodies.map((body) => ({ body })), { waitMs })).find(({ error }) => error);
    if (refused) {
      throw refused.error;
    }
  },
  async work(handler) {
    const loop = muster.work(name, async ({ body }) => { handler(body); }, { consumers: 24, prefetch: 2000 });
    return () => loop.stop();
  },
  isEmpty: () => queue.join(),
  close: () => muster.close(),
});
