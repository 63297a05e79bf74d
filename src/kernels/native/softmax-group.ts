/**
 * Softmax with cross-entropy of several rows at once, a row a lane, for few classes: the net inputs are transposed to the
 * scratch, a vector for each class, and δ back from there. A row's sum runs over its classes in order.
 */
import { type Graph, traceGraph } from '../formulas/graph.js';
import {
  columnDelta,
  countIfRight,
  rowLoss,
  scanFirst,
  scanOwn,
  softmaxTerm,
  weightedColumnDelta,
  weightedRowLoss,
} from '../formulas/softmax.js';
import { LoweredFormula, type Source } from './lower.js';
import { at, type Machine, type Place, type Vector } from './machine.js';
import { argument } from './row-kernel.js';
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
  SCRATCH,
  TEMPORARY,
  WEIGHTS,
  Z,
} from './softmax-layout.js';

/** While the terms are computed. */
const [MOST, TOTAL, BELOW, TERMS_FREE]: readonly Vector[] = [0, 1, 2, 3];
/** While δ is. */
const [FACTOR, LABEL, DELTA_FREE]: readonly Vector[] = [0, 1, 2];
/** While sums are. */
const [SUM, PART, OTHER]: readonly Vector[] = [0, 1, 2];

export class SoftmaxGroup {
  readonly #machine: Machine;
  readonly #classes: number;
  /** Rows of the group; all of the machine's lanes or a part of them, a multiple of four. */
  readonly #rows: number;
  readonly #flags: RowFlags;

  constructor(machine: Machine, classes: number, rows: number, flags: RowFlags) {
    this.#machine = machine;
    this.#classes = classes;
    this.#rows = rows;
    this.#flags = flags;
  }

