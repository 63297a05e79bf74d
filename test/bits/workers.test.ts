/** The bits that are kept are those of any number of workers, of either kind of update, and after an interruption. */
import { describe, expect, it } from 'vitest';
import { ON_OTHER_WORKERS, RESUMED, SHARDED_ON_OTHER_WORKERS } from './cases.js';
import { runTraining } from './run.js';
import { keptOf, lineOf, makeFiles } from './suite.js';

const files = makeFiles();

describe.each([
  ['--workers 2', [...ON_OTHER_WORKERS, ...SHARDED_ON_OTHER_WORKERS]],
  ['--workers 3', [...ON_OTHER_WORKERS, ...SHARDED_ON_OTHER_WORKERS]],
  ['--workers 2 --update coordinator', ON_OTHER_WORKERS],
])('%s', (options, names) => {
  it.each(names)('trains to the bits that are kept: %s', async name => {
    const line = lineOf(name, files, `--backend wasm ${options}`);
    expect(await runTraining(line)).toEqual(keptOf('wasm')[name]);
  });
});

it.each(RESUMED)('resumes halfway to the bits that are kept: %s', async name => {
  const line = lineOf(name, files, '--backend wasm --workers 2');
  expect(await runTraining(line, { resumed: true })).toEqual(keptOf('wasm')[name]);
});
