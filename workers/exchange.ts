/**
 * The leader's exchange with the other ranks in a step: it sends the sums of its rank to all others, and receives theirs into
 * the places where they would lie if this rank had computed them. Adds nothing. Runs in the pool thread of worker 0, while the
 * other workers wait at the next barrier.
 */
import type { Registers } from '../src/model/operations.js';
import { entryOf, viewOf } from '../src/model/plan.js';
import type { Range } from '../src/model/shards.js';
import { Poisoned } from '../src/protocol/collective.js';
import { POISONED, PULSE, STOP_ASKED, STOP_WANTED } from '../src/protocol/control.js';
import { ExchangedSums } from '../src/protocol/exchanged.js';
import type { RanksSetup, Setup } from '../src/protocol/tasks.js';
import { openExchange } from '../src/ranks/exchange.js';
import { type Exchange, nameRank } from '../src/ranks/ranks.js';

/** Looks for messages before the first nap: about 150 µs; fewer if there are more threads than cores. */
const LOOKS = 500;
const FEW_LOOKS = 50;
/** Milliseconds between two looks afterwards. */
const NAP = 0.05;
/** Naps between two signs of life. */
const NAPS_PER_PULSE = 20;

const NO_SHARDS = { begin: 0, end: 0 };
/** Tags of the messages between two ranks: the sums, then the gradients of one subtree after the other. */
const SUMS_TAG = 0;
const GRADIENT_TAG = 1;

export class RankExchange {
  readonly #ranks: RanksSetup;
  readonly #control: Int32Array;
  readonly #exchange: Exchange;
  readonly #sums: ExchangedSums;
  readonly #gradient: number;
  readonly #slabBytes: number;
  readonly #looks: number;
  /** Never written: a thread naps by waiting for it to change. */
  readonly #bed = new Int32Array(new SharedArrayBuffer(4));

  constructor({ plan, memory, ranks, noiseScale, spins }: Setup) {
    this.#ranks = ranks!;
    this.#control = viewOf(plan, memory, 'control', 'i32');
    this.#exchange = openExchange(this.#ranks.handle, memory);
    this.#sums = new ExchangedSums(plan, memory, noiseScale);
    this.#gradient = entryOf(plan, 'gw0/1').offset;
    this.#slabBytes = plan.slabBytes;
    this.#looks = spins > 0 ? LOOKS : FEW_LOOKS;
  }

  /**
   * @param divides whether the shards of the batch are divided among the ranks
   * @throws Poisoned if a worker of this rank has failed; Error if another rank sends nothing for too long
   */
  run({ folding }: Registers, divides: boolean): void {
    const { rank, workers } = this.#ranks.team;
    const shardsOf = (r: number) => (divides ? folding.ranks[r]! : NO_SHARDS);
    const nodesOf = (r: number) => (divides ? folding.nodes[r]! : []);
    // The coordinator may write the word at any time: it is read once, and all ranks learn what was read.
    let stops = Atomics.load(this.#control, STOP_WANTED) !== 0;
    this.#sums.pack(rank, shardsOf(rank), stops);
    for (let other = 0; other < workers.length; other++) {
      if (other !== rank) this.#receive(other, this.#bytesOf(shardsOf(other)), nodesOf(other));
    }
    for (let other = 0; other < workers.length; other++) {
      if (other !== rank) this.#send(other, this.#bytesOf(shardsOf(rank)), nodesOf(rank));
    }
    this.#wait();
    for (let other = 0; other < workers.length; other++) {
      if (other !== rank && this.#sums.unpack(other, shardsOf(other))) stops = true;
    }
    // The last worker to arrive at the next barrier reads it.
    if (stops) Atomics.store(this.#control, STOP_ASKED, 1);
  }

  #bytesOf({ begin, end }: Range): number {
    return this.#sums.bytesOf(end - begin);
  }

  #receive(from: number, bytes: number, slabs: readonly number[]): void {
    this.#exchange.receive(from, this.#sums.offsetOf(from), bytes, SUMS_TAG);
    for (const [i, slab] of slabs.entries()) {
      this.#exchange.receive(
        from,
        this.#gradient + slab * this.#slabBytes,
        this.#slabBytes,
        GRADIENT_TAG + i,
      );
    }
  }

  #send(to: number, bytes: number, slabs: readonly number[]): void {
    this.#exchange.send(to, this.#sums.offsetOf(this.#ranks.team.rank), bytes, SUMS_TAG);
    for (const [i, slab] of slabs.entries()) {
      this.#exchange.send(to, this.#gradient + slab * this.#slabBytes, this.#slabBytes, GRADIENT_TAG + i);
    }
  }

  /** Moves the messages along until all have left and arrived. */
  #wait(): void {
    const { patience } = this.#ranks;
    const begun = performance.now();
    for (let looks = 0; !this.#exchange.isDone(); looks++) {
      // Another worker of this rank has failed since it arrived; nobody waits for this exchange any more.
      if (Atomics.load(this.#control, POISONED) !== 0) throw new Poisoned();
      if (looks < this.#looks) continue;
      Atomics.wait(this.#bed, 0, 0, NAP);
      if (looks % NAPS_PER_PULSE > 0) continue;
      // The coordinator takes a worker without a sign of life for lost, but another rank may just be slow.
      Atomics.add(this.#control, PULSE, 1);
      if (performance.now() - begun > patience) throw this.#lost();
    }
  }

  #lost(): Error {
    const { handle, patience } = this.#ranks;
    const missing = this.#exchange.waitingFor().map(rank => nameRank(rank, handle.hosts));
    return new Error(`no message from ${missing.join(', ')} for ${patience / 1000} s`);
  }
}
