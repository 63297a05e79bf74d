/**
 * Studies as the measuring side produces them, computed from formulas: a machine that follows the Universal
 * Scalability Law.
 */

import type { Topology } from '../../../src/lab/machine/topology.js';
import type { BatchStudy, Trial } from '../../../src/lab/scale/batch-schema.js';
import { efficiencyFactors } from '../../../src/lab/scale/laws/factors.js';
import { partsOfStep } from '../../../src/lab/scale/laws/roofline.js';
import type {
  Curve,
  Fit,
  MemoryLevel,
  Point,
  Prediction,
  Roofs,
  Scaling,
  ScalingStudy,
} from '../../../src/lab/scale/scaling-schema.js';
import type { Estimate, Statistic, StudyHeader } from '../../../src/lab/scale/study-header.js';

const USABLE = 8;
const TOPOLOGY: Topology = {
  ...{ sockets: 2, cores: 16, threadsPerCore: 1, online: '0-15', usable: '0-7' },
  caches: [{ level: 2, bytes: 2 ** 20, sharedBy: '0', sharing: 1, count: 16 }],
  numaNodes: [{ node: 0, threads: '0-15', memoryBytes: 2 ** 34 }],
  ...{ governor: 'performance', mostHertz: 3.4e9, quotaCores: null, hypervisor: 'KVM' },
};
const ALPHA = 0.04;
const BETA = 0.002;
/** Throughput of n workers relative to one. */
const rateOf = (n: number) => n / (1 + ALPHA * (n - 1) + BETA * n * (n - 1));

const estimate = (value: number, part = 0.03): Estimate => ({
  value,
  standardError: (part * value) / 2,
  low: value * (1 - part),
  high: value * (1 + part),
});

const statistic = (median: number): Statistic => ({
  count: 5,
  median,
  mad: 0.01 * median,
  standardError: 0.01 * median,
  low: 0.97 * median,
  high: 1.02 * median,
  coverage: 0.9375,
});

export interface Plan {
  mode?: 'strong' | 'weak';
  networks?: number[][];
  backends?: ('blas' | 'wasm')[];
  workers?: number[];
  project?: number[];
  /** Text that replaces every name of external origin. */
  name?: string;
}

function header(mode: 'strong' | 'weak' | 'batch', plan: Required<Plan>): StudyHeader {
  return {
    sha256: '0123456789abcdef'.repeat(4),
    format: 'lockstep-study',
    version: 3,
    command: `lockstep scale --mode ${mode} --out '${plan.name}'`,
    startedAt: '2026-11-25T01:00:00.000Z',
    finishedAt: '2026-11-25T01:10:00.000Z',
    machine: {
      cpu: plan.name,
      cores: 16,
      usableCores: USABLE,
      memoryBytes: 2 ** 34,
      topology: TOPOLOGY,
      os: 'Linux 6.1.0 x64',
      node: 'v20.20.0',
      lockstep: '0.1.0',
      backends: { blas: 'OpenBLAS 0.3.21', wasm: 'wasm (SIMD)' },
    },
    configuration: {
      mode,
      networks: plan.networks,
      activation: 'tanh',
      batchSizes: [1024],
      workers: plan.workers,
      ranks: [1],
      launcher: null,
      shards: 'auto',
      backends: plan.backends,
      update: 'sharded',
      repeats: 5,
      retakes: 2,
      seconds: 2,
      rows: 60_000,
      data: null,
      load: null,
      blas: null,
      seed: 1,
      project: plan.project,
      network: null,
      search: null,
    },
  };
}

const DEFAULTS: Required<Plan> = {
  mode: 'strong',
  networks: [[784, 128, 10]],
  backends: ['blas'],
  workers: [1, 2, 4, 6, 8, 12],
  project: [],
  name: 'Made-up 8-core processor',
};

export function scalingStudy(given: Plan = {}): ScalingStudy {
  const plan = { ...DEFAULTS, ...given };
  const setups = plan.networks.flatMap(layers => plan.backends.map(backend => ({ layers, backend })));
  const points = setups.flatMap(setup => plan.workers.map(workers => pointOf(setup, workers)));
  const curves = setups.map(setup => curveOf(setup, plan));
  return { ...header(plan.mode, plan), mode: plan.mode, samples: [], points, roofs: roofsOf(plan), curves };
}

function roofsOf({ backends, workers }: Required<Plan>): Roofs[] {
  return backends.flatMap(backend => workers.map(count => roofsFor(backend, count)));
}

