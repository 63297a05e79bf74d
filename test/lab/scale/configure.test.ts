/** What is refused before anything is measured: errors name the properties that the caller wrote. */
import { expect, it } from 'vitest';
import { messageInFlags } from '../../../src/config/flags.js';
import { configureStudy, type StudyOptions } from '../../../src/lab/scale/configure.js';

const DATA = 'synthetic:100x6x3';
const VALIDATED = { data: DATA, load: { validation: 0.2 } };

it.each<[string, StudyOptions, string, string, string]>([
  [
    'too few shards for the workers',
    { mode: 'strong', workers: [1, 2], shards: 1 },
    'StudyOptions.workers: expected at most 1 (shards), got 2.',
    'Try shards: 2.',
    '--worker-counts: expected at most 1 (--shards), got 2.',
  ],
  [
    'several worker counts of a batch study',
    { mode: 'batch', workers: [1, 2], ...VALIDATED },
    'StudyOptions.workers: expected one count with mode: "batch", got 2.',
    'Try StudyOptions.workers: [2].',
    '--worker-counts: expected one count with --mode batch, got 2.',
  ],
  [
    'networks that do not fit the data',
    { mode: 'strong', networks: [[5, 4, 3]], workers: [1], batchSizes: [8], data: DATA },
    `networks: expected 6 at the start and 3 at the end, as ${DATA} has them, got 5,4,3.`,
    'Try networks: [[6, 4, 3]].',
    `--layers: expected 6 at the start and 3 at the end, as ${DATA} has them, got 5,4,3.`,
  ],
  [
    'a target that the task does not have',
    {
      ...{ mode: 'batch', workers: [1], batchSizes: [8], ...VALIDATED },
      search: { target: { metric: 'rmse', value: 1 } },
    },
    'search.target: expected ',
    '',
    '--target-metric: expected ',
  ],
  [
    'too few shards for the workers of all ranks',
    { mode: 'strong', workers: [2], ranks: [1, 2], launcher: 'mpirun -np {ranks}', shards: 3 },
    'StudyOptions.workers: expected at most 3 (shards), got 4.',
    'Try shards: 4.',
    '--worker-counts: expected at most 3 (--shards), got 4.',
  ],
  [
    'a launcher that is not told how many ranks to start',
    { mode: 'strong', ranks: [1, 2], launcher: 'mpirun' },
    'launcher: expected words with {ranks} where the number of ranks belongs, got mpirun.',
    'Try launcher: "mpirun -np {ranks}".',
    '--launcher: expected words with {ranks}',
  ],
  [
    'a launcher without ranks',
    { mode: 'strong', launcher: 'mpirun -np {ranks}' },
    'launcher needs ranks.',
    'Try ranks: [1, 2, 4].',
    '--launcher needs --ranks.',
  ],
  [
    'an update by the coordinator on ranks',
    { mode: 'strong', ranks: [1, 2], launcher: 'mpirun -np {ranks}', update: 'coordinator' },
    'update: "coordinator" runs in one process, and ranks asks for several.',
    'Try update: "sharded".',
    '--update coordinator runs in one process, and --ranks asks for several.',
  ],
  [
    'steps that ranks do not divide',
    {
      ...{ mode: 'strong', ranks: [1, 2], launcher: 'mpirun -np {ranks}' },
      ...{ networks: [[784, 512, 512, 10]], batchSizes: [128, 1024] },
    },
    'ranks: steps of 128 rows of 784,512,512,10 are walked by block, which ranks do not divide.',
    'Try batchSizes: [1024].',
    '--ranks: steps of 128 rows of 784,512,512,10 are walked by block, which ranks do not divide.',
  ],
  [
    'the same of a weak study, with the rows of all ranks, for a network that needs more of them',
    {
      ...{ mode: 'weak', ranks: [2], launcher: 'mpirun -np {ranks}' },
      ...{ networks: [[784, 4096, 4096, 4096, 10]], batchSizes: [128] },
    },
    'ranks: steps of 256 rows of 784,4096,4096,4096,10 are walked',
    'Try batchSizes: [2048].',
    '--ranks: steps of 256 rows of 784,4096,4096,4096,10 are walked',
  ],
])('refuses %s', async (_, options, message, hint, typed) => {
  const error = await configureStudy({ backends: ['wasm'], ...options }).catch(error => error);
  expect(error).toMatchObject({ code: 'usage' });
  expect(error.message).toContain(message);
  expect(error.hint ?? '').toContain(hint);
  expect(messageInFlags(error)).toContain(typed);
});
