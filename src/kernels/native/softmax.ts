/** Softmax, and its cross-entropy with δ, as machine code. */
import { type Machine, MEMORY } from './machine.js';
import { argument } from './row-kernel.js';
import { SoftmaxGroup } from './softmax-group.js';
import {
  BIAS,
  COUNTS,
  CROSS_ENTROPY_WORDS,
  LABELS,
  METRICS,
  PLACES,
  ROWS,
  type RowFlags,
  SCRATCH,
  SOFTMAX_WORDS,
  TEMPORARY,
  WEIGHTS,
  Z,
} from './softmax-layout.js';
import { SoftmaxRow } from './softmax-rows.js';

/** z ← softmax(z + bias) a row. */
export function softmaxCode(machine: Machine, classes: number): Uint8Array {
  begin(machine, classes, { z: Z, bias: BIAS, scratch: SCRATCH });
  repeat(machine, SOFTMAX_WORDS.rows, () => new SoftmaxRow(machine, classes, 'row').softmax());
  machine.leave();
  return machine.bytes();
}

/** What the code of cross-entropy depends on. */
export interface CrossEntropyVariant {
  classes: number;
  /** Whether there are full vectors of rows. */
  hasGroups: boolean;
  /** Rows, a multiple of four, that are computed together after those. */
  part: number;
  /** Whether there are rows after those, which are computed one by one. */
  hasRows: boolean;
  flags: RowFlags;
}

/** delta ← weight (softmax(delta + bias) − target); adds the sums. Groups of rows first, then a part of one, then single rows. */
export function crossEntropyCode(
  machine: Machine,
  { classes, hasGroups, part, hasRows, flags }: CrossEntropyVariant,
): Uint8Array {
  const { lanes } = machine;
  const pointers = { z: Z, bias: BIAS, scratch: SCRATCH, y: LABELS, metrics: METRICS };
  begin(machine, classes, { ...pointers, weights: WEIGHTS, counts: COUNTS });
  if (part > 0) machine.useCount(part, TEMPORARY);
  machine.zero(0);
  machine.storeDouble(PLACES.loss, 0);
  if (hasGroups) {
    const group = new SoftmaxGroup(machine, classes, lanes, flags);
    repeat(machine, CROSS_ENTROPY_WORDS.groups, () => group.write());
  }
  if (part > 0) new SoftmaxGroup(machine, classes, part, flags).write();
  if (hasRows) {
    const row = new SoftmaxRow(machine, classes, 'row');
    repeat(machine, CROSS_ENTROPY_WORDS.rows, () => row.crossEntropy(flags));
  }
  machine.loadDouble(0, PLACES.loss);
  machine.loadDouble(1, { base: METRICS, offset: 0 });
  machine.addDouble(0, 1);
  machine.storeDouble({ base: METRICS, offset: 0 }, 0);
  machine.leave();
  return machine.bytes();
}

/** @param pointers registers with addresses, by the word that they are in */
function begin(
  machine: Machine,
  classes: number,
  pointers: Partial<Record<keyof typeof CROSS_ENTROPY_WORDS, number>>,
): void {
  machine.enter();
  for (const count of new Set([classes % machine.lanes, classes % 4])) {
    if (count > 0) machine.useCount(count, TEMPORARY);
  }
  for (const [name, register] of Object.entries(pointers)) {
    machine.loadWord(register, argument(CROSS_ENTROPY_WORDS[name as keyof typeof CROSS_ENTROPY_WORDS]));
    machine.add(register, MEMORY);
  }
}

/** As often as the word says. */
function repeat(machine: Machine, word: number, write: () => void): void {
  machine.loadWord(ROWS, argument(word));
  machine.jumpIf(ROWS, 'equal', 0, `after ${word}`);
  machine.label(`each ${word}`);
  write();
  machine.countDown(ROWS, `each ${word}`);
  machine.label(`after ${word}`);
}
