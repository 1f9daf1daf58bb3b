/** graphile-worker with the settings by which its documentation measures, but for the size of the pool. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { serve } from './contestant.mjs';

const require = createRequire(`${process.cwd()}/`);
const { Logger, makeWorkerUtils, run } = require('graphile-worker');
const { Pool } = require('pg');
const [connectionString, connections] = process.argv.slice(2);
const NAME = 'bench';

// The runner listens on one of them.
const pgPool = new Pool({ connectionString, max: Number(connections) });
const complain = (error) => { console.error(error); };
pgPool.on('error', complain).on('connect', (client) => { client.on('error', complain); });
const logger = new Logger(() => (level, message) => {
  if (level === 'error' || level === 'warning') {
    console.error(message);
  }
});
const utils = await makeWorkerUtils({ pgPool, logger });
await utils.migrate();

await serve(JSON.parse(readFileSync('node_modules/graphile-worker/package.json')).version, {
  put: (payload) => utils.addJob(NAME, payload),
  putMany: (payloads) => utils.addJobs(payloads.map((payload) => ({ identifier: NAME, payload }))),
  async work(handler) {
    const runner = await run({
      pgPool,
      logger,
      noHandleSignals: true,
      taskList: { [NAME]: async (payload) => { handler(payload); } },
      preset: {
        worker: { concurrentJobs: 24, localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 },
      },
    });
    return () => runner.stop();
  },
  async isEmpty() {
    const { rows } = await pgPool.query('select not exists (select from graphile_worker._private_jobs) as yes');
    return rows[0].yes;
  },
  async close() {
    await utils.release();
    await pgPool.end();
  },
});
