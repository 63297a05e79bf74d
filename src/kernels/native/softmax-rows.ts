/**
 * Rows of softmax one by one: z ← z + bias, e^(z − most), the sum in four parts as WebAssembly has it, then the row times a
 * factor. For predictions, for many classes, and for the last rows of a batch.
 */
import { traceGraph } from '../formulas/graph.js';
import { negative } from '../formulas/math.js';
import { countIfRight, logOfTotal, softmaxTerm } from '../formulas/softmax.js';
import { LoweredFormula, type Source } from './lower.js';
import { at, type Machine, type Place, type Vector } from './machine.js';
import { argument, eachVector } from './row-kernel.js';
import {
  BIAS,
  COUNTS,
  CROSS_ENTROPY_WORDS,
  LABELS,
  METRICS,
  one,
  PLACES,
  POINTER,
  type RowFlags,
  WEIGHTS,
  Z,
} from './softmax-layout.js';

/** The bits of the least finite float. */
const LEAST = 0xff7fffff;
/** A column is remembered as this minus its number: the larger, the earlier. */
const FIRST_COLUMN = 2 ** 30;

const [MOST, FIRST, REMAINING, TOTAL]: readonly Vector[] = [0, 1, 2, 1];
const FACTOR: Vector = 2;
const [T, U, V]: readonly Vector[] = [4, 5, 6];

/** Writes the code of a row, which leaves the pointers at the next. */
export class SoftmaxRow {
  readonly #machine: Machine;
  readonly #classes: number;
  /** Labels of loops, one for each. */
  readonly #name: string;

  constructor(machine: Machine, classes: number, name: string) {
    this.#machine = machine;
    this.#classes = classes;
    this.#name = name;
  }

