/** What jobs leave for the next one: idle threads, and memory. */
import { afterEach, expect, it, vi } from 'vitest';
import { IdlePools } from '../../src/threads/idle-pools.js';
import { WorkerPool } from '../../src/threads/pool.js';

const pools = new IdlePools();
const taken = new Set<WorkerPool>();

function take(workers: number, module?: string): WorkerPool {
  const pool = pools.take(workers, count => new WorkerPool(count, module));
  taken.add(pool);
  return pool;
}

afterEach(async () => {
  vi.useRealTimers();
  await pools.closeAll();
  for (const pool of taken) await pools.end(pool);
  expect(pools.threadsLeft).toBe(0);
});

it('reuses idle threads for the next job with the same worker count', async () => {
  const pool = take(2);
  expect(take(2)).not.toBe(pool);
  await pools.give(pool);
  const other = take(1);
  expect(other).not.toBe(pool);
  expect(take(2)).toBe(pool);
  await pools.give(pool);
  await pools.give(other);
  expect(take(1)).toBe(other);
});

it('ends a pool that was idle for a second', async () => {
  vi.useFakeTimers();
  const pool = take(1);
  const close = vi.spyOn(pool, 'close');
  await pools.give(pool);
  vi.advanceTimersByTime(999);
  expect(close).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(close).toHaveBeenCalledOnce();
  vi.useRealTimers();
  expect(await pool.close()).toBe(true);
  expect(take(1)).not.toBe(pool);
});

it('waits for pools that are already ending', async () => {
  vi.useFakeTimers();
  const pool = take(1);
  await pools.give(pool);
  vi.advanceTimersByTime(1000);
  expect(pools.threadsLeft).toBe(1);
  expect(take(1)).not.toBe(pool);
  await pools.closeAll();
  expect(pools.threadsLeft).toBe(0);
});

it('ends a pool at once if it has lost a thread', async () => {
  const pool = take(1);
  await pool.giveUp('enough of it');
  const close = vi.spyOn(pool, 'close');
  expect(await pools.give(pool)).toBe(true);
  expect(close).toHaveBeenCalledOnce();
  expect(take(1)).not.toBe(pool);
});

it('does not reuse a pool that lost a thread while it was idle', async () => {
  const pool = take(1, new URL('../train/missing.js', import.meta.url).href);
  await pools.give(pool);
  await vi.waitUntil(() => !pool.isIdle, { timeout: 30_000 });
  expect(take(1)).not.toBe(pool);
});

const memoryOf = (pages: number) => new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
const PAGE = 65_536;

it('gives the smallest memory that fits, all zeros, to one job at a time', () => {
  const [small, middle, large] = [memoryOf(1), memoryOf(2), memoryOf(3)];
  for (const memory of [large, small, middle]) {
    new Uint8Array(memory.buffer).fill(7);
    pools.giveMemory(memory);
  }
  expect(pools.takeMemory(4 * PAGE)).toBeNull();
  const first = pools.takeMemory(PAGE + 1)!;
  expect(first).toBe(middle);
  expect(new Uint8Array(first.buffer, 0, PAGE + 1).every(byte => byte === 0)).toBe(true);
  expect(pools.takeMemory(PAGE + 1)).toBe(large);
  expect(pools.takeMemory(PAGE + 1)).toBeNull();
  expect(pools.takeMemory(PAGE)).toBe(small);
});

it('grows the memory of an earlier job for a larger one, and clears it', () => {
  const page = 65_536;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 8, shared: true });
  new Uint8Array(memory.buffer).fill(7);
  pools.giveMemory(memory);
  const grown = pools.takeMemory(3 * page - 1);
  expect(grown).toBe(memory);
  expect(grown!.buffer.byteLength).toBe(3 * page);
  expect(new Uint8Array(grown!.buffer).every(byte => byte === 0)).toBe(true);
  pools.giveMemory(memory);
  expect(pools.takeMemory(9 * page)).toBeNull();
  expect(pools.takeMemory(page)).toBe(memory);
});
