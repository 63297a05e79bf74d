/** Scaling study: what `lockstep scale` measures and predicts. Entries of the table in options.ts. */
import { choice, list, single, whole } from './kinds.js';
import { option } from './option.js';
import { networkLink, orderedPair } from './study-kinds.js';

export const STUDY_OPTIONS = {
  mode: option<'strong' | 'weak' | 'batch'>({
    kind: choice('strong', 'weak', 'batch'),
    default: 'strong',
    example: 'weak',
    help: 'What to study. strong: how much faster the same batch gets with more workers. weak: how much more gets done if the batch grows with the workers. batch: how many steps it takes to reach a target, by batch size.',
    short:
      'strong: the same batch on more workers; weak: batches that grow with the workers; batch: steps to a target by batch size',
    commands: ['scale'],
    usual: ['scale'],
  }),
  batchSizes: option<number[] | null>({
    kind: list(whole({ from: 1 }), { empty: false }),
    default: null,
    defaultText: '1024; batch: 64,256,1024,4096',
    example: '1024,4096',
    help: 'Batch sizes to measure; with --mode weak, rows per worker.',
    commands: ['scale'],
    synonyms: ['batch-size', 'batch', 'bs'],
    usual: ['scale'],
  }),
  backends: option<('auto' | 'native' | 'wasm' | 'blas' | 'reference')[]>({
    kind: list(choice('auto', 'native', 'wasm', 'blas', 'reference'), { empty: false }),
    default: ['auto'],
    example: 'wasm,blas',
    help: 'Backends to measure; auto is native if it can run, else wasm.',
    commands: ['scale'],
    synonyms: ['backend'],
    usual: ['scale'],
  }),
  repeats: option<number>({
    kind: whole({ from: 1 }),
    default: 6,
    example: '5',
    help: 'Number of measurements of each point, each in its own process; a 95 % interval of the median needs six.',
    commands: ['scale'],
    needs: { mode: ['strong', 'weak'] },
  }),
  project: option<number[]>({
    kind: list(whole({ from: 1, to: 2 ** 20 }), { empty: true }),
    default: [],
    example: '16,64',
    help: 'Worker counts to predict from measurements of one worker.',
    commands: ['scale'],
    needs: { mode: ['strong', 'weak'] },
    usual: ['scale'],
  }),
  network: option<{ bytesPerSecond: number; latencySeconds: number } | null>({
    kind: networkLink,
    default: null,
    defaultText: 'none: one machine',
    example: '25Gbps,10us',
    help: 'Bandwidth and latency of a network: predict for several machines like this one that add up gradients in a ring.',
    commands: ['scale'],
    needs: { mode: ['strong', 'weak'] },
  }),
  searches: option<number>({
    kind: whole({ from: 1, to: 1000 }),
    default: 12,
    example: '12',
    help: 'Number of learning rates to try at each batch size, from a quasi-random sequence.',
    commands: ['scale'],
    needs: { mode: ['batch'] },
  }),
  lrRange: option<[number, number]>({
    kind: orderedPair(single({ zero: false })),
    default: [0.01, 10],
    example: '0.01,10',
    help: 'Range of these learning rates, which are spread evenly on a log scale.',
    commands: ['scale'],
    needs: { mode: ['batch'] },
  }),
};
