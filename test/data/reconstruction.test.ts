import { describe, expect, it } from 'vitest';
import { loadWith } from '../../src/data/load-with.js';
import { targetsOf } from '../../src/data/reconstruction.js';
import { readInputs } from '../../src/data/rows.js';
import { idx, loadTrain, loadWithOptions, makeFolder, refusal } from './files.js';

const folder = makeFolder();
const table = folder.table('things.csv', [
  ['size', 'colour', 'label'],
  [1, 'red', 0],
  [3, 'blue', 1],
  [5, 'red', 1],
]);
const images = folder.write('train-images-idx3-ubyte', idx([2, 1, 3], [0, 51, 255, 102, 0, 153]));

describe('targets that are the inputs', () => {
  it('are all columns of a table, with one-hot values by name, and take no extra memory', async () => {
    const data = await loadTrain(table, { targetIsInput: true });
    expect(data).toMatchObject({ task: 'regression', features: 4, outputs: 4, rows: 3 });
    expect(data.y).toHaveLength(0);
    expect(targetsOf(data)).toEqual(readInputs(data));
    const { targets, targetScales, targetIsInput } = data.encoding;
    expect([targets, targetIsInput]).toEqual([['size', 'colour=blue', 'colour=red', 'label'], true]);
    expect(targetScales[0]).toMatchObject({ mean: 3 });
    expect(targetScales[1]).toEqual({ mean: 0, deviation: 1 });
    const again = await loadWith(table, data.encoding, 'regression', loadWithOptions());
    expect([readInputs(again), again.y, again.outputs]).toEqual([readInputs(data), data.y, 4]);
  });

  it('are the pixels of images without labels, as the network sees them', async () => {
    const data = await loadTrain(images, { targetIsInput: true });
    expect(data).toMatchObject({ task: 'regression', features: 3, outputs: 3, rows: 2 });
    expect([...targetsOf(data)].map(value => Math.round(value * 5))).toEqual([0, 1, 5, 2, 0, 3]);
    expect(data.encoding.targets).toEqual(['pixel_1', 'pixel_2', 'pixel_3']);
    const again = await loadWith(images, data.encoding, 'regression', loadWithOptions({ width: 3 }));
    expect([readInputs(again), again.outputs]).toEqual([readInputs(data), 3]);
  });

  it('are the features of synthetic rows, with a part held out', async () => {
    const data = await loadTrain('synthetic:20x4x3', { targetIsInput: true, validation: 0.25 });
    expect(data).toMatchObject({ task: 'regression', rows: 15, outputs: 4 });
    expect(await loadWith('synthetic:9x4x1', data.encoding, 'regression', loadWithOptions())).toMatchObject({
      outputs: 4,
    });
  });

  it.each([
    [{ target: ['label'] }, "--target label can't be combined with --target-is-input."],
    [
      { task: 'binary' as const },
      "--task binary can't be combined with --target-is-input, which is a regression.",
    ],
  ])('are refused together with %o', async (options, message) => {
    const refused = await refusal(loadTrain(table, { ...options, targetIsInput: true }), folder);
    expect(refused).toMatchObject({ code: 'usage', message });
  });
});
