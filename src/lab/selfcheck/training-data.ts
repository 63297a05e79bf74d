/** Small tables for the trainings of the self-check, of every task and every way that rows are stored. */
import type { Dataset, Task } from '../../data/dataset.js';
import { toReconstruct } from '../../data/reconstruction.js';
import { arrayRows, type Rows, type Span } from '../../data/rows.js';
import { Numbers } from './numbers.js';

export const FEATURES = 6;
/** No multiple of a batch, so that the last one of an epoch is short. */
const ROWS = 61;
/** More than two micro-batches (src/model/walk.ts). */
const MANY_ROWS = 300;
const OUTPUTS = { regression: 3, binary: 1, multiclass: 4, multilabel: 3 } as const;

const names = (count: number) => Array.from({ length: count }, (_, i) => String(i));

interface TableShape {
  rows?: number;
  x?: Rows;
  scale?: number;
  weighs?: boolean;
}

function makeTable(task: Task, { rows = ROWS, x, scale = 1, weighs = false }: TableShape = {}): Dataset {
  const numbers = new Numbers(11);
  const outputs = OUTPUTS[task];
  const isOfClasses = task !== 'regression';
  const length = rows * (task === 'multiclass' ? 1 : outputs);
  const classNumber = () => numbers.below(task === 'multiclass' ? outputs : 2);
  const values = x ?? arrayRows(numbers.array(rows * FEATURES, 2), FEATURES);
  return {
    ...{ source: 'selfcheck', task, rows, features: FEATURES, outputs, scale, x: values },
    y:
      task === 'multiclass'
        ? Int32Array.from({ length }, classNumber)
        : Float32Array.from({ length }, isOfClasses ? classNumber : () => numbers.next()),
    ...(weighs && { weights: Float32Array.from({ length: rows }, (_, i) => ((i * 5 + 2) % 8) / 4) }),
    encoding: {
      kind: 'table',
      columns: names(FEATURES).map(name => ({ name, kind: 'number', mean: 0, deviation: 1, fill: null })),
      targets: names(task === 'multiclass' || task === 'binary' ? 1 : outputs),
      classes: task === 'multiclass' || task === 'binary' ? names(Math.max(2, outputs)) : [],
      ...(task === 'multilabel' && { labelClasses: names(outputs).map((): [string, string] => ['0', '1']) }),
      targetScales: isOfClasses ? [] : names(outputs).map(() => ({ mean: 0, deviation: 1 })),
    },
  };
}

/** A stored row: three numbers and a category of three values, one-hot or with other levels. */
function categories(span: Span): Rows {
  const numbers = new Numbers(12);
  const width = 4;
  const stored = numbers.array(ROWS * width);
  const words = new Uint32Array(stored.buffer);
  for (let row = 0; row < ROWS; row++) words[row * width + 3] = numbers.below(3);
  return {
    ...arrayRows(stored, width),
    spans: [{ kind: 'numbers', count: 3 }, span],
  };
}

const LEVELS: Span = { kind: 'levels', on: [1.5, 0.75, 0.25], off: [-0.5, 0, -1.25] };

function bytes(width = FEATURES): Rows {
  const numbers = new Numbers(13);
  return arrayRows(
    Uint8Array.from({ length: ROWS * width }, () => numbers.below(256)),
    width,
  );
}

/** Of several cells of the grid that images are warped by, and as high as wide in none. */
function images(): Dataset {
  const [height, width] = [9, 10];
  const table = makeTable('multiclass', { x: bytes(height * width), scale: 2 ** -8 });
  const encoding = { ...table.encoding, kind: 'pixels' as const, columns: [], shape: [height, width] };
  return { ...table, features: height * width, encoding };
}

/** Made when they are first needed. */
const MAKERS = {
  numbers: () => makeTable('regression'),
  'weighted numbers': () => makeTable('regression', { weighs: true }),
  answers: () => makeTable('binary'),
  classes: () => makeTable('multiclass'),
  'weighted classes': () => makeTable('multiclass', { weighs: true }),
  labels: () => makeTable('multilabel'),
  'many classes': () => makeTable('multiclass', { rows: MANY_ROWS }),
  bytes: () => makeTable('multiclass', { x: bytes(), scale: 2 ** -8 }),
  images,
  categories: () => makeTable('multiclass', { x: categories({ kind: 'oneHot', values: 3 }) }),
  'scaled categories': () => makeTable('multiclass', { x: categories(LEVELS) }),
  reconstruction: () => toReconstruct(makeTable('regression')),
};
export type TableName = keyof typeof MAKERS;

const made = new Map<TableName, Dataset>();

export function tableOf(name: TableName): Dataset {
  const table = made.get(name) ?? MAKERS[name]();
  made.set(name, table);
  return table;
}