  /** Writes the code of a group, which leaves the pointers at the next. */
  write(): void {
    const machine = this.#machine;
    this.#bringIn();
    this.#scan();
    this.#terms();
    this.#deltas();
    this.#bringOut();
    this.#note();
    machine.addConstant(Z, this.#rows * this.#classes * 4);
    machine.addConstant(LABELS, this.#rows * 4);
    if (this.#flags.hasWeights) machine.addConstant(WEIGHTS, this.#rows * 4);
    if (this.#flags.hasCounts) machine.addConstant(COUNTS, this.#rows * 4);
  }

  /** The scratch's columns ← z + bias. */
  #bringIn(): void {
    const machine = this.#machine;
    this.#eachSquare((registers, temporaries, first, count) => {
      for (const [row, register] of registers.entries()) {
        if (row >= this.#rows) machine.zero(register);
        else {
          machine.load(register, this.#place(row, first), count);
          machine.addMemory(register, at(BIAS, first * 4), count);
        }
      }
      const columns = machine.transpose(registers, temporaries);
      for (let j = 0; j < count; j++) machine.store(this.#column(first + j), columns[j]!);
    });
  }

  /** z ← the scratch's columns. */
  #bringOut(): void {
    const machine = this.#machine;
    this.#eachSquare((registers, temporaries, first, count) => {
      for (const [j, register] of registers.entries()) {
        if (j < count) machine.load(register, this.#column(first + j));
        else machine.zero(register);
      }
      const rows = machine.transpose(registers, temporaries);
      for (let row = 0; row < this.#rows; row++) machine.store(this.#place(row, first), rows[row]!, count);
    });
  }

  /** Squares of registers, one after the other along the rows. */
  #eachSquare(
    run: (registers: readonly Vector[], temporaries: readonly Vector[], first: number, count: number) => void,
  ): void {
    const { lanes } = this.#machine;
    const registers = range(0, lanes);
    const temporaries = range(lanes, lanes + 4);
    for (let first = 0; first < this.#classes; first += lanes) {
      run(registers, temporaries, first, Math.min(lanes, this.#classes - first));
    }
  }

  /** The largest net input, its first column, and the label's net input of each row, to their places. */
  #scan(): void {
    const machine = this.#machine;
    const graph = traceGraph((o, [label, ...columns]) => {
      let most = o.constant(Number.NEGATIVE_INFINITY);
      let first = o.word(-1);
      let own = o.constant(0);
      for (const [j, a] of columns.entries()) {
        const column = o.word(j);
        first = scanFirst(o, first, most, a, column);
        own = scanOwn(o, own, a, column, label!);
        most = o.larger(most, a);
      }
      return [most, first, own];
    }, this.#classes + 1);
    const sources = range(0, this.#classes + 1).map(() => 'loaded' as const);
    const formula = this.#lower(graph, 0, sources);
    const results = formula.compute((to, input) => {
      if (input === 0) machine.load(to, at(LABELS), this.#rows);
      else machine.load(to, this.#column(input - 1));
    });
    for (const [i, place] of [PLACES.most, PLACES.first, PLACES.own].entries()) {
      machine.store(place, results[i]!);
    }
  }

  /** The columns ← e^(a − most); FACTOR's place ← their sum. */
  #terms(): void {
    const machine = this.#machine;
    const { weighs } = this.#flags;
    machine.load(MOST!, PLACES.most);
    machine.zero(TOTAL!);
    machine.zero(BELOW!);
    const graph = traceGraph((o, [a, most]) => [softmaxTerm(o, a!, most!), o.subtract(a!, most!)], 2);
    const formula = this.#lower(graph, TERMS_FREE!, ['loaded', MOST!]);
    machine.move(POINTER, SCRATCH);
    machine.set(TEMPORARY, this.#classes);
    machine.label(`terms of ${this.#rows}`);
    const [e, shifted] = formula.compute(to => machine.load(to, at(POINTER)));
    machine.store(at(POINTER), e!);
    machine.binary('add', TOTAL!, TOTAL!, e!);
    if (weighs) machine.binary('subtract', BELOW!, BELOW!, shifted!);
    machine.addConstant(POINTER, machine.lanes * 4);
    machine.countDown(TEMPORARY, `terms of ${this.#rows}`);
    machine.store(PLACES.lanes, TOTAL!);
    if (weighs) machine.store(PLACES.below, BELOW!);
  }

  /** The columns ← δ. */
  #deltas(): void {
    const machine = this.#machine;
    const { weighs } = this.#flags;
    machine.loadConstant(LABEL!, one(machine));
    machine.load(DELTA_FREE!, PLACES.lanes);
    machine.binary('divide', FACTOR!, LABEL!, DELTA_FREE!);
    machine.load(LABEL!, at(LABELS), this.#rows);
    const graph = traceGraph((o, [e, factor, column, label, weight, own, each]) => {
      return weighs
        ? [weightedColumnDelta(o, e!, factor!, column!, label!, weight!, own!, each!)]
        : [columnDelta(o, e!, factor!, column!, label!)];
    }, 7);
    const sources: Source[] = ['loaded', FACTOR!, 'loaded', LABEL!, 'loaded', 'loaded', 'loaded'];
    const formula = this.#lower(graph, DELTA_FREE!, sources);
    for (let j = 0; j < this.#classes; j++) {
      const [delta] = formula.compute((to, input) => {
        if (input === 0) machine.load(to, this.#column(j));
        else if (input === 2) machine.loadConstant(to, machine.constant(j));
        else this.#loadWeight(to, input - 4);
      });
      machine.store(this.#column(j), delta!);
    }
  }

  /** The rows' weight, ownPart or eachPart, or count. */
  #loadWeight(to: Vector, i: number): void {
    const machine = this.#machine;
    const { hasWeights, hasCounts } = this.#flags;
    if (i === 1) machine.loadAll(to, argument(CROSS_ENTROPY_WORDS.ownPart));
    else if (i === 2) machine.loadAll(to, argument(CROSS_ENTROPY_WORDS.eachPart));
    else if (i === 0 && hasWeights) machine.load(to, at(WEIGHTS), this.#rows);
    else if (i === 3 && hasCounts) machine.load(to, at(COUNTS), this.#rows);
    else machine.loadConstant(to, one(machine));
  }

  /** Adds E of the rows, and the counts of those that are right, four rows at a time. */
  #note(): void {
    const machine = this.#machine;
    const { weighs } = this.#flags;
    const graph = traceGraph((o, values) => {
      const [most, own, total, below, weight, ownPart, eachPart, count, first, label] = values;
      const loss = weighs
        ? weightedRowLoss(o, most!, own!, total!, below!, weight!, ownPart!, eachPart!)
        : rowLoss(o, most!, own!, total!);
      return [loss, countIfRight(o, first!, label!, count!)];
    }, 10);
    const formula = this.#lower(
      graph,
      0,
      range(0, 10).map(() => 'loaded' as const),
    );
    const places: readonly (Place | null)[] = [
      ...[PLACES.most, PLACES.own, PLACES.lanes, PLACES.below],
      ...[null, null, null, null, PLACES.first],
    ];
    const [loss, right] = formula.compute((to, input) => {
      const place = places[input];
      if (place) machine.load(to, place);
      else if (input === 9) machine.load(to, at(LABELS), this.#rows);
      else this.#loadWeight(to, input - 4);
    });
    machine.store(PLACES.terms, loss!);
    machine.store(PLACES.right, right!);
    machine.loadDouble(SUM!, PLACES.loss);
    for (let row = 0; row < this.#rows; row += 4) {
      machine.zero(PART!);
      machine.addFloats(PART!, at(SCRATCH, PLACES.terms.offset + row * 4), 4, OTHER!);
      machine.addDouble(SUM!, PART!);
    }
    machine.storeDouble(PLACES.loss, SUM!);
    machine.loadDouble(SUM!, at(METRICS, 8));
    machine.addFloats(SUM!, PLACES.right, this.#rows, OTHER!);
    machine.storeDouble(at(METRICS, 8), SUM!);
  }

  #lower(graph: Graph, first: Vector, sources: readonly Source[]): LoweredFormula {
    const registers = range(first, this.#machine.vectors);
    return new LoweredFormula(this.#machine, graph, { registers, memory: PLACES.waiting }, sources);
  }

  #column(j: number): Place {
    return at(SCRATCH, j * this.#machine.lanes * 4);
  }

  #place(row: number, column: number): Place {
    return at(Z, (row * this.#classes + column) * 4);
  }
}

const range = (first: number, end: number) => Array.from({ length: end - first }, (_, i) => first + i);