function roofsFor(backend: 'blas' | 'wasm', workers: number): Roofs {
  const bandwidth = (level: MemoryLevel, bytes: number, bytesPerSecond: number) => {
    return { level, bytes, bytesPerSecond, read: bytesPerSecond, update: 0.8 * bytesPerSecond };
  };
  return {
    ...{ backend, workers, peakGflops: 100 * workers, hertz: 3e9 },
    bandwidths: [
      bandwidth('level 2', 2 ** 19, 1e11 * workers),
      bandwidth('level 3', 2 ** 22, 4e10 * workers),
      bandwidth('memory', 2 ** 28, 2e10 * Math.sqrt(workers)),
    ],
  };
}

interface Setup {
  layers: number[];
  backend: 'blas' | 'wasm';
}

const baseRate = ({ layers, backend }: Setup) =>
  (backend === 'blas' ? 2 : 1) * (3e10 / (layers[0]! * layers[1]!));
const idOf = ({ layers, backend }: Setup, workers: number) =>
  `${layers}/${backend}/1024/w${workers}s${workers}`;
const excludedOf = (workers: number) => (workers > USABLE ? `${workers} workers on ${USABLE} cores` : null);

function pointOf(setup: Setup, workers: number): Point {
  const rate = baseRate(setup) * rateOf(Math.min(workers, USABLE)) * (workers > USABLE ? 0.8 : 1);
  const step = 1024 / rate;
  return {
    id: idOf(setup, workers),
    role: 'scaling',
    ...setup,
    batchSize: 1024,
    ranks: 1,
    workers,
    shards: workers,
    excluded: excludedOf(workers),
    samplesPerSecond: statistic(rate),
    stepSeconds: statistic(step),
    gflops: statistic(50 * workers),
    productGflops: statistic(95 * workers),
    imbalance: statistic(1.02),
    clock: statistic(3e9 * (1 - 0.01 * (workers - 1))),
    disturbance: 0.004 * workers,
    disturbed: workers > 2 ? 1 : 0,
    peakBytes: statistic(2e8),
    phases: {
      gather: 0.05 * step,
      forward: 0.3 * step,
      backward: 0.45 * step,
      update: 0.1 * step,
      waiting: 0.1 * step,
    },
  };
}

function curveOf(setup: Setup, plan: Required<Plan>): Curve {
  const one = idOf(setup, 1);
  return {
    id: `${setup.layers}/${setup.backend}/1024`,
    ...setup,
    batchSize: 1024,
    workersPerRank: null,
    serialPoint: one,
    onePoint: one,
    scaling: plan.workers.map(workers => scalingOf(setup, workers)),
    fits: fitsOf(baseRate(setup), Math.max(...plan.workers, ...plan.project)),
    projection: {
      rates: { computeGflops: 80, updateBytesPerSecond: 2e10, barrierSeconds: 3e-7, link: null },
      heldOut:
        plan.project.length === 0
          ? []
          : [{ prediction: predict(setup, 2), measuredStepSeconds: 0.0021, error: -0.03 }],
      predictions: plan.project.map(workers => predict(setup, workers)),
    },
  };
}

function scalingOf(setup: Setup, workers: number): Scaling {
  const speedup = pointOf(setup, workers).samplesPerSecond.median / baseRate(setup);
  const point = pointOf(setup, workers);
  const one = pointOf(setup, 1);
  const base = { seconds: one.stepSeconds.median, hertz: one.clock.median };
  const factors = efficiencyFactors('strong', base, point);
  const serial = workers === 1 ? null : (1 / speedup - 1 / workers) / (1 - 1 / workers);
  return {
    ranks: 1,
    workers,
    point: idOf(setup, workers),
    excluded: excludedOf(workers),
    speedup: estimate(speedup),
    speedupOverOne: estimate(speedup),
    efficiency: estimate(speedup / workers),
    karpFlatt: serial === null ? null : estimate(serial, 0.3),
    serial: serial === null ? null : { waiting: 0.7 * serial, exchange: 0, extraWork: 0.3 * serial },
    clockCorrected: speedup / workers / factors.clock,
    factors,
    roofline: partsOfStep(point, false, roofsFor(setup.backend, workers)),
  };
}

