/**
 * Tables with several labels per row, in any format: each column has two classes. Also tests what is refused.
 */
import { describe, expect, it } from 'vitest';
import type { Encoding } from '../../src/data/dataset.js';
import { loadData, loadFolds } from '../../src/data/load.js';
import { loadWith } from '../../src/data/load-with.js';
import { withDuckDB } from '../../src/data/table/duckdb.js';
import { spelledOut } from '../datasets.js';
import { idx, loadOptions, loadTrain, loadWithOptions, makeFolder, refusal, toRows } from './files.js';

const folder = makeFolder();
const HEAD = ['a', 'even', 'big', 'kind'];
const ROWS = [
  [1, 0, 'false', 'ox'],
  [2, 1, 'false', 'ass'],
  [7, 0, 'true', 'ox'],
  [8, 1, 'true', 'ox'],
];
const csv = folder.table('labels.csv', [HEAD, ...ROWS]);
const asLabels = { target: ['even', 'big', 'kind'], task: 'multilabel' as const, scale: 'none' as const };
const LABELS = [
  [0, 0, 1],
  [1, 0, 0],
  [0, 1, 1],
  [1, 1, 1],
];

const json = folder.write(
  'labels.json',
  JSON.stringify(ROWS.map(([a, even, big, kind]) => ({ a, even, big: big === 'true', kind }))),
);
const parquet = `${folder.path}/labels.parquet`;
await withDuckDB(connection =>
  connection.run(`COPY (SELECT * FROM '${csv}') TO '${parquet}' (FORMAT parquet)`),
);

describe('labels', () => {
  it.each([csv, json, parquet])('of %s are 0 and 1 for each column, with both names', async path => {
    const data = await loadTrain(path, asLabels);
    expect(data).toMatchObject({ task: 'multilabel', rows: 4, features: 1, outputs: 3 });
    expect(data.y).toBeInstanceOf(Float32Array);
    expect(toRows(data.y, 3)).toEqual(LABELS);
    expect(data.encoding).toMatchObject({
      targets: ['even', 'big', 'kind'],
      classes: [],
      labelClasses: [
        ['0', '1'],
        ['false', 'true'],
        ['ass', 'ox'],
      ],
      targetScales: [],
    });
  });

  it.each([csv, json, parquet])('of %s need no task, because each target has two classes', async path => {
    const { taskReason, ...found } = spelledOut(await loadTrain(path, { ...asLabels, task: 'auto' }));
    expect(taskReason).toBe('each target holds two classes; --task regression predicts the numbers');
    expect(found).toEqual(spelledOut(await loadTrain(path, asLabels)));
  });

  it.each([
    ['yes and no', ['yes', 'no', 'yes', 'yes'], 'multilabel'],
    ['two whole numbers', [3, 7, 3, 3], 'multilabel'],
    ['two texts', ['a', 'b', 'b', 'b'], 'multilabel'],
    ['two fractions', [0.5, 1.5, 0.5, 0.5], 'regression'],
    ['three whole numbers', [0, 1, 2, 1], 'regression'],
  ])('are recognised beside true and false: %s', async (_, cells, task) => {
    const rows = cells.map((cell, i) => [i, i === 1, cell].map(String));
    const path = folder.table('pair.csv', [['a', 'p', 'q'], ...rows]);
    const data = await loadTrain(path, { target: ['p', 'q'] });
    expect([data.task, data.outputs]).toEqual([task, 2]);
    const numbers = loadTrain(path, { target: ['p', 'q'], task: 'regression' });
    if (cells[0] === 'a') await expect(numbers).rejects.toMatchObject({ code: 'usage' });
    else expect((await numbers).task).toBe('regression');
  });

  it('have the same bits with a saved encoding, and are not needed for predictions', async () => {
    const { notes: _, ...train } = spelledOut(await loadTrain(csv, asLabels));
    const encoding = JSON.parse(JSON.stringify(train.encoding)) as Encoding;
    for (const path of [csv, json, parquet]) {
      const again = await loadWith(path, encoding, 'multilabel', loadWithOptions());
      expect(spelledOut(again)).toEqual({ ...train, source: path });
    }
    const bare = folder.table('bare.csv', [['a'], [5], [6]]);
    const options = loadWithOptions({ requireTargets: false });
    expect(await loadWith(bare, encoding, 'multilabel', options)).toMatchObject({ rows: 2, outputs: 3 });
  });

  it('are left out with their rows if they are missing and --missing-target allows it', async () => {
    const holes = folder.table('holes.csv', [HEAD, ...ROWS, [9, '', 'true', 'ox'], [10, 1, 'true', '?']]);
    const data = await loadTrain(holes, { ...asLabels, missingTarget: 'drop' });
    expect(toRows(data.y, 3)).toEqual(LABELS);
  });

  it('of one column are the same as two classes', async () => {
    const one = await loadTrain(csv, { ...asLabels, target: ['kind'], features: ['a'] });
    const two = await loadTrain(csv, { ...asLabels, task: 'auto', target: ['kind'], features: ['a'] });
    expect([one.y, one.outputs, one.encoding.labelClasses]).toEqual([two.y, 1, [two.encoding.classes]]);
  });

  it('are split and dealt into folds in proportion', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i, i % 2, Number(i > 35)]);
    const path = folder.table('forty.csv', [['a', 'even', 'big'], ...rows]);
    const options = loadOptions({ ...asLabels, target: ['even', 'big'] });
    const sums = ({ y }: { y: ArrayLike<number> }) =>
      [0, 1].map(k => Array.from(y).reduce((sum, label, i) => sum + (i % 2 === k ? label : 0), 0));
    const { train, validation } = await loadData(path, { ...options, validation: 0.25 });
    expect([train, validation!].map(sums)).toEqual([
      [15, 3],
      [5, 1],
    ]);
    const folds = await loadFolds(path, options, 4);
    for (let i = 0; i < 4; i++) expect(sums(folds.fold(i).validation)).toEqual([5, 1]);
  });
});

