/** How --query treats cells that are not plain numbers, and names that are spelled in two ways. */
import { describe, expect, it } from 'vitest';
import type { LoadOptions } from '../../src/data/load-options.js';
import { readInputs } from '../../src/data/rows.js';
import { loadTrain, makeFolder, refusal, toRows } from './files.js';

const folder = makeFolder();
const query = 'SELECT * FROM data';
const asIs: Partial<LoadOptions> = { target: ['y'], task: 'regression', scale: 'none', query };

describe('a cell of a query that looks like part of a number', () => {
  it.each(['-', '.'])('is refused with and without the query: %j', async mark => {
    const path = folder.write('marks.csv', `x,y\n1.5,1.5\n${mark},2.5\n2.5,3.5\n`);
    for (const missing of ['mean', 'drop'] as const) {
      const { message } = await refusal(loadTrain(path, { ...asIs, missing }), folder);
      expect(message).toContain('"x"');
    }
  });

  it.each(['+', '-.', 'e5'])('is a text with and without the query: %j', async mark => {
    const path = folder.write('texts.csv', `x,y\n1.5,1.5\n${mark},2.5\n2.5,3.5\n`);
    const [asked, plain] = [query, null].map(one =>
      loadTrain(path, { ...asIs, query: one, missing: 'drop' }),
    );
    const [{ encoding, rows }, expected] = [await asked!, await plain!];
    expect(rows).toBe(3);
    expect(encoding.columns).toEqual(expected.encoding.columns);
  });
});

it('finds a JSON key with its accents composed or not', async () => {
  folder.write('keys/a.ndjson', `{"${'café'.normalize('NFC')}":1.5,"y":0.5}\n`);
  folder.write('keys/b.ndjson', `{"${'café'.normalize('NFD')}":2.5,"y":1.5}\n`);
  const data = await loadTrain(`${folder.path}/keys/*.ndjson`, asIs);
  expect(toRows(readInputs(data), data.features)).toEqual([[1.5], [2.5]]);
});
