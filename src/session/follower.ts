/**
 * A rank other than the first: serves the jobs that rank 0 opens, segment by segment, and decides nothing. Owns each job until
 * rank 0 closes it.
 */
import type { Loaded } from '../data/load.js';
import { failure } from '../errors.js';
import { Batches } from '../model/batches.js';
import { type Ranks, ToldByRank0 } from '../ranks/ranks.js';
import type { Arena } from './arena.js';
import { Job } from './job.js';
import type { Message, OrderFacts } from './messages.js';
import { EpochOrders } from './orders.js';
import { fillTables, type Tables, tablesOf } from './tables.js';
import { Windows } from './windows.js';
import { encode, share } from './wire.js';

/** The tables that have been read: one, or those of each fold. */
export type Parts = (part: number) => Loaded;

/**
 * Reads rows as rank 0 asks, together with the others. Returns null if rank 0 will send them.
 * @throws ToldByRank0 if that fails on any rank
 */
export type RowReader = (ranks: Ranks, request: unknown) => Promise<Parts | null>;

/**
 * Serves until rank 0 ends. Returns its exit code.
 * @param reader null: rank 0 sends all rows
 * @throws failed if this rank has failed: all have to end
 */
export async function followRank0(ranks: Ranks, reader: RowReader | null): Promise<number> {
  const follower = new Follower(ranks, reader);
  for (;;) {
    // Rank 0 may take as long as it likes to the next message.
    await ranks.together(() => {});
    const message = (await share(ranks, null)) as Message;
    if (message.kind === 'end') return message.code;
    try {
      await follower.take(message);
    } catch (error) {
      throw failure((error as Error).message, follower.advice, error);
    }
  }
}

type MessageOf<K extends Message['kind']> = Extract<Message, { kind: K }>;

class Follower {
  readonly #ranks: Ranks;
  readonly #reader: RowReader | null;
  /** What it has read; null: nothing. */
  #parts: Parts | null = null;
  #job: Job | null = null;
  /** Of the job, if this rank has read them. */
  #tables: Tables | null = null;
  #orders: EpochOrders | Windows | null = null;
  /** What the user can do if this rank fails. */
  advice: string | undefined;

  constructor(ranks: Ranks, reader: RowReader | null) {
    this.#ranks = ranks;
    this.#reader = reader;
  }

  async take(message: Exclude<Message, { kind: 'end' }>): Promise<void> {
    switch (message.kind) {
      case 'read':
        return this.#read(message.request);
      case 'open':
        return this.#open(message);
      case 'begin':
        this.advice = message.advice ?? undefined;
        return this.#begin(message.order);
      case 'train':
        return this.#train(message);
      case 'ready':
        return this.#ready(message);
      case 'judge':
        return void (await orNull(this.#job!.judge(message.task, this.#tables?.validation ?? null)));
      case 'try':
        this.#order(message.epoch);
        return this.#tell(await this.#job!.tryGradient(message.task));
      case 'compare':
        await this.#job!.gatherState();
        return this.#tell(this.#job!.hashSlabs());
      case 'close':
        return this.#close();
    }
  }

  async #read(request: unknown): Promise<void> {
    this.#parts = null;
    this.#parts = await orNull(this.#reader!(this.#ranks, request));
  }

  async #open({ facts, rows }: MessageOf<'open'>): Promise<void> {
    this.#tables = null;
    const fill = (arena: Arena) => {
      if (rows === null) return;
      const { train: training, validation } = this.#parts!(rows.part);
      this.#tables = tablesOf({ training, validation }, rows.emphasis);
      fillTables(arena, this.#tables);
    };
    this.#job = await orNull(Job.open(facts, this.#ranks, fill));
  }

  async #begin({ batching, rows, ...options }: OrderFacts): Promise<void> {
    const { arena, slabs } = this.#job!;
    const batches = new Batches(batching, rows);
    if (arena.isWindowed) {
      const { seed, epochs, windowSizes: sizes } = options;
      this.#orders = new Windows(arena, this.#tables!.training!, { seed, epochs, sizes, batches });
    } else {
      const places = [arena.view('order0', 'u32'), arena.view('order1', 'u32')] as const;
      this.#orders = new EpochOrders(places, options, batches);
    }
    for (const slab of slabs) await this.#ranks.broadcast(slab, 0);
  }

  async #ready({ epoch, firstStep }: MessageOf<'ready'>): Promise<void> {
    const windows = this.#orders as Windows;
    await orNull(this.#ranks.together(() => windows.ready(epoch, firstStep)));
  }

  /** Orders the rows of an epoch, unless windows of them are read. */
  #order(epoch: number): void {
    if (this.#orders instanceof EpochOrders) this.#orders.plan(epoch);
  }

  async #train({ epoch, task }: MessageOf<'train'>): Promise<void> {
    const { threads } = this.#job!;
    this.#order(epoch);
    threads.prepare(task.stepsBefore);
    const running = this.#job!.train(task);
    // What comes next is ordered while the threads read the current rows.
    if (this.#orders instanceof Windows) this.#orders.orderNext(epoch, task.firstStep);
    else this.#order(epoch + 1);
    await running;
  }

  async #tell(hash: string): Promise<void> {
    await this.#ranks.gather(encode(hash));
  }

  async #close(): Promise<void> {
    if (this.#orders instanceof Windows) await this.#orders.close();
    await this.#job?.close();
    this.#job = null;
    this.#orders = null;
  }
}

/** null if the work has failed on any rank: rank 0 reports it, and may go on with something else. */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ToldByRank0) return null;
    throw error;
  }
}
