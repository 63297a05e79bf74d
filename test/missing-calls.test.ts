/** What lockstep asks of native libraries, when they refuse it. */
import { createRequire } from 'node:module';
import { afterEach, expect, it, vi } from 'vitest';
import { withDuckDB } from '../src/data/table/duckdb.js';
import { adviseLargePages } from '../src/native.js';

const require = createRequire(import.meta.url);

afterEach(() => vi.restoreAllMocks());

it('memory stays as it is if the system has no large pages to ask for', () => {
  const load = vi.spyOn(require('koffi'), 'load').mockImplementation(() => {
    throw new Error("Cannot find function 'madvise' in shared library");
  });
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  expect(() => adviseLargePages(memory)).not.toThrow();
  expect(load).toHaveBeenCalledTimes(process.platform === 'linux' ? 1 : 0);
});

it('a database that cannot be opened is an error with its reason, and is closed', async () => {
  const { DuckDBInstance } = require('@duckdb/node-api');
  const closed = vi.spyOn(DuckDBInstance.prototype, 'closeSync');
  vi.spyOn(DuckDBInstance.prototype, 'connect').mockRejectedValue(new Error('Out of Memory Error: no room'));
  await expect(withDuckDB(async () => {})).rejects.toThrow(
    'DuckDB, which reads tables: expected it to open a database in memory, got Out of Memory Error: no room.',
  );
  expect(closed).toHaveBeenCalledTimes(1);
});
