/** Simulated studies: samples computed from formulas, so that the correct results are known. */

import { idOf, type Planned, planPoints, planRounds } from '../../../src/lab/scale/points.js';
import type { PointSetup, Sample } from '../../../src/lab/scale/scaling-schema.js';
import type { StudyConfiguration } from '../../../src/lab/scale/study-header.js';
import { type ByPhase, RANK_PHASES } from '../../../src/model/plan.js';

export function configure(options: Partial<StudyConfiguration> = {}): StudyConfiguration {
  return {
    mode: 'strong',
    networks: [[8, 6, 3]],
    activation: 'relu',
    batchSizes: [64],
    workers: [1, 2, 4, 8],
    ranks: [1],
    launcher: null,
    shards: 'auto',
    backends: ['wasm'],
    blas: null,
    update: 'sharded',
    repeats: 3,
    retakes: 2,
    seconds: 1,
    rows: 1000,
    data: null,
    load: null,
    seed: 1,
    project: [],
    network: null,
    search: null,
    ...options,
  };
}

/** Seconds of a step's parts. */
export type StepTime = (setup: PointSetup) => ByPhase;

/** Between two ranks, of any number. */
export const LINK = { bytesPerSecond: 1e6, latencySeconds: 1e-4 };

/** All samples of a study with these step times, without noise. */
export function simulateSamples(configuration: StudyConfiguration, cores: number, time: StepTime): Sample[] {
  const points = planPoints(configuration, cores);
  const plan = planRounds(points, configuration.repeats, configuration.seed);
  return plan.map(planned => sampleOf(planned, time));
}

function sampleOf({ setup, round: repeat, order }: Planned<PointSetup>, time: StepTime): Sample {
  const phases = time(setup);
  const seconds = RANK_PHASES.reduce((sum, phase) => sum + (phases[phase] ?? 0), 0);
  return {
    ...setup,
    point: idOf(setup),
    repeat,
    order,
    phases,
    startedAt: '2026-11-25T00:00:00.000Z',
    processSeconds: 1,
    steps: 100,
    stepSeconds: { median: seconds, mad: 0 },
    samplesPerSecond: setup.batchSize / seconds,
    gflops: 1,
    productGflops: 2,
    imbalance: 1,
    clock: { before: 3e9, after: 3e9 },
    load: { stolen: 0, others: null, runningBefore: 1, runningAfter: 1 },
    places: [],
    retaken: [],
    slabBytes: 300,
    byBlock: false,
    cpus: setup.ranks > 1 ? 4 : null,
    note: null,
    link: setup.ranks > 1 ? LINK : null,
    peakBytes: 1e8,
  };
}
