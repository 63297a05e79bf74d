/**
 * A rank other than the first: serves the jobs that rank 0 opens, segment by segment, and decides nothing. Owns each job until
 * rank 0 closes it.
 */
import { failure } from '../errors.js';
import { Batches } from '../model/batches.js';
import { taskOf } from '../protocol/tasks.js';
import { type Ranks, ToldByRank0 } from '../ranks/ranks.js';
import { Job, type JobFacts } from './job.js';
import type { Message, OrderFacts } from './messages.js';
import { EpochOrders } from './orders.js';
import { encode, share } from './wire.js';

/** Serves until rank 0 ends. Returns its exit code. @throws failed if this rank has failed: all have to end */
export async function followRank0(ranks: Ranks): Promise<number> {
  const follower = new Follower(ranks);
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

class Follower {
  readonly #ranks: Ranks;
  #job: Job | null = null;
  #orders: EpochOrders | null = null;
  /** What the user can do if this rank fails. */
  advice: string | undefined;

  constructor(ranks: Ranks) {
    this.#ranks = ranks;
  }

  async take(message: Exclude<Message, { kind: 'end' }>): Promise<void> {
    switch (message.kind) {
      case 'open':
        return this.#open(message.facts);
      case 'begin':
        this.advice = message.advice ?? undefined;
        return this.#begin(message.order);
      case 'train':
        return this.#train(message);
      case 'try':
        this.#orders!.plan(message.epoch);
        return this.#tell(await this.#job!.tryGradient(message.task));
      case 'compare':
        await this.#job!.gatherState();
        return this.#tell(this.#job!.hashSlabs());
      case 'close':
        return this.#close();
    }
  }

  async #open(facts: JobFacts): Promise<void> {
    try {
      this.#job = await Job.open(facts, this.#ranks);
    } catch (error) {
      // Rank 0 reports it, and may go on with another job.
      if (!(error instanceof ToldByRank0)) throw error;
    }
  }

  async #begin({ batching, rows, ...options }: OrderFacts): Promise<void> {
    const { arena, slabs } = this.#job!;
    const places = [arena.view('order0', 'u32'), arena.view('order1', 'u32')] as const;
    this.#orders = new EpochOrders(places, options, new Batches(batching, rows));
    for (const slab of slabs) await this.#ranks.broadcast(slab, 0);
  }

  async #train({ epoch, task }: Extract<Message, { kind: 'train' }>): Promise<void> {
    const { threads } = this.#job!;
    this.#orders!.plan(epoch);
    threads.prepare(task.stepsBefore);
    const { workers } = this.#job!.machine;
    const running = threads.train({ ...taskOf(task, this.#ranks.rank), workers });
    // The order of the next epoch is written while the threads read the current one.
    this.#orders!.plan(epoch + 1);
    await running;
  }

  async #tell(hash: string): Promise<void> {
    await this.#ranks.gather(encode(hash));
  }

  async #close(): Promise<void> {
    await this.#job?.close();
    this.#job = null;
  }
}
