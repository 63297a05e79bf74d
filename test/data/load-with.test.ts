/**
 * Other data for a trained network: the same constants, the same bits, and clear errors if it does not fit.
 */

import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { loadData } from '../../src/data/load.js';
import type { LoadOptions, LoadWithOptions } from '../../src/data/load-options.js';
import { loadWith } from '../../src/data/load-with.js';
import { readInputs } from '../../src/data/rows.js';
import { spelledOut } from '../datasets.js';
import { loadOptions, loadTrain, loadWithOptions, makeFolder, refusal, toRows } from './files.js';

const folder = makeFolder();

type Cells = (string | number)[];
const LEARNT: Cells[] = [
  ['size', 'town', 'sold', 'y'],
  [10.1, 'A', 'true', 'no'],
  [20.7, 'B', 'false', 'yes'],
  [33.3, '7', 'true', 'no'],
  [47.9, 'A', 'true', 'yes'],
];
const learnt = folder.table('learnt.csv', LEARNT);

/** Loads other lines with the encoding of the training data. */
async function apply(
  lines: Cells[],
  options: Partial<LoadWithOptions> = {},
  learn: Partial<LoadOptions> = {},
): Promise<Dataset> {
  const { encoding, task } = await loadTrain(learnt, learn);
  return await loadWith(folder.table('other.csv', lines), encoding, task, loadWithOptions(options));
}

describe('data loaded with a saved encoding', () => {
  it('has the same bits as the training data if it is the same file', async () => {
    const { notes, taskReason, ...train } = spelledOut(await loadTrain(learnt));
    expect([notes, taskReason]).toEqual([[], '2 different texts']);
    const again = await loadWith(learnt, train.encoding, train.task, loadWithOptions());
    expect(spelledOut(again)).toEqual(train);
  });

  it('is the same after the encoding was stored as JSON', async () => {
    const train = await loadTrain(learnt);
    const { encoding, task } = train;
    const kept = JSON.parse(JSON.stringify(encoding));
    expect(readInputs(await loadWith(learnt, kept, task, loadWithOptions()))).toEqual(readInputs(train));
  });

  it('equals that of --validation FILE', async () => {
    const { train, validation } = await loadData(learnt, loadOptions({ validation: learnt }));
    const { notes: _, taskReason: __, ...same } = spelledOut(train);
    expect(spelledOut(validation!)).toEqual(same);
  });

  it('can have its columns in another order, and more of them', async () => {
    const data = await apply(LEARNT.map(cells => ['extra', ...cells].reverse()));
    expect(readInputs(data)).toEqual(readInputs(await loadTrain(learnt)));
  });

  it.each([
    [
      'numbers only',
      [7, 7],
      [
        [0, 1, 0],
        [0, 1, 0],
      ].map(([a, , c]) => [1, a, c]),
    ],
    [
      'one of its values',
      ['B', 'B'],
      [
        [0, 0, 1],
        [0, 0, 1],
      ],
    ],
  ] as const)('may have a category with %s left', async (_, [first, second], oneHot) => {
    const data = await apply([
      ['size', 'town', 'sold', 'y'],
      [1, first, 'true', 'no'],
      [2, second, 'true', 'no'],
    ]);
    expect(toRows(readInputs(data), 5).map(row => row.slice(1, 4))).toEqual(oneHot);
  });

  it('keeps a category of numbers as it was spelled', async () => {
    const codes = folder.table('codes.csv', [
      ['code', 'y'],
      ['01', 0.5],
      ['1', 1.5],
      ['x', 2.5],
    ]);
    const { encoding, task } = await loadTrain(codes);
    const other = folder.table('other-codes.csv', [
      ['code', 'y'],
      ['1', 0.5],
      ['01', 1.5],
    ]);
    expect(toRows(readInputs(await loadWith(other, encoding, task, loadWithOptions())), 3)).toEqual([
      [0, 1, 0],
      [1, 0, 0],
    ]);
  });

  it('can contain one class only, and names classes as before', async () => {
    const data = await apply([LEARNT[0]!, [1, 'A', 'false', 'yes']]);
    expect([data.task, Array.from(data.y)]).toEqual(['binary', [1]]);
  });

  it.each([
    [
      ['1.0', '2.0', '2.0'],
      [1, 2],
      [0, 1],
    ],
    [
      [1, 2, 2],
      ['2.0', '1.0'],
      [1, 0],
    ],
    [
      ['true', 'false', 'true'],
      ['true', 'true'],
      [1, 1],
    ],
    [
      ['01', 'x', 'x'],
      ['01', '01'],
      [0, 0],
    ],
  ])('recognises classes %j when they are written %j', async (before, after, y) => {
    const path = folder.table('before.csv', [['a', 'y'], ...before.map((cell, i) => [i, cell])]);
    const { encoding } = await loadTrain(path, { task: 'binary' });
    const other = folder.table('after.csv', [['a', 'y'], ...after.map((cell, i) => [i, cell])]);
    const data = await loadWith(other, encoding, 'binary', loadWithOptions());
    expect(Array.from(data.y)).toEqual(y);
  });

  it('standardises regression targets as in training', async () => {
    const options = { target: ['size'], features: ['sold'], standardizeTargets: true };
    const train = await loadTrain(learnt, options);
    const data = await loadWith(learnt, train.encoding, 'regression', loadWithOptions());
    expect(data.y).toEqual(train.y);
  });
});

