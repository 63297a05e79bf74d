/**
 * The leader's exchanges with the other ranks in a step: it sends what its rank has computed to the others, and receives theirs
 * into the places where it would lie if this rank had computed it. Adds nothing. Runs in the pool thread of worker 0, while the
 * other workers wait at the next barrier.
 */
import type { Exchange, Registers, Spread } from '../src/model/operations.js';
import { entryOf, viewOf } from '../src/model/plan.js';
import type { Range } from '../src/model/shards.js';
import { Poisoned } from '../src/protocol/collective.js';
import { POISONED, PULSE, STOP_ASKED, STOP_WANTED } from '../src/protocol/control.js';
import { ExchangedSums } from '../src/protocol/exchanged.js';
import type { RanksSetup, Setup } from '../src/protocol/tasks.js';
import { openExchange } from '../src/ranks/exchange.js';
import { type Exchange as Messages, nameRank } from '../src/ranks/ranks.js';
import { FEW_LOOKS, LOOKS, MessageWaits } from '../src/ranks/wait.js';

/** Naps between two signs of life. */
const NAPS_PER_PULSE = 20;

const NO_SHARDS = { begin: 0, end: 0 };

export class RankExchange {
  readonly #ranks: RanksSetup;
  readonly #control: Int32Array;
  readonly #exchange: Messages;
  readonly #sums: ExchangedSums;
  readonly #gradient: number;
  readonly #slabBytes: number;
  readonly #waits: MessageWaits;

  constructor({ plan, memory, ranks, noiseScale, spins }: Setup) {
    this.#ranks = ranks!;
    this.#control = viewOf(plan, memory, 'control', 'i32');
    this.#exchange = openExchange(this.#ranks.handle, memory);
    this.#sums = new ExchangedSums(plan, memory, noiseScale);
    this.#gradient = entryOf(plan, 'gw0/1').offset;
    this.#slabBytes = plan.slabBytes;
    this.#waits = new MessageWaits(this.#exchange, { looks: spins > 0 ? LOOKS : FEW_LOOKS });
  }

  /**
   * Exchanges stop flags, metrics and gradients.
   * @throws Poisoned if a worker of this rank has failed; Error if another rank sends nothing for too long
   */
  sums({ folding }: Registers, { isDivided, slices }: Pick<Exchange, 'isDivided' | 'slices'>): void {
    const { rank, workers } = this.#ranks.team;
    const shardsOf = (r: number) => (isDivided ? folding.ranks[r]! : NO_SHARDS);
    // The coordinator may write the word at any time: it is read once, and all ranks learn what was read.
    let stops = Atomics.load(this.#control, STOP_WANTED) !== 0;
    this.#sums.pack(rank, shardsOf(rank), stops);
    this.#exchangeAll((from, to) => {
      const slice = slices?.[to] ?? { begin: 0, end: this.#slabBytes };
      const slabs = isDivided ? folding.nodes[from]! : [];
      const message = this.#sums.placeOf(from, shardsOf(from));
      return [message, ...slabs.map(slab => shifted(slice, this.#gradient + slab * this.#slabBytes))];
    });
    for (let other = 0; other < workers.length; other++) {
      if (other !== rank && this.#sums.unpack(other, shardsOf(other))) stops = true;
    }
    // The last worker to arrive at the next barrier reads it.
    if (stops) Atomics.store(this.#control, STOP_ASKED, 1);
  }

  /** Gives all ranks what each has written. @throws as `sums` does */
  spread({ places }: Pick<Spread, 'places'>): void {
    this.#exchangeAll(from => places.map(parts => parts[from]!));
  }

  /** @param placesOf where what one rank sends to another lies in this arena, in bytes; `from` or `to` is this rank */
  #exchangeAll(placesOf: (from: number, to: number) => readonly Range[]): void {
    const { rank, workers } = this.#ranks.team;
    const others = [...workers.keys()].filter(other => other !== rank);
    for (const other of others) {
      for (const [tag, { begin, end }] of placesOf(other, rank).entries()) {
        if (begin < end) this.#exchange.receive(other, begin, end - begin, tag);
      }
    }
    for (const other of others) {
      for (const [tag, { begin, end }] of placesOf(rank, other).entries()) {
        if (begin < end) this.#exchange.send(other, begin, end - begin, tag);
      }
    }
    this.#wait();
  }

  /** Moves the messages along until all have left and arrived. */
  #wait(): void {
    const { patience } = this.#ranks;
    this.#waits.untilDone((naps, waited) => {
      // Another worker of this rank has failed since it arrived; nobody waits for this exchange any more.
      if (Atomics.load(this.#control, POISONED) !== 0) throw new Poisoned();
      if (naps === 0 || naps % NAPS_PER_PULSE > 0) return;
      // The coordinator takes a worker without a sign of life for lost, but another rank may just be slow.
      Atomics.add(this.#control, PULSE, 1);
      if (waited > patience) throw this.#lost();
    });
  }

  #lost(): Error {
    const { handle, patience } = this.#ranks;
    const missing = this.#exchange.waitingFor().map(rank => nameRank(rank, handle.hosts));
    return new Error(`no message from ${missing.join(', ')} for ${patience / 1000} s`);
  }
}

function shifted({ begin, end }: Range, offset: number): Range {
  return { begin: offset + begin, end: offset + end };
}
