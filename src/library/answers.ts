/** Predictions as a program gets them: classes, values, or lists of them. Pure. */
import type { Dataset } from '../data/dataset.js';
import type { Program } from '../export/program.js';

/** A class, or a number; several for several targets. */
export type Answer = string | number | readonly string[] | readonly number[];

/** The rows of a table (rows, width). */
export function rowsOf(table: Float64Array, width: number): number[][] {
  return Array.from({ length: table.length / width }, (_, i) => [
    ...table.subarray(i * width, (i + 1) * width),
  ]);
}

/** ŷ (rows, outputs) as answers. */
export function answersOf(
  { yHat, outputs }: { yHat: Float64Array; outputs: number },
  { output }: Program,
): Answer[] {
  if (output.kind === 'values') return outputs === 1 ? [...yHat] : rowsOf(yHat, outputs);
  if (output.kind === 'labels') {
    return rowsOf(yHat, outputs).map(row => row.map((p, k) => output.classes[k]![p > 0.5 ? 1 : 0]));
  }
  const { classes } = output;
  if (outputs === 1) return Array.from(yHat, p => classes[p > 0.5 ? 1 : 0]!);
  return rowsOf(yHat, outputs).map(row => classes[row.indexOf(Math.max(...row))]!);
}

/** The targets in the form of answers. */
export function truthOf({ y, truth, outputs, task, rows }: Dataset, { output }: Program): Answer[] {
  if (output.kind === 'values')
    return answersOf({ yHat: truth ?? Float64Array.from(y), outputs }, { output } as Program);
  if (output.kind === 'labels') {
    return rowsOf(Float64Array.from(y), outputs).map(row =>
      row.map((value, k) => output.classes[k]![value > 0.5 ? 1 : 0]),
    );
  }
  if (task === 'multilabel') throw new Error('several labels have another output');
  return Array.from({ length: rows }, (_, i) => output.classes[y[i]!]!);
}