  /** z ← softmax(z + bias). */
  softmax(): void {
    const machine = this.#machine;
    this.#addBias();
    this.#terms(false);
    this.#sum();
    machine.loadConstant(T!, one(machine));
    machine.binary('divide', FACTOR, T!, TOTAL!);
    this.#scale(null);
    machine.addConstant(Z, this.#classes * 4);
  }

  /** delta ← softmax(delta + bias) − target, times the row's weight; adds to the sums. */
  crossEntropy(flags: RowFlags): void {
    const machine = this.#machine;
    this.#addBias();
    machine.loadWord(POINTER, at(LABELS));
    machine.multiplyConstant(POINTER, POINTER, 4);
    machine.add(POINTER, Z);
    machine.loadAll(T!, at(POINTER));
    machine.store(PLACES.own, T!);
    if (flags.weighs) this.#noteBelow();
    this.#terms(true);
    machine.store(PLACES.most, MOST!);
    machine.store(PLACES.first, FIRST!);
    this.#sum();
    this.#scaleByWeight(flags);
    this.#note(flags);
    machine.addConstant(Z, this.#classes * 4);
    machine.addConstant(LABELS, 4);
    if (flags.hasWeights) machine.addConstant(WEIGHTS, 4);
    if (flags.hasCounts) machine.addConstant(COUNTS, 4);
  }

  /** z ← z + bias; MOST ← the largest, in all lanes. */
  #addBias(): void {
    const machine = this.#machine;
    const { lanes } = machine;
    machine.loadConstant(MOST!, machine.constant(LEAST));
    const moved = new Map([Z, BIAS].map(pointer => [pointer, lanes * 4]));
    const vectors = this.#each(lanes, moved, 'bias', (offset, count) => {
      machine.load(T!, at(Z, offset), count);
      machine.addMemory(T!, at(BIAS, offset), count);
      machine.store(at(Z, offset), T!, count);
      if (count === lanes) machine.binary('larger', MOST!, MOST!, T!);
      else {
        const words = (inside: number, outside: number) =>
          Array.from({ length: lanes }, (_, i) => (i < count ? inside : outside));
        machine.binary('and', U!, T!, machine.laneConstant(words(0xffffffff, 0)));
        machine.binary('or', V!, U!, machine.laneConstant(words(0, LEAST)));
        machine.binary('larger', MOST!, MOST!, V!);
      }
    });
    for (const pointer of moved.keys()) machine.addConstant(pointer, -vectors * lanes * 4);
    this.#acrossLanes('larger', MOST!);
  }

  /** Each lane ← the largest of all. */
  #acrossLanes(kind: 'larger' | 'largerWords', vector: Vector): void {
    const machine = this.#machine;
    machine.store(PLACES.lanes, vector);
    for (let i = 0; i < machine.lanes; i++) {
      machine.loadAll(T!, this.#lane(PLACES.lanes, i));
      machine.binary(kind, vector, vector, T!);
    }
  }

  /** Σ (most − z), one after the other. */
  #noteBelow(): void {
    const machine = this.#machine;
    machine.zero(U!);
    const vectors = this.#each(1, new Map([[Z, 4]]), 'below', offset => {
      machine.load(T!, at(Z, offset), 1);
      machine.binary('subtract', T!, MOST!, T!);
      machine.binary('add', U!, U!, T!);
    });
    machine.addConstant(Z, -vectors * 4);
    machine.store(PLACES.below, U!);
  }

  /** z ← e^(z − most); FIRST, if it is asked for: the first column of the largest, in all lanes. */
  #terms(findsFirst: boolean): void {
    const machine = this.#machine;
    const { lanes } = machine;
    const graph = traceGraph((o, [a, most, remaining]) => {
      const e = softmaxTerm(o, a!, most!);
      return findsFirst ? [e, o.choose(o.isEqual(a!, most!), remaining!, o.constant(0))] : [e];
    }, 3);
    if (findsFirst) {
      const words = Array.from({ length: lanes }, (_, i) => FIRST_COLUMN - i);
      machine.loadConstant(REMAINING!, machine.laneConstant(words));
      machine.zero(FIRST!);
    }
    const registers = range(3, machine.vectors);
    const room = { registers, memory: PLACES.waiting };
    const formula = new LoweredFormula(machine, graph, room, ['loaded', MOST!, REMAINING!]);
    const vectors = this.#each(lanes, new Map([[Z, lanes * 4]]), 'terms', (offset, count) => {
      const [e, hit] = formula.compute(to => machine.load(to, at(Z, offset), count));
      machine.store(at(Z, offset), e!, count);
      if (!findsFirst) return;
      machine.binary('largerWords', FIRST!, FIRST!, hit!);
      machine.loadConstant(hit!, machine.constant(lanes));
      machine.binary('subtractWords', REMAINING!, REMAINING!, hit!);
    });
    machine.addConstant(Z, -vectors * lanes * 4);
    if (findsFirst) this.#acrossLanes('largerWords', FIRST!);
  }

  /** TOTAL ← Σ z in all lanes: of each fourth column, then ((0 + 2) + (1 + 3)). */
  #sum(): void {
    const machine = this.#machine;
    machine.zero(TOTAL!);
    const vectors = this.#each(4, new Map([[Z, 16]]), 'sum', (offset, count) => {
      machine.load(T!, at(Z, offset), count);
      machine.binary('add', TOTAL!, TOTAL!, T!);
    });
    machine.addConstant(Z, -vectors * 16);
    machine.store(PLACES.lanes, TOTAL!);
    const [first, second] = [TOTAL!, U!].map((to, i) => {
      machine.loadAll(to, this.#lane(PLACES.lanes, i));
      machine.loadAll(T!, this.#lane(PLACES.lanes, i + 2));
      machine.binary('add', to, to, T!);
      return to;
    });
    machine.binary('add', TOTAL!, first!, second!);
  }

  /** z ← FACTOR · z, less a shift. */
  #scale(shift: Vector | null): void {
    const machine = this.#machine;
    const { lanes } = machine;
    const vectors = this.#each(lanes, new Map([[Z, lanes * 4]]), 'scale', (offset, count) => {
      machine.load(T!, at(Z, offset), count);
      machine.binary('multiply', T!, T!, FACTOR);
      if (shift !== null) machine.binary('subtract', T!, T!, shift);
      machine.store(at(Z, offset), T!, count);
    });
    machine.addConstant(Z, -vectors * lanes * 4);
  }

  /** z ← (weight / TOTAL) z, less what the targets are. */
  #scaleByWeight({ weighs, hasWeights }: RowFlags): void {
    const machine = this.#machine;
    if (hasWeights) machine.loadAll(U!, at(WEIGHTS));
    else machine.loadConstant(U!, one(machine));
    machine.binary('divide', FACTOR, U!, TOTAL!);
    if (weighs) {
      machine.loadAll(V!, argument(CROSS_ENTROPY_WORDS.eachPart));
      machine.binary('multiply', V!, U!, V!);
    }
    this.#scale(weighs ? V! : null);
    if (weighs) {
      machine.loadAll(T!, argument(CROSS_ENTROPY_WORDS.ownPart));
      machine.binary('multiply', U!, U!, T!);
    }
    machine.load(T!, at(POINTER), 1);
    machine.binary('subtract', T!, T!, U!);
    machine.store(at(POINTER), T!, 1);
  }

  /** Adds the row's E, and its count if it is right. */
  #note({ weighs, hasWeights, hasCounts }: RowFlags): void {
    const machine = this.#machine;
    const graph = traceGraph((o, [most, own, total, first, label, count, below, ownPart, eachPart]) => {
      const right = countIfRight(o, first!, o.subtractWords(o.word(FIRST_COLUMN), label!), count!);
      const log = logOfTotal(o, total!);
      return weighs
        ? [o.multiply(ownPart!, o.subtract(most!, own!)), o.multiply(eachPart!, below!), log, right]
        : [most!, negative(o, own!), log, right];
    }, 9);
    const loads: Record<number, (to: Vector) => void> = {
      0: to => machine.load(to, PLACES.most),
      1: to => machine.load(to, PLACES.own),
      3: to => machine.load(to, PLACES.first),
      4: to => machine.loadAll(to, at(LABELS)),
      5: to => (hasCounts ? machine.loadAll(to, at(COUNTS)) : machine.loadConstant(to, one(machine))),
      6: to => machine.loadAll(to, PLACES.below),
      7: to => machine.loadAll(to, argument(CROSS_ENTROPY_WORDS.ownPart)),
      8: to => machine.loadAll(to, argument(CROSS_ENTROPY_WORDS.eachPart)),
    };
    const sources: Source[] = Array.from({ length: 9 }, (_, i) => (i === 2 ? TOTAL! : 'loaded'));
    const room = { registers: range(2, machine.vectors), memory: PLACES.waiting };
    const results = new LoweredFormula(machine, graph, room, sources).compute((to, i) => loads[i]!(to));
    const right = results.pop()!;
    for (const [i, term] of results.entries()) machine.store(this.#lane(PLACES.terms, i), term, 1);
    machine.store(PLACES.right, right, 1);
    machine.zero(U!);
    machine.addFloats(U!, PLACES.terms, results.length, T!);
    if (hasWeights) machine.multiplyDouble(U!, at(WEIGHTS), T!);
    machine.loadDouble(V!, PLACES.loss);
    machine.addDouble(V!, U!);
    machine.storeDouble(PLACES.loss, V!);
    machine.loadDouble(V!, at(METRICS, 8));
    machine.addFloats(V!, PLACES.right, 1, T!);
    machine.storeDouble(at(METRICS, 8), V!);
  }

  #lane({ base, offset }: Place, i: number): Place {
    return at(base, offset + i * 4);
  }

  #each(
    lanes: number,
    pointers: ReadonlyMap<number, number>,
    pass: string,
    body: (offset: number, count: number) => void,
  ): number {
    const shape = { columns: this.#classes, lanes };
    return eachVector(this.#machine, shape, pointers, `${this.#name} ${pass}`, body);
  }
}

const range = (first: number, end: number) => Array.from({ length: end - first }, (_, i) => first + i);
