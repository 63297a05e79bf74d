/**
 * Messages between ranks, as transformed code sees them. A message leaves the sender's cells when its receiver takes it, and both
 * may be touched by the library from the call that begins it until it is done: so they are read and written at both ends.
 */
import type { Region } from './memory.js';
import type { Flow } from './runtime.js';
import { PARTS } from './state-key.js';
import { ONE_STEP, type Operation, running, type Thread, type World } from './world.js';

/** Cells of one rank's arena, by their byte offsets. */
export type CellsAt = (offset: number, bytes: number) => readonly [region: Region, index: number][];

interface Message {
  from: number;
  to: number;
  tag: number;
  /** What was sent; null if only the receiver has begun. */
  values: readonly number[] | null;
  sender: { cells: ReturnType<CellsAt>; bit: number } | null;
  receiver: ReturnType<CellsAt> | null;
  isTaken: boolean;
}

/** All messages that are under way, oldest first. */
export class Network {
  readonly messages: Message[] = [];

  [PARTS](): unknown[] {
    return this.messages.map(({ from, to, tag, values, receiver, isTaken }) => [
      ...[from, to, tag, isTaken, receiver !== null],
      ...(values ?? ['not sent']),
    ]);
  }

  /** The message that the other side began, or a new one. */
  begun(from: number, to: number, tag: number, side: 'sender' | 'receiver'): Message {
    const known = this.messages.find(
      message => message.from === from && message.to === to && message.tag === tag && message[side] === null,
    );
    if (known) return known;
    const message: Message = {
      ...{ from, to, tag, values: null },
      ...{ sender: null, receiver: null, isTaken: false },
    };
    this.messages.push(message);
    return message;
  }
}

/** One rank's end of the network, as src/ranks/exchange.ts has it. */
export class FakeExchange {
  readonly #network: Network;
  readonly #rank: number;
  readonly #cellsAt: CellsAt;
  #mine: Message[] = [];

  constructor(network: Network, rank: number, cellsAt: CellsAt) {
    this.#network = network;
    this.#rank = rank;
    this.#cellsAt = cellsAt;
  }

  [PARTS](): unknown[] {
    return [this.#rank, this.#mine.length];
  }

  *receive(from: number, offset: number, bytes: number, tag: number): Flow {
    yield new Begin(`receives ${tag} from rank ${from}`);
    const message = this.#network.begun(from, this.#rank, tag, 'receiver');
    message.receiver = this.#cellsAt(offset, bytes);
    for (const [region, i] of message.receiver) region[i] = Number.NaN;
    this.#mine.push(message);
    return undefined;
  }

  *send(to: number, offset: number, bytes: number, tag: number): Flow {
    yield new Begin(`sends ${tag} to rank ${to}`);
    const { memory } = running.world!;
    const message = this.#network.begun(this.#rank, to, tag, 'sender');
    const cells = this.#cellsAt(offset, bytes);
    message.values = cells.map(([region, i]) => region[i]!);
    message.sender = { cells, bit: running.thread!.bit };
    memory.learn(memory.bitOf(`messages ${this.#rank} to ${to}`), running.thread!.bit);
    this.#mine.push(message);
    return undefined;
  }

  /** Whether all messages can end now: those to this rank have been sent, those from it were taken. */
  get isReady(): boolean {
    return this.#mine.every(({ to, values, isTaken }) => (to === this.#rank ? values !== null : isTaken));
  }

  /** Whether a message can be taken. */
  get hasArrived(): boolean {
    return this.#mine.some(({ to, values, isTaken }) => to === this.#rank && values !== null && !isTaken);
  }

  /** Takes what has been sent. Returns whether nothing is left to wait for. */
  isDone(): boolean {
    const { memory } = running.world!;
    for (const message of this.#mine) if (message.to === this.#rank) this.#take(message);
    if (!this.isReady) return false;
    for (const { to } of this.#mine) {
      if (to !== this.#rank) memory.learn(running.thread!.bit, memory.bitOf(`taken by ${to}`));
    }
    this.#mine = [];
    const { messages } = this.#network;
    for (let i = messages.length - 1; i >= 0; i--) if (messages[i]!.isTaken) messages.splice(i, 1);
    return true;
  }

  waitingFor(): number[] {
    const open = this.#mine.filter(({ isTaken }) => !isTaken);
    return [...new Set(open.map(({ from, to }) => (from === this.#rank ? to : from)))].sort();
  }

  #take(message: Message): void {
    const { from, values, sender, receiver, isTaken } = message;
    if (values === null || isTaken) return;
    const world = running.world!;
    const { memory } = world;
    const actor = memory.actor;
    memory.actor = sender!.bit;
    const last = sender!.cells.map(([region, i]) => region[i]!);
    memory.actor = actor;
    world.check(
      String(last) === String(values),
      'messages stay',
      `a message from rank ${from} has changed while it left: ${values} to ${last}`,
    );
    memory.learn(running.thread!.bit, memory.bitOf(`messages ${from} to ${this.#rank}`));
    for (const [i, [region, at]] of receiver!.entries()) region[at] = values[i]!;
    memory.learn(memory.bitOf(`taken by ${this.#rank}`), running.thread!.bit);
    message.isTaken = true;
    world.forgetDescriptions();
  }
}

/** Begins to send or to receive. */
class Begin implements Operation {
  readonly #what: string;

  constructor(what: string) {
    this.#what = what;
  }

  get choices() {
    return ONE_STEP;
  }

  label() {
    return this.#what;
  }

  run() {}
}

/** A nap of src/ranks/wait.ts: ends when there is something to see, or by its own time when nothing else happens. */
export class Nap implements Operation {
  readonly #exchange: FakeExchange;
  readonly #isPoisoned: () => boolean;
  readonly #due: number;

  /** @param due when it ends by itself */
  constructor(exchange: FakeExchange, isPoisoned: () => boolean, due: number) {
    this.#exchange = exchange;
    this.#isPoisoned = isPoisoned;
    this.#due = due;
  }

  [PARTS](): unknown[] {
    return ['nap', this.#exchange];
  }

  get choices() {
    const { isReady, hasArrived } = this.#exchange;
    if (isReady || hasArrived || this.#isPoisoned()) return ONE_STEP;
    return running.world!.now < this.#due ? (['timer'] as const) : [];
  }

  label() {
    return 'naps';
  }

  run(world: World, _: Thread, choice: number): void {
    if (this.choices[choice] === 'timer') world.now = this.#due;
  }
}
