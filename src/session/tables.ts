/** The tables of a job with the weights of their rows, and how they get into its memory. Runs on the coordinator of a rank. */
import type { Dataset } from '../data/dataset.js';
import type { TableName } from '../protocol/tasks.js';
import type { Arena, Table } from './arena.js';
import { type Emphasis, NO_EMPHASIS, weighRows } from './emphasis.js';

export type Tables = Record<TableName, Table | null>;

export const TABLE_NAMES = ['training', 'validation'] as const satisfies readonly TableName[];

/** @param emphasis of the training rows; figures are about rows as they are. @throws usage if weights are not possible */
export function tablesOf(
  { training, validation }: Record<TableName, Dataset | null>,
  emphasis: Emphasis = NO_EMPHASIS,
): Tables {
  return {
    training: training && tableOf(training, emphasis),
    validation: validation && tableOf(validation, NO_EMPHASIS),
  };
}

function tableOf(data: Dataset, { classWeights, labelWeights, smoothing }: Emphasis): Table {
  return { data, ...weighRows(data, classWeights), labelWeights, smoothing };
}

export function fillTables(arena: Arena, tables: Tables): void {
  for (const name of TABLE_NAMES) {
    const table = tables[name];
    if (table && arena.tables[name]) arena.fill(name, table);
  }
}
