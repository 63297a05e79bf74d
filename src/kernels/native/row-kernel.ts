/** The loop of kernels over rows: in each row over its vectors, the last of which may be a part. */
import type { Graph } from '../formulas/graph.js';
import { LoweredFormula, type Source } from './lower.js';
import { at, ENTRY, type General, type Machine, MEMORY, type Place, type Vector } from './machine.js';

/** Rows of so many columns, `stride` columns apart. */
export interface RowShape {
  columns: number;
  stride: number;
}

/** `64 columns of 128`. */
export function rowsText({ columns, stride }: RowShape): string {
  const text = columns === 1 ? '1 column' : `${columns} columns`;
  return stride === columns ? text : `${text} of ${stride}`;
}

/** General registers of these kernels. */
export const GENERAL = {
  ROWS: 0,
  COUNT: 1,
  FIRST: 2,
  SECOND: 3,
  THIRD: 4,
  TEMPORARY: 5,
  SCRATCH: 6,
  NEXT: 7,
} as const;
const { ROWS, COUNT, TEMPORARY } = GENERAL;

/** Vectors of a row that are written out one after the other; more of them run in a loop. */
const MOST_UNROLLED = 4;

export const argument = (word: number): Place => at(ENTRY, word * 4);

/** What a kernel does beside the body. */
interface AroundRows {
  /** At the beginning of each row. */
  begin?: () => void;
  /** Of pointers that each row sets anew: how many bytes a vector of floats takes. */
  bytes?: Readonly<Record<General, number>>;
  /** After the last row. */
  end?: () => void;
}

export class RowKernel {
  readonly #machine: Machine;
  readonly #columns: number;
  #reserved = 0;

  /** @param pointers registers with addresses that are arguments, by name */
  constructor(
    machine: Machine,
    columns: number,
    pointers: Readonly<Record<string, General>>,
    words: Readonly<Record<string, number>>,
  ) {
    this.#machine = machine;
    this.#columns = columns;
    machine.enter();
    const rest = columns % machine.lanes;
    if (rest > 0) machine.useCount(rest, TEMPORARY);
    for (const [name, register] of Object.entries(pointers)) {
      machine.loadWord(register, argument(words[name]!));
      machine.add(register, MEMORY);
    }
  }

  /** Vector registers for the kernel itself. */
  reserve(count: number): Vector[] {
    return Array.from({ length: count }, () => this.#reserved++);
  }

  /** A formula, with all registers that are left. @param memory where its results may wait */
  lower(graph: Graph, sources: readonly Source[], memory: Place | null = null): LoweredFormula {
    const { vectors } = this.#machine;
    const registers = Array.from({ length: vectors - this.#reserved }, (_, i) => this.#reserved + i);
    return new LoweredFormula(this.#machine, graph, { registers, memory }, sources);
  }

  /**
   * @param strides columns from one row to the next, by the register that points at it; 0 begins again
   * @param body what is done at an offset from the pointers, in bytes of floats, for so many lanes
   */
  rows(
    rowsWord: number,
    strides: Readonly<Record<General, number>>,
    body: (offset: number, count: number) => void,
    { begin, bytes = {}, end }: AroundRows = {},
  ): void {
    const machine = this.#machine;
    const vector = machine.lanes * 4;
    const pointers = Object.entries(strides).map(([register, stride]) => [Number(register), stride] as const);
    const moved = new Map(Object.entries(bytes).map(([register, size]) => [Number(register), size]));
    for (const [register] of pointers) moved.set(register, vector);
    machine.loadWord(ROWS, argument(rowsWord));
    machine.jumpIf(ROWS, 'equal', 0, 'end');
    machine.label('row');
    begin?.();
    const vectors = eachVector(
      machine,
      { columns: this.#columns, lanes: machine.lanes },
      moved,
      'vectors',
      body,
    );
    for (const [register, stride] of pointers) machine.addConstant(register, stride * 4 - vectors * vector);
    machine.countDown(ROWS, 'row');
    machine.label('end');
    end?.();
    machine.leave();
  }
}

/**
 * The vectors of one row, so many lanes each: up to a few are written out one after the other, more of them run in a loop,
 * which moves the pointers.
 * @param pointers bytes that each moves by for a vector
 * @param label of the loop, the only one of that name
 * @param body what is done at an offset from the pointers, in bytes of floats, for so many lanes
 * @returns vectors that the pointers have moved by
 */
export function eachVector(
  machine: Machine,
  { columns, lanes }: { columns: number; lanes: number },
  pointers: ReadonlyMap<General, number>,
  label: string,
  body: (offset: number, count: number) => void,
): number {
  const whole = Math.floor(columns / lanes);
  const rest = columns % lanes;
  const loops = whole > MOST_UNROLLED ? Math.floor(whole / MOST_UNROLLED) : 0;
  if (loops > 0) {
    machine.set(COUNT, loops);
    machine.label(label);
    for (let i = 0; i < MOST_UNROLLED; i++) body(i * lanes * 4, lanes);
    for (const [register, bytes] of pointers) machine.addConstant(register, MOST_UNROLLED * bytes);
    machine.countDown(COUNT, label);
  }
  const left = whole - loops * MOST_UNROLLED;
  for (let i = 0; i < left; i++) body(i * lanes * 4, lanes);
  if (rest > 0) body(left * lanes * 4, rest);
  return loops * MOST_UNROLLED;
}