describe('targets', () => {
  const bare = LEARNT.map(cells => cells.slice(0, 3));
  const blank = LEARNT.map((cells, i) => [...cells.slice(0, 3), i === 0 ? 'y' : '']);

  it.each([
    ['absent', bare],
    ['empty', blank],
    ['partly empty', [...LEARNT.slice(0, 4), blank[4]!]],
    ['of no class', LEARNT.map((cells, i) => [...cells.slice(0, 3), i === 0 ? 'y' : 'who knows'])],
    [
      'of a type that is none',
      LEARNT.map((cells, i) => [...cells.slice(0, 3), i === 0 ? 'y' : '2020-01-01']),
    ],
  ])('can be %s if they are not needed', async (_, lines) => {
    const data = await apply(lines, { requireTargets: false });
    expect([data.rows, data.outputs, data.y.length]).toEqual([4, 1, 0]);
    expect(readInputs(data)).toEqual(readInputs(await loadTrain(learnt)));
  });

  it('are required if they are needed', async () => {
    expect(await refusal(apply(bare), folder)).toEqual({
      code: 'usage',
      message:
        'other.csv: it has no column "y", which the training data has; its columns are size, town, sold.',
      hint: 'Give a file with the columns of the training data.',
    });
  });
});

describe('missing cells', () => {
  const gaps: Cells[] = [
    LEARNT[0]!,
    ['', 'A', 'true', 'no'],
    [20, '', 'true', 'no'],
    ['n/a', 'B', 'true', 'yes'],
  ];

  it('are filled in as in training', async () => {
    const holes = folder.table('holes.csv', [...LEARNT, ['', '', 'true', 'no']]);
    const { encoding, task } = await loadTrain(holes, { missing: 'mean' });
    const data = await loadWith(folder.table('gaps.csv', gaps), encoding, task, loadWithOptions());
    expect(
      toRows(readInputs(data), 6).map(([size, ...rest]) => [Math.abs(size!) < 1e-6, rest.slice(0, 4)]),
    ).toEqual([
      [true, [0, 0, 1, 0]],
      [false, [1, 0, 0, 0]],
      [true, [0, 0, 0, 1]],
    ]);
  });

  it('are dropped on request if nothing is filled in', async () => {
    const data = await apply([...gaps, LEARNT[1]!], { dropIncomplete: true });
    expect([data.rows, data.rowNumbers]).toEqual([1, Uint32Array.of(4)]);
  });

  it.each([
    ['a number', gaps.slice(0, 2), 'row 1, column "size": expected a number, got an empty cell.'],
    ['a category', [gaps[0]!, gaps[2]!], 'row 1, column "town": expected a value, got an empty cell.'],
  ])('in %s are refused if no option handles them', async (_, lines, message) => {
    expect(await refusal(apply(lines), folder)).toEqual({
      code: 'usage',
      message: `other.csv, ${message}`,
      hint: 'Add --drop-incomplete to leave out rows with missing cells, or train with --missing mean.',
    });
  });

  it('in a file of validation rows are refused with the option of the training that drops them', async () => {
    const validation = folder.table('held.csv', [...gaps, LEARNT[1]!]);
    const { hint } = (await refusal(loadData(learnt, loadOptions({ validation })), folder)) as {
      hint: string;
    };
    expect(hint).toBe(
      'Add --missing drop to leave out rows with missing cells, or train with --missing mean.',
    );
    const loaded = await loadData(learnt, loadOptions({ missing: 'drop', validation }));
    expect(loaded.validation).toMatchObject({ rows: 1 });
  });

  it('in a column without any value are refused with its name', async () => {
    const refused = await refusal(
      apply([LEARNT[0]!, ['', 'A', 'true', 'no'], ['', 'B', 'true', 'no']]),
      folder,
    );
    expect(refused.message).toBe('other.csv, row 1, column "size": expected a number, got an empty cell.');
  });
});

