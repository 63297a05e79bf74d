/**
 * What lives between jobs: idle pools, kept for the next job with the same worker count, because starting threads and
 * compiling their code takes longer than a small training; pools whose threads are being terminated; and memory for the
 * next job that fits, because the garbage collector does not count memory that threads share. Does not import the pool,
 * so that ending a process does not load it.
 */
import type { WorkerPool } from './pool.js';

/** How long an idle pool is kept. */
const IDLE_MILLISECONDS = 1000;

export class IdlePools {
  /** Pools whose threads have not ended: busy, idle, or being terminated. */
  readonly #pools = new Set<WorkerPool>();
  /** Idle pools, and the timers that will end them. */
  readonly #idle = new Map<WorkerPool, NodeJS.Timeout>();
  /** Memory of finished jobs, until the garbage collector takes it. */
  #memories: WeakRef<WebAssembly.Memory>[] = [];

  /** Threads that were told to end and have not. After `closeAll`, those that can't be terminated. */
  get threadsLeft(): number {
    return [...this.#pools].reduce((sum, pool) => sum + pool.threadsLeft, 0);
  }

  /** Returns an idle pool with this worker count, or else a new one. @throws failed if threads can't be started */
  take(workers: number, start: (workers: number) => WorkerPool): WorkerPool {
    const kept = [...this.#idle.keys()].find(pool => pool.workers === workers && pool.isIdle);
    const pool = kept ?? start(workers);
    this.#wake(pool);
    this.#pools.add(pool);
    return pool;
  }

  /** Keeps a pool whose job is over, or ends it if it is broken or busy. Returns false if a thread can't be terminated. */
  async give(pool: WorkerPool): Promise<boolean> {
    if (!pool.isIdle) return this.end(pool);
    pool.begin(null);
    this.#idle.set(pool, setTimeout(() => void this.end(pool), IDLE_MILLISECONDS).unref());
    return true;
  }

  /** Ends a pool's threads, and waits for that. Returns false if one can't be terminated. */
  async end(pool: WorkerPool): Promise<boolean> {
    const hasEnded = await pool.close();
    this.#wake(pool);
    if (hasEnded) this.#pools.delete(pool);
    return hasEnded;
  }

  /** Ends all idle pools, and waits for that. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#idle.keys()].map(pool => this.end(pool)));
  }

  /**
   * Returns memory of a finished job with at least this many bytes, all of them zero: the smallest that fits, else the
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

  /** Keeps memory that no thread uses any more. */
  giveMemory(memory: WebAssembly.Memory): void {
    this.#memories.push(new WeakRef(memory));
  }

  #wake(pool: WorkerPool): void {
    clearTimeout(this.#idle.get(pool));
    this.#idle.delete(pool);
  }
}

/** Page of a WebAssembly memory. */
export const PAGE_BYTES = 65_536;

/** Grows memory that is smaller by pages of zeros. Returns whether it has this many bytes now. */
function growTo(memory: WebAssembly.Memory, bytes: number): boolean {
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES);
  try {
    if (missing > 0) memory.grow(missing);
    return true;
  } catch {
    return false;
  }
}

/** The idle pools of this process. */
export const idlePools = new IdlePools();
