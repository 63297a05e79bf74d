/**
 * The ranks that the jobs of this process run on, and rank 0's side of what they do together. Alone unless a launcher of MPI has
 * started the command line; then rank 0 runs the command, and the others serve its jobs (follower.ts). While rank 0 does
 * something else, the others wait, and both learn if the other is lost.
 */
import { alone, type Ranks } from '../ranks/ranks.js';
import type { Message } from './messages.js';
import { share } from './wire.js';

/** The others wait until `end` is called. */
interface Wait {
  end(): void;
  /** null once it has ended well, else why it failed; never rejects. */
  over: Promise<{ error: unknown } | null>;
}

class Leader {
  readonly ranks: Ranks;
  /** What a rank tells the user if it fails; null: nothing. */
  advice: string | null = null;
  #wait: Wait | null = null;
  /** Number of times that the ranks have read rows. */
  readings = 0;
  #isBroken = false;
  /** Whether the ranks are at work. */
  #isLeading = false;

  constructor(ranks: Ranks) {
    this.ranks = ranks;
    this.#letWait();
  }

  /** Whether the ranks have lost each other or are still at work, so that all that is left is to end them at once. */
  get isBroken(): boolean {
    return this.#isBroken || this.#isLeading;
  }

  /**
   * Tells the other ranks what to do, and does the part of rank 0.
   * @throws failed if a rank is lost, and the error of the work; after that nothing can be told unless the error is `common`
   */
  async lead<T>(message: Message, work: () => Promise<T>, isCommon = false): Promise<T> {
    if (this.ranks.size === 1) return work();
    let begun = false;
    this.#isLeading = true;
    try {
      await this.#endWait();
      if (message.kind === 'read') this.readings++;
      await share(this.ranks, message);
      begun = true;
      const result = await work();
      this.#letWait();
      return result;
    } catch (error) {
      if (begun && isCommon) this.#letWait();
      else this.#isBroken = true;
      throw error;
    } finally {
      this.#isLeading = false;
    }
  }

  /** Tells the other ranks that this process ends, with its exit code. @throws failed */
  async end(code: number): Promise<void> {
    if (this.ranks.size === 1) return;
    await this.#endWait();
    await share(this.ranks, { kind: 'end', code } satisfies Message);
  }

  #letWait(): void {
    if (this.ranks.size === 1) return;
    let end = () => {};
    const until = new Promise<void>(resolve => {
      end = resolve;
    });
    const over = this.ranks
      .together(() => until)
      .then(
        () => null,
        error => ({ error }),
      );
    this.#wait = { end, over };
  }

  async #endWait(): Promise<void> {
    this.#wait?.end();
    const failed = await this.#wait?.over;
    this.#wait = null;
    if (failed) throw failed.error;
  }
}

let leader = new Leader(alone());

/** The leader of this process. */
export function leaderOfProcess(): Leader {
  return leader;
}

/** Number of ranks that jobs of this process run on. */
export function countRanks(): number {
  return leader.ranks.size;
}

/** Sets what a rank that fails in a later training tells the user. */
export function adviseRanks(advice: string): void {
  leader.advice = advice;
}

/** Runs all later jobs of this process on these ranks. */
export function leadRanks(ranks: Ranks): Leader {
  leader = new Leader(ranks);
  return leader;
}

export type { Leader };
