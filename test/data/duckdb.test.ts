/** A query that is running does not keep the process from exiting. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const DUCKDB = new URL('../../src/data/table/duckdb.js', import.meta.url).href;

it('abandons a query of hours when the process exits', () => {
  const script = `
    import { withDuckDB } from ${JSON.stringify(DUCKDB)};
    await withDuckDB(connection => {
      const { user } = process.cpuUsage();
      // Nothing else computes here, so any CPU time is the query's.
      setInterval(() => process.cpuUsage().user - user > 300_000 && process.exit(7), 10);
      return connection.run('SELECT sum(sin(a.range * b.range)) FROM range(1000000) a, range(1000000) b');
    });`;
  const args = ['--input-type=module', '--eval', script];
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  expect([status, stderr]).toEqual([7, '']);
});
