/** A table's weight column: read apart from the features, validated cell by cell, and split with the rows. */

import { describe, expect, it } from 'vitest';
import { loadData } from '../../src/data/load.js';
import { loadWith } from '../../src/data/load-with.js';
import { readInputs } from '../../src/data/rows.js';
import { fingerprintData } from '../../src/store/fingerprint.js';
import { idx, loadOptions, loadTrain, loadWithOptions, makeFolder, refusal } from './files.js';

const folder = makeFolder();
const rows = Array.from({ length: 12 }, (_, i) => [i, i % 2 ? 'yes' : 'no', (i % 4) / 2]);
const path = folder.table('rows.csv', [['x', 'label', 'n'], ...rows]);
const weights = rows.map(([, , weight]) => weight);

it('is not a feature, and has one number per row', async () => {
  const data = await loadTrain(path, { weightColumn: 'n' });
  expect(data.features).toBe(1);
  expect(data.encoding.columns.map(({ name }) => name)).toEqual(['x']);
  expect([...data.weights!]).toEqual(weights);
});

it('is required for weights to exist', async () => {
  expect(await loadTrain(path)).not.toHaveProperty('weights');
});

it('is split with its rows', async () => {
  const options = loadOptions({ weightColumn: 'n', validation: 0.25, scale: 'none' });
  const { train, validation } = await loadData(path, options);
  for (const part of [train, validation!]) {
    expect([...part.weights!]).toEqual([...readInputs(part)].map(x => weights[x]));
  }
});

it('is read from a validation file, and from any other file with the encoding', async () => {
  const other = folder.table('other.csv', [
    ['n', 'x', 'label'],
    [3, 1, 'no'],
    [0.5, 2, 'yes'],
  ]);
  const { train, validation } = await loadData(path, loadOptions({ weightColumn: 'n', validation: other }));
  expect([...validation!.weights!]).toEqual([3, 0.5]);
  const { encoding, task } = train;
  const judged = await loadWith(other, encoding, task, loadWithOptions({ weightColumn: 'n' }));
  expect([...judged.weights!]).toEqual([3, 0.5]);
  expect(await loadWith(other, encoding, task, loadWithOptions())).not.toHaveProperty('weights');
});

it('is part of the data’s fingerprint', async () => {
  const data = await loadTrain(path, { weightColumn: 'n' });
  const other = { ...data, weights: data.weights!.map(weight => weight + 1) };
  expect(fingerprintData(other, null)).not.toEqual(fingerprintData(data, null));
});

it('leaves out rows without a weight with --missing-target drop', async () => {
  const holes = folder.table('holes.csv', [['x', 'label', 'n'], ...rows, [12, 'no', '']]);
  const data = await loadTrain(holes, { weightColumn: 'n', missingTarget: 'drop' });
  expect([...data.weights!]).toEqual(weights);
});

describe('refuses', () => {
  const spoilt = (cell: string | number) =>
    folder.table('spoilt.csv', [['x', 'label', 'n'], ...rows.slice(0, 10), [1, 'no', cell], rows[11]!]);

  it.each([
    [-1, 'spoilt.csv, row 11, column "n": expected a weight from 0, got "-1".'],
    ['much', 'spoilt.csv, row 11, column "n": expected a number, got "much".'],
    ['inf', 'spoilt.csv, row 11, column "n": expected a finite number, got "inf".'],
    ['', 'spoilt.csv, row 11, column "n": expected a number, got an empty cell.'],
  ])('the cell %j', async (cell, message) => {
    const refused = await refusal(loadTrain(spoilt(cell), { weightColumn: 'n' }), folder);
    expect(refused).toMatchObject({ code: 'usage', message });
  });

  it.each([
    [{ weightColumn: 'm' }, '--weight-column: rows.csv has no column "m".'],
    [{ weightColumn: 'label' }, '--weight-column: the column "label" is the target.'],
    [{ weightColumn: 'n', features: ['x', 'n'] }, '--weight-column: the column "n" is among the --features.'],
  ])('%j', async (options, message) => {
    expect(await refusal(loadTrain(path, options), folder)).toMatchObject({ code: 'usage', message });
  });

  it('weights for images and synthetic rows', async () => {
    folder.write('images/train-images-idx3-ubyte', idx([2, 1, 1], [1, 2]));
    folder.write('images/train-labels-idx1-ubyte', idx([2], [0, 1]));
    for (const source of [`${folder.path}/images`, 'synthetic:10x2x2']) {
      const refused = await refusal(loadTrain(source, { weightColumn: 'n' }), folder);
      const name = source.replace(`${folder.path}/`, '');
      expect(refused.message).toBe(`--weight-column is for tables, and ${name} is none.`);
    }
  });
});
