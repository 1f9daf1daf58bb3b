/** pg-boss with what its documentation has for throughput: batches, several workers, bursts, and notifications for latency. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { serve } from './contestant.mjs';

const require = createRequire(`${process.cwd()}/`);
const { PgBoss } = require('pg-boss');
const { Client } = require('pg');
const [connectionString, connections] = process.argv.slice(2);
const NAME = 'bench';

// One connection listens.
const boss = new PgBoss({ connectionString, max: connections - 1, useListenNotify: true, schedule: false });
boss.on('error', (error) => { console.error(error); });
await boss.start();
await boss.createQueue(NAME, { notify: true });
const beside = new Client({ connectionString });
await beside.connect();

await serve(JSON.parse(readFileSync('node_modules/pg-boss/package.json')).version, {
  put: (body) => boss.send(NAME, body),
  putMany: (bodies) => boss.insert(NAME, bodies.map((data) => ({ data }))),
  async work(handler) {
    await boss.work(
      NAME,
      { batchSize: 500, localConcurrency: 4, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5 },
      async (jobs) => { jobs.forEach(({ data }) => handler(data)); },
    );
    return () => boss.offWork(NAME, { wait: true });
  },
  async isEmpty() {
    const { rows } = await beside.query("select not exists (select from pgboss.job where state < 'completed') as yes");
    return rows[0].yes;
  },
  async close() {
    await beside.end();
    await boss.stop({ graceful: true });
  },
});