describe('data that does not fit is refused', () => {
  it.each([
    [
      'a missing column, naming what may be meant',
      [
        ['sise', 'town', 'sold', 'y'],
        [1, 'A', 'true', 'no'],
      ],
      'other.csv: it has no column "size", which the training data has; its columns are sise, town, sold, y.',
      `If "sise" is meant, rename it: --query 'SELECT * RENAME ("sise" AS "size") FROM data'.`,
    ],
    [
      'an unknown category',
      [LEARNT[0]!, LEARNT[1]!, [1, 'C', 'true', 'no']],
      'other.csv, row 2, column "town": expected one of the 3 values in the training data (7, A, B), got "C".',
      'Add --unseen ignore to take it for none of these values, or train with rows that have it.',
    ],
    [
      'an unknown class',
      [LEARNT[0]!, LEARNT[1]!, [1, 'A', 'true', 'maybe']],
      'other.csv, row 2, column "y": expected one of the 2 classes in the training data (no, yes), got "maybe".',
      'Correct the cell, or leave the row out.',
    ],
    [
      'text in a column of numbers',
      [LEARNT[0]!, LEARNT[1]!, ['big', 'A', 'true', 'no']],
      'other.csv, row 2, column "size": expected a number, got "big".',
      'Correct the cell. If it stands for a missing value, --na-values big --drop-incomplete leaves its row out.',
    ],
    [
      'dates in a column of numbers',
      [LEARNT[0]!, LEARNT[1]!, ['2020-01-01', 'A', 'true', 'no']],
      'other.csv, row 2, column "size": expected a number, got "2020-01-01".',
      'Correct the cell. If it stands for a missing value, --na-values 2020-01-01 --drop-incomplete leaves its row out.',
    ],
    [
      'a number that is not finite',
      [LEARNT[0]!, LEARNT[1]!, ['inf', 'A', 'true', 'no']],
      'other.csv, row 2, column "size": expected a finite number, got "inf".',
      'Correct the cell, or leave its row out.',
    ],
  ])('%s', async (_, lines, message, hint) => {
    expect(await refusal(apply(lines), folder)).toEqual({ code: 'usage', message, hint });
  });

  it('with a number too far from the training data', async () => {
    const near = folder.table('near.csv', [
      ['a', 'y'],
      ['1e-30', 0.5],
      ['2e-30', 1.5],
    ]);
    const { encoding, task } = await loadTrain(near);
    const far = folder.table('far.csv', [
      ['a', 'y'],
      [1, 0.5],
      ['1e20', 1.5],
    ]);
    const refused = await refusal(loadWith(far, encoding, task, loadWithOptions()), folder);
    expect(refused.message).toBe(
      'far.csv, row 2, column "a": expected a number near those of the training data (1.5e-30 ± 5e-31), got "100000000000000000000".',
    );
  });

  it('if it is a file of images', async () => {
    const { encoding, task } = await loadTrain(learnt);
    const images = folder.write(
      'images-idx3-ubyte',
      new Uint8Array([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9]),
    );
    const refused = await refusal(loadWith(images, encoding, task, loadWithOptions()), folder);
    expect(refused.message).toBe(
      'images-idx3-ubyte: expected a table with the columns size, town, sold, …, got images.',
    );
  });
});
