/** What jobs leave behind: threads that are kept for the next, and memory that is not. */
import { afterEach, expect, it, vi } from 'vitest';
import { threadsLeft } from '../../src/threads/ending.js';
import { closeKept, returnPool, takePool } from '../../src/threads/kept.js';
import { collectLeftovers, countLeftover } from '../../src/threads/leftovers.js';
import { WorkerPool } from '../../src/threads/pool.js';

const taken = new Set<WorkerPool>();

function take(workers: number): WorkerPool {
  const pool = takePool(workers) ?? new WorkerPool(workers);
  taken.add(pool);
  return pool;
}

afterEach(async () => {
  vi.useRealTimers();
  await closeKept();
  for (const pool of taken) await pool.close();
  expect(threadsLeft()).toBe(0);
});

const SMALL = 2 ** 20;

it('are those of the next job of as many workers', async () => {
  const pool = take(2);
  expect(take(2)).not.toBe(pool);
  await returnPool(pool, SMALL);
  const other = take(1);
  expect(other).not.toBe(pool);
  expect(take(2)).toBe(pool);
  await returnPool(pool, SMALL);
  await returnPool(other, SMALL);
  expect(take(1)).toBe(other);
});

it('are ended after a second', async () => {
  vi.useFakeTimers();
  const pool = take(1);
  const close = vi.spyOn(pool, 'close');
  await returnPool(pool, SMALL);
  vi.advanceTimersByTime(999);
  expect(close).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(close).toHaveBeenCalledOnce();
  vi.useRealTimers();
  expect(await pool.close()).toBe(true);
  expect(take(1)).not.toBe(pool);
});

it('are waited for where they are being ended already', async () => {
  vi.useFakeTimers();
  const pool = take(1);
  await returnPool(pool, SMALL);
  vi.advanceTimersByTime(1000);
  expect(threadsLeft()).toBe(1);
  expect(take(1)).not.toBe(pool);
  await closeKept();
  expect(threadsLeft()).toBe(0);
});

it.each([
  ['of a large job', () => {}, 2 ** 27],
  ['of which one was lost', (pool: WorkerPool) => pool.giveUp('enough of it'), SMALL],
] as const)('are ended at once: those %s', async (_, change, bytes) => {
  const pool = take(1);
  await change(pool);
  const close = vi.spyOn(pool, 'close');
  await returnPool(pool, bytes);
  expect(close).toHaveBeenCalledOnce();
  expect(take(1)).not.toBe(pool);
});

it('are not taken where one was lost while they were kept', async () => {
  const pool = new WorkerPool(1, new URL('../train/missing.js', import.meta.url).href);
  await returnPool(pool, SMALL);
  await vi.waitUntil(() => !pool.isIdle, { timeout: 30_000 });
  expect(take(1)).not.toBe(pool);
});

it('much memory that was left is collected, and threads that may hold on to it are ended', async () => {
  const collected = vi.fn();
  const registry = new FinalizationRegistry(collected);
  registry.register(new SharedArrayBuffer(SMALL), null);
  const pool = take(1);
  const close = vi.spyOn(pool, 'close');
  await returnPool(pool, SMALL);
  for (let job = 0; job < 64; job++) countLeftover(0);
  expect(close).not.toHaveBeenCalled();
  collectLeftovers();
  expect(close).toHaveBeenCalledOnce();
  expect(await pool.close()).toBe(true);
  await vi.waitUntil(() => collected.mock.calls.length > 0, { timeout: 30_000 });
});
