/**
 * Dropout and noise as machine code. The keys of the rows are computed first, a row a lane, and kept in the scratch; then each
 * row's elements, a column a lane.
 */
import { dropped, mix, noisy, rowKey } from '../formulas/draws.js';
import { type Graph, traceGraph } from '../formulas/graph.js';
import { LoweredFormula, type Source } from './lower.js';
import { at, type Machine, type Vector } from './machine.js';
import { argument, GENERAL, RowKernel, type RowShape } from './row-kernel.js';

const { COUNT, FIRST, SECOND, SCRATCH, NEXT: KEYS } = GENERAL;

/** Most rows of a call: as many keys have room in the scratch. */
export const MOST_DRAWN_ROWS = 1024;
const KEY_BYTES = MOST_DRAWN_ROWS * 4;

/** Words of the arguments. */
export const DROP_WORDS = {
  ...{ to: 0, from: 1, rows: 2, scratch: 3, key: 4, row: 5, column: 6, threshold: 7, scale: 8 },
} as const;
export const NOISE_WORDS = {
  ...{ to: 0, from: 1, rows: 2, scratch: 3, key: 4, row: 5, column: 6, deviation: 7 },
} as const;

/** to ← scale · from, or 0 where a unit is dropped. */
export function dropCode(machine: Machine, shape: RowShape): Uint8Array {
  return drawCode(machine, shape, DROP_WORDS, {
    graph: traceGraph((o, [x, column, key, threshold, scale]) => {
      return [dropped(o, x!, column!, key!, threshold!, scale!)];
    }, 5),
    keys: 1,
    factors: [DROP_WORDS.threshold, DROP_WORDS.scale],
  });
}

/** to ← from + deviation · n. */
export function noiseCode(machine: Machine, columns: number): Uint8Array {
  return drawCode(machine, { columns, stride: columns }, NOISE_WORDS, {
    graph: traceGraph((o, [x, column, key, second, deviation]) => {
      return [noisy(o, x!, column!, key!, second!, deviation!)];
    }, 5),
    keys: 2,
    factors: [NOISE_WORDS.deviation],
  });
}

/** What is drawn for an element. */
interface Drawing {
  /** Its inputs: the element, its column, one or two keys of its row, factors. */
  graph: Graph;
  keys: 1 | 2;
  /** Words of the factors, the same for all elements. */
  factors: readonly number[];
}

function drawCode(
  machine: Machine,
  { columns, stride }: RowShape,
  words: typeof NOISE_WORDS | typeof DROP_WORDS,
  { graph, keys, factors }: Drawing,
): Uint8Array {
  const { lanes } = machine;
  const kernel = new RowKernel(machine, columns, { to: FIRST, from: SECOND, scratch: SCRATCH }, words);
  writeKeys(machine, words, keys);

  const [first, place, step] = kernel.reserve(3) as [Vector, Vector, Vector];
  const rowKeys = kernel.reserve(keys);
  const factorsAt = kernel.reserve(factors.length);
  machine.loadConstant(step, machine.constant(lanes));
  loadLanesFrom(machine, first, words.column, place);
  for (const [i, factor] of factors.entries()) machine.loadAll(factorsAt[i]!, argument(factor));
  const sources: Source[] = ['loaded', place, ...rowKeys, ...factorsAt];
  const formula = kernel.lower(graph, sources, at(SCRATCH, 2 * KEY_BYTES));
  machine.move(KEYS, SCRATCH);
  const begin = () => {
    for (const [i, key] of rowKeys.entries()) machine.loadAll(key, at(KEYS, i * KEY_BYTES));
    machine.addConstant(KEYS, 4);
    machine.binary('or', place, first, first);
  };
  kernel.rows(
    words.rows,
    { [FIRST]: stride, [SECOND]: stride },
    (offset, count) => {
      const [result] = formula.compute(to => machine.load(to, at(SECOND, offset), count));
      machine.store(at(FIRST, offset), result!, count);
      machine.binary('addWords', place, place, step);
    },
    { begin },
  );
  return machine.bytes();
}

/** The scratch ← a key of each row; and if there are two, the second ones behind the first. */
function writeKeys(machine: Machine, words: typeof NOISE_WORDS | typeof DROP_WORDS, keys: 1 | 2): void {
  const { lanes, vectors } = machine;
  const [row, key, step] = [0, 1, 2] as const;
  const rest = range(3, vectors);
  machine.loadAll(key, argument(words.key));
  machine.loadConstant(step, machine.constant(lanes));
  loadLanesFrom(machine, row, words.row, rest[0]!);
  const graph = traceGraph((o, [r, k]) => {
    const first = rowKey(o, r!, k!);
    return keys === 1 ? [first] : [first, mix(o, first)];
  }, 2);
  const formula = new LoweredFormula(machine, graph, { registers: rest, memory: null }, [row, key]);
  machine.move(KEYS, SCRATCH);
  machine.loadWord(COUNT, argument(words.rows));
  machine.addConstant(COUNT, lanes - 1);
  machine.shiftRight(COUNT, Math.log2(lanes));
  machine.jumpIf(COUNT, 'equal', 0, 'keys end');
  machine.label('keys');
  for (const [i, result] of formula.compute().entries()) machine.store(at(KEYS, i * KEY_BYTES), result);
  machine.binary('addWords', row, row, step);
  machine.addConstant(KEYS, lanes * 4);
  machine.countDown(COUNT, 'keys');
  machine.label('keys end');
}

/** Each lane ← its number + a word. */
function loadLanesFrom(machine: Machine, to: Vector, word: number, temporary: Vector): void {
  machine.loadConstant(temporary, machine.laneConstant(range(0, machine.lanes)));
  machine.loadAll(to, argument(word));
  machine.binary('addWords', to, to, temporary);
}

const range = (first: number, end: number) => Array.from({ length: end - first }, (_, i) => first + i);
