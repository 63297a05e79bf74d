/**
 * What lives between jobs: pools at rest, kept for the next job of as many workers, as starting threads takes longer than
 * a small training and they come without compiled code; pools whose threads are being ended; and memory, for the next job
 * that fits. The collector does not count memory that threads share, so each job would otherwise leave its arena lying
 * beside the next one's. Loads no pool itself: whoever ends a process asks here.
 */
import type { WorkerPool } from './pool.js';

/** How long a pool is kept. */
const IDLE_MILLISECONDS = 1000;

export class IdlePools {
  /** All whose threads have not ended: at work, at rest, or being ended. */
  readonly #pools = new Set<WorkerPool>();
  /** Those at rest, and what will end them. */
  readonly #atRest = new Map<WorkerPool, NodeJS.Timeout>();
  /** Of jobs that are over, until the collector takes it. */
  #memories: WeakRef<WebAssembly.Memory>[] = [];

  /** How many threads were told to end and have not. After `closeAll`: those that can't be ended. */
  get threadsLeft(): number {
    return [...this.#pools].reduce((sum, pool) => sum + pool.threadsLeft, 0);
  }

  /** A pool of so many workers: one at rest, or else a new one. @throws failed if threads can't be started */
  take(workers: number, start: (workers: number) => WorkerPool): WorkerPool {
    const kept = [...this.#atRest.keys()].find(pool => pool.workers === workers && pool.isIdle);
    const pool = kept ?? start(workers);
    this.#wake(pool);
    this.#pools.add(pool);
    return pool;
  }

  /** Keeps a pool whose job is over, or ends it if it is of no more use. Returns false if a thread can't be ended. */
  async give(pool: WorkerPool): Promise<boolean> {
    if (!pool.isIdle) return this.end(pool);
    pool.begin(null);
    this.#atRest.set(pool, setTimeout(() => void this.end(pool), IDLE_MILLISECONDS).unref());
    return true;
  }

  /** Ends a pool's threads, and waits for that. Returns false if one can't be ended. */
  async end(pool: WorkerPool): Promise<boolean> {
    const hasEnded = await pool.close();
    this.#wake(pool);
    if (hasEnded) this.#pools.delete(pool);
    return hasEnded;
  }

  /** Ends all pools at rest, and waits for that. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#atRest.keys()].map(pool => this.end(pool)));
  }

  /**
   * Memory of so many bytes or more, whose first bytes are zero, that a job has left: the smallest that fits, else the
   * largest, grown. null if there is none, or it can't grow.
   */
  takeMemory(bytes: number): WebAssembly.Memory | null {
    const left = this.#memories.flatMap(memory => memory.deref() ?? []);
    const bySize = left.sort((a, b) => a.buffer.byteLength - b.buffer.byteLength);
    const taken = bySize.find(({ buffer }) => buffer.byteLength >= bytes) ?? bySize.at(-1) ?? null;
    if (taken === null) return null;
    const used = Math.min(bytes, taken.buffer.byteLength);
    if (!growTo(taken, bytes)) return null;
    this.#memories = left.filter(memory => memory !== taken).map(memory => new WeakRef(memory));
    new Uint8Array(taken.buffer, 0, used).fill(0);
    return taken;
  }

  /** Takes memory that no thread reads or writes any more. */
  giveMemory(memory: WebAssembly.Memory): void {
    this.#memories.push(new WeakRef(memory));
  }

  #wake(pool: WorkerPool): void {
    clearTimeout(this.#atRest.get(pool));
    this.#atRest.delete(pool);
  }
}

const PAGE_BYTES = 65_536;

/** Grows memory if it is smaller, by pages that are zero. Returns whether it has so many bytes now. */
function growTo(memory: WebAssembly.Memory, bytes: number): boolean {
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES);
  try {
    if (missing > 0) memory.grow(missing);
    return true;
  } catch {
    return false;
  }
}

/** Those of this process. */
export const idlePools = new IdlePools();