describe('labels are refused', () => {
  const third = folder.table('third.csv', [HEAD, ...ROWS, [9, 2, 'true', 'ox'], [9, 3, 'true', 'ox']]);
  const hole = folder.table('hole.csv', [HEAD, ...ROWS, [9, 1, 'true', '']]);
  const alone = folder.table('alone.csv', [HEAD, ...ROWS.slice(2), ...ROWS.slice(2)]);
  const THIRD_HINT =
    'Correct the cell, or leave the column out of --target. To predict one column of several classes, name it alone, with --task multiclass.';
  const SEVERAL_HINT = 'Correct the cell. If each target has two classes, add --task multilabel.';

  it.each([
    [
      'with a third class',
      third,
      asLabels,
      'third.csv, row 5, column "even": expected one of two classes (0 and 1, as in rows before), got "2".',
      THIRD_HINT,
    ],
    [
      'with an empty cell',
      hole,
      asLabels,
      'hole.csv, row 5, column "kind": expected a class, got an empty cell.',
      'Add --missing-target drop to leave out rows without a target.',
    ],
    [
      'with one class alone',
      alone,
      asLabels,
      'alone.csv, column "big": it has only one class, "true", and needs two.',
      'Add rows of another, or leave the column out of --target.',
    ],
    [
      'as the numbers that several targets are otherwise, with a word on how to have them',
      third,
      { target: ['even', 'kind'] },
      'third.csv, row 1, column "kind": expected a number, got "ox".',
      SEVERAL_HINT,
    ],
    [
      'of one class alone, without the task too',
      alone,
      { target: ['even', 'big'] },
      'alone.csv, column "big": it has only one class, "true", and needs two.',
      'Add rows of another, or leave the column out of --target.',
    ],
    [
      'as the classes of one column',
      csv,
      { target: ['even', 'big'], task: 'binary' as const },
      '--task binary: it takes one --target, got 2.',
      'Name one, or try --task multilabel, or regression.',
    ],
    [
      'of images',
      folder.write('train-images-idx3-ubyte', idx([2, 1, 1], [1, 2])),
      { task: 'multilabel' as const },
      '--task multilabel: expected a table, with a column for each label, got train-images-idx3-ubyte.',
      'Images of IDX files have one label each: leave --task out.',
    ],
    [
      'of rows that are made up',
      'synthetic:100x4x2',
      { task: 'multilabel' as const },
      '--task multilabel: expected binary, which synthetic:100x4x2 is.',
      'One class makes a regression, two make binary, more make multiclass.',
    ],
    [
      'of an autoencoder',
      csv,
      { task: 'multilabel' as const, targetIsInput: true },
      "--task multilabel can't be combined with --target-is-input, which is a regression.",
      'Leave one of them out.',
    ],
  ])('%s', async (_, path, options, message, hint) => {
    expect(await refusal(loadTrain(path, options), folder)).toEqual({ code: 'usage', message, hint });
  });

  it('if a cell is neither of the two known classes', async () => {
    const { encoding } = await loadTrain(csv, asLabels);
    const strange = folder.table('strange.csv', [HEAD, ROWS[0]!, [9, 1, 'true', 'hen']]);
    const refused = await refusal(loadWith(strange, encoding, 'multilabel', loadWithOptions()), folder);
    expect(refused.message).toBe(
      'strange.csv, row 2, column "kind": expected one of the 2 classes in the training data (ass, ox), got "hen".',
    );
  });
});