function fitsOf(rate: number, upTo: number): Fit[] {
  const lineOf = (f: (n: number) => number) =>
    Array.from({ length: 40 }, (_, i) => 1 + (i * (upTo - 1)) / 39).map(workers => {
      const value = f(workers);
      const half = 0.004 * workers * value;
      return { workers, value, low: value - half, high: value + half };
    });
  const common = {
    fitted: true as const,
    rSquared: 0.9987,
    residualStandardError: 0.04,
    degreesOfFreedom: 23,
    residuals: [],
  };
  return [
    {
      law: 'amdahl',
      ...common,
      quantity: 'speedup',
      parameters: { serialFraction: estimate(0.052) },
      peak: null,
      line: lineOf(n => 1 / (0.052 + (1 - 0.052) / n)),
    },
    {
      law: 'usl',
      ...common,
      quantity: 'samplesPerSecond',
      peak: { workers: 21.9, value: rate * rateOf(21.9) },
      parameters: { gamma: estimate(rate), alpha: estimate(ALPHA), beta: estimate(BETA) },
      line: lineOf(n => rate * rateOf(n)),
    },
    { law: 'gustafson', fitted: false, reason: 'expected at least 4 worker counts within 2 cores, got 2.' },
  ];
}

function predict(setup: Setup, workers: number): Prediction {
  const samplesPerSecond = baseRate(setup) * rateOf(workers) * 1.05;
  const step = 1024 / samplesPerSecond;
  return {
    workers,
    machines: workers > 16 ? workers / 16 : 1,
    batchSize: 1024,
    stepSeconds: step,
    samplesPerSecond,
    parts: { compute: 0.8 * step, update: 0.1 * step, barrier: 0.02 * step, network: 0.08 * step },
  };
}

/** Steps that halve with the batch size up to about 1,000 rows, and then level off. */
export function batchStudy(name = 'Made-up 8-core processor'): BatchStudy {
  const plan = { ...DEFAULTS, name };
  const head = header('batch', plan);
  const batches = [64, 128, 256, 512, 1024, 2048, 4096, 8192];
  const stepsAt = (batch: number) => Math.round(200_000 / batch + 180);
  const setup = { layers: [784, 128, 10], backend: 'blas' as const, workers: 2 };
  const search = {
    target: { metric: 'accuracy' as const, value: 0.97 },
    searches: 6,
    maxEpochs: 30,
    maxSteps: null,
  };
  return {
    ...head,
    mode: 'batch',
    configuration: {
      ...head.configuration,
      batchSizes: batches,
      data: name,
      search: { ...search, learningRates: { low: 0.01, high: 3 } },
    },
    trials: batches.flatMap((batchSize, b) =>
      Array.from({ length: 6 }, (_, i) => ({
        ...setup,
        batchSize,
        search: i,
        learningRate: 0.02 * 2 ** (i + b / 2),
        order: 6 * b + i,
        startedAt: head.startedAt,
        processSeconds: 3,
        outcome: outcomeOf(b, i),
        steps: Math.round(stepsAt(batchSize) * (1 + 0.3 * (i - 3) ** 2)),
        epochs: 4,
        seconds: 2,
        samplesPerSecond: 3e5,
        history: [],
        peakBytes: 2e8,
      })),
    ),
    curves: [
      {
        id: '784,128,10/blas',
        ...setup,
        points: batches.map((batchSize, b) => ({
          batchSize,
          trials: 6,
          reached: b === 7 ? 0 : 5,
          diverged: 1,
          perfectSteps: stepsAt(64) * (64 / batchSize),
          edge: b === 6 ? ('high' as const) : null,
          best:
            b === 7
              ? null
              : {
                  search: 3,
                  learningRate: 0.16 * 2 ** (b / 2),
                  steps: stepsAt(batchSize),
                  epochs: (stepsAt(batchSize) * batchSize) / 60_000,
                  seconds: stepsAt(batchSize) * (2e-4 + batchSize / 4e5),
                },
        })),
        noiseScales: [
          {
            moment: 'early',
            learningRate: 0.16,
            batchSize: 64,
            step: 50,
            epochs: 0.05,
            smallRows: 64,
            largeRows: 4096,
            batches: 16,
            squaredGradient: 0.12,
            trace: 60,
            scale: estimate(500, 0.2),
          },
          {
            moment: 'late',
            learningRate: 0.16,
            batchSize: 64,
            step: 3000,
            epochs: 3.2,
            smallRows: 64,
            largeRows: 4096,
            batches: 16,
            squaredGradient: -0.001,
            trace: 20,
            scale: null,
          },
        ],
      },
    ],
  };
}

/** The highest learning rate diverges; the largest batch never reaches the target. */
function outcomeOf(batch: number, search: number): Trial['outcome'] {
  if (search === 5) return 'diverged';
  return batch === 7 ? 'budget' : 'reached';
}
