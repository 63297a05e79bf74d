/** No option that can change bits is left out of the cases, and no word that an option has as a value. */
import { expect, it } from 'vitest';
import { CASES, COMMON } from './cases.js';
import { COMMANDS } from './commands.js';
import { readLine } from './lines.js';
import { optionTable } from './run.js';

/** What is in no case, by the reason. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  'must change no bits: other tests of this folder compare': ['--update', '--update coordinator', '--resume'],
  'must change no bits: test/cli/cache.test.ts compares': ['--cache'],
  'must change no bits: test/train/windows.test.ts compares': ['--memory'],
  'must change no bits: test/lab/tune compares': ['--parallel'],
  'needs an earlier search: test/cli/tune.test.ts and test/lab/tune compare': ['--from'],
  'must change no bits': [
    '--checkpoint-every',
    '--checkpoint-every epoch',
    '--keep-checkpoints',
    '--max-time',
    '--stall-timeout',
    '--inject-fault',
  ],
  'must change no bits: test/ranks compares': [
    '--mpi',
    '--mpi off',
    '--exchange',
    '--exchange whole',
    '--exchange slices',
  ],
  'is what auto may choose: test/ranks compares': ['--walk', '--walk shard', '--walk block'],
  'is in no class of arithmetic': ['--blas', '--backend blas'],
  'says where files lie and what is shown': [
    '--config',
    '--data',
    '--dry-run',
    '--force',
    '--tensorboard',
    '--mlflow',
    '--mlflow-experiment',
    '--keep',
    '--no-save',
    '--quiet',
  ],
  'is read to the same rows as CSV: see test/data': [
    ...['tsv', 'json', 'parquet', 'npy', 'npz', 'arrow', 'libsvm', 'idx'].map(format => `--format ${format}`),
  ],
};

const table = optionTable(['train', 'tune', 'predict', 'evaluate']);
const lines = [COMMON, ...Object.values(CASES), ...Object.values(COMMANDS).flat()];
const given = new Set(
  lines.flatMap(line =>
    Object.entries(readLine(line).options).flatMap(([name, value]) => [
      `--${name}`,
      ...`${value}`.split(',').map(word => `--${name} ${word}`),
    ]),
  ),
);
// Each case is run with both.
for (const backend of ['', ' native', ' wasm', ' reference']) given.add(`--backend${backend}`);
const needed = new Set(
  table.flatMap(({ name, choices, usual }) => [
    `--${name}`,
    ...choices.filter(word => word !== usual && word !== 'auto').map(word => `--${name} ${word}`),
  ]),
);
const leftOut = Object.values(LEFT_OUT).flat();

it('every option, and every word that is a value of one, is in a case or has a reason not to be', () => {
  expect([...needed].filter(one => !given.has(one) && !leftOut.includes(one))).toEqual([]);
});

it('what has a reason not to be in a case is in the table of options, and in no case', () => {
  expect(leftOut.filter(one => given.has(one) || !needed.has(one))).toEqual([]);
});
