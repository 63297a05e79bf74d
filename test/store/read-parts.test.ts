import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readParts } from '../../src/store/read-parts.js';
import { makeFolder } from './folder.js';

const folder = makeFolder();

/** Creates a folder with these files: objects as JSON; for null, only the parent folders. */
function write(name: string, files: Record<string, object | null>): string {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, name, path);
    mkdirSync(join(file, '..'), { recursive: true });
    if (content) writeFileSync(file, JSON.stringify(content));
  }
  return join(folder, name);
}

it('returns the folds with a record, by number, and the one without', async () => {
  const common = { data: 'a.csv', options: { folds: 12 } };
  const folds = [10, 2, 1].map(fold => [`fold-${fold}/config.json`, { fold }]);
  const path = write('cv', {
    'config.json': common,
    ...Object.fromEntries(folds),
    'fold-11/config.json': null,
  });
  const found = await readParts(path);
  expect(found).toMatchObject({ config: common, total: 12, begun: join(path, 'fold-11') });
  expect(found!.runs.map(({ config }) => config.fold)).toEqual([1, 2, 10]);
});

it('ignores folders of an earlier run', async () => {
  const left = { 'fold-3/mine.json': {} };
  const two = {
    'config.json': { options: { folds: 2 } },
    'fold-1/config.json': {},
    'fold-2/config.json': {},
  };
  expect(await readParts(write('fewer', { ...left, ...two }))).toMatchObject({ total: 2, begun: null });
  expect(await readParts(write('none', { ...left, 'config.json': { options: {} } }))).toBeNull();
  expect(await readParts(join(folder, 'none', 'fold-3'))).toBeNull();
});

it('refuses a cross-validation without a record', async () => {
  const path = write('bare', { 'fold-1/config.json': null });
  await expect(readParts(path)).rejects.toThrow(
    `${join(path, 'config.json')}: expected the record of a cross`,
  );
});
