/** Scaling study: what `lockstep scale` measures and predicts. Entries of the table in options.ts. */
import { choice, list, single, whole } from './kinds.js';
import { option } from './option.js';
import { networkLink, orderedPair } from './study-kinds.js';

export const STUDY_OPTIONS = {
  mode: option<'strong' | 'weak' | 'batch'>({
    kind: choice('strong', 'weak', 'batch'),
    default: 'strong',
    example: 'weak',
    help: 'strong: the same batch on more workers; weak: a batch in proportion to the workers; batch: steps to a target, by batch size.',
    commands: ['scale'],
    usual: ['scale'],
  }),
  batchSizes: option<number[] | null>({
    kind: list(whole({ from: 1 }), { empty: false }),
    default: null,
    defaultText: '1024; batch: 64,256,1024,4096',
    example: '1024,4096',
    help: 'Rows per step; weak: per worker.',
    commands: ['scale'],
    synonyms: ['batch-size', 'batch', 'bs'],
    usual: ['scale'],
  }),
  backends: option<('auto' | 'blas' | 'wasm' | 'reference')[]>({
    kind: list(choice('auto', 'blas', 'wasm', 'reference'), { empty: false }),
    default: ['auto'],
    example: 'wasm,blas',
    help: 'Kernels to measure; auto: the first that loads.',
    commands: ['scale'],
    synonyms: ['backend'],
    usual: ['scale'],
  }),
  repeats: option<number>({
    kind: whole({ from: 1 }),
    default: 6,
    example: '5',
    help: 'Processes that measure each point; a 95 % interval of the median needs six.',
    commands: ['scale'],
    needs: { mode: ['strong', 'weak'] },
  }),
  project: option<number[]>({
    kind: list(whole({ from: 1, to: 2 ** 20 }), { empty: true }),
    default: [],
    example: '16,64',
    help: 'Worker counts to predict from the measurements of one worker.',
    commands: ['scale'],
    needs: { mode: ['strong', 'weak'] },
    usual: ['scale'],
  }),
  network: option<{ bytesPerSecond: number; latencySeconds: number } | null>({
    kind: networkLink,
    default: null,
    defaultText: 'none: one machine',
    example: '25Gbps,10us',
    help: 'Predict for several machines like this one, joined by such a network, that add up gradients in a ring.',
    commands: ['scale'],
    needs: { mode: ['strong', 'weak'] },
  }),
  searches: option<number>({
    kind: whole({ from: 1, to: 1000 }),
    default: 12,
    example: '12',
    help: 'batch: learning rates tried at each batch size, from a quasi-random sequence.',
    commands: ['scale'],
    needs: { mode: ['batch'] },
  }),
  lrRange: option<[number, number]>({
    kind: orderedPair(single({ zero: false })),
    default: [0.01, 10],
    example: '0.01,10',
    help: 'batch: range of the learning rates, spread evenly on a log scale.',
    commands: ['scale'],
    needs: { mode: ['batch'] },
  }),
};
