import { describe, expect, it } from 'vitest';
import { countParameters, type Network } from '../../src/model/network.js';
import type { Operation } from '../../src/model/operations.js';
import { makeOptimizer, type Optimizer } from '../../src/model/optimizer.js';
import {
  coordinatorPasses,
  evaluationPass,
  type Pass,
  type PassFacts,
  type StepPasses,
  stepPasses,
} from '../../src/model/pass.js';
import { perturbationFor } from '../../src/model/perturbation.js';
import { entryOf, planMemory } from '../../src/model/plan.js';
import { windowOf } from '../../src/model/row-operations.js';
import type { Range } from '../../src/model/shards.js';
import { countWorkers, type Team, teamOf } from '../../src/model/team.js';
import { countParts, foldFloats, planWalk } from '../../src/model/walk.js';

const NARROW: Network = {
  layers: [7, 6, 5, 3],
  hidden: ['tanh', 'gelu'],
  output: 'softmax',
  loss: 'cross-entropy',
};
const WIDE: Network = {
  layers: [400, 300, 20, 3],
  hidden: ['relu', 'tanh'],
  output: 'identity',
  loss: 'sse',
};
/** Several chunks a layer. */
const LONG: Network = {
  layers: [40, 150, 60, 3],
  hidden: ['relu', 'tanh'],
  output: 'identity',
  loss: 'sse',
};
const ROWS = 40;
const SHARDS = 5;

interface Variant {
  network: Network;
  optimizer?: Optimizer;
  noiseScale?: boolean;
  coordinates?: boolean;
  decays?: boolean;
  dropout?: boolean;
  /** Ranks that share the update. */
  sharing?: Team | null;
}

function factsOf({ network, dropout = false, sharing = null, ...given }: Variant): PassFacts {
  const team = sharing ?? teamOf(3);
  const [ranks, workers] = [team.workers.length, team.workers[team.rank]!];
  const { byBlock, blockFloats, microBatch } = planWalk(network, ROWS, SHARDS, false);
  expect(byBlock).toBe(network === WIDE);
  const table = {
    ...{
      rows: ROWS,
      features: network.layers[0]!,
      width: network.layers[0]!,
      type: 'f32' as const,
      spans: 0,
    },
    ...{ targets: network.loss === 'sse' ? 3 : 1, targetIsInput: false, scale: 1, smoothing: 0 },
    ...{ weighs: false, counts: false, labelsWeigh: false },
  } as const;
  const optimizer = given.optimizer ?? makeOptimizer('sgd');
  const hidden = network.hidden.map((_, i) => (dropout && i === 0 ? 0.5 : 0));
  const perturbation = perturbationFor(network, {
    ...{ dropout: hidden, inputDropout: dropout ? 0.1 : 0, inputNoise: dropout ? 0.2 : 0, seed: 1 },
  });
  const plan = planMemory({
    ...{
      network,
      workers,
      optimizer,
      perturbation,
      scratchRows: Array(workers).fill(microBatch),
      blockFloats,
      backend: 'wasm',
      shards: SHARDS,
    },
    ...{ ranks, allWorkers: countWorkers(team) },
    ...{ slabs: 4, foldBuffers: byBlock ? 0 : 2, foldFloats: foldFloats(network) },
    ...{ blockRows: byBlock ? ROWS : 0, stepsPerEpoch: 1, keepPredictions: true },
    ...{ noiseParts: countParts(network, byBlock), training: table, validation: table, measuredBytes: 0 },
  });
  const { noiseScale = false, coordinates = false, decays = false } = given;
  const window = windowOf(plan, 'training', table);
  return {
    network,
    plan,
    optimizer,
    perturbation,
    window,
    byBlock,
    workers,
    ranks,
    sharing,
    noiseScale,
    coordinates,
    decays,
  };
}

/** The passes of all parties. */
function partiesOf(facts: PassFacts): StepPasses[] {
  const workers = Array.from({ length: facts.workers }, (_, worker) => stepPasses(facts, worker));
  return facts.coordinates ? [...workers, coordinatorPasses(facts)] : workers;
}

const operationsOf = (pass: Pass): Operation[] => pass.flatMap(({ operations }) => operations);
const kindsOf = (pass: Pass) => operationsOf(pass).map(({ kind }) => kind);
const barriersOf = (pass: Pass) => kindsOf(pass).filter(kind => kind === 'barrier').length;

const OPTIMIZERS = [
  makeOptimizer('sgd'),
  makeOptimizer('adam'),
  makeOptimizer('adam', { clipNorm: 1 }),
  makeOptimizer('lars'),
  makeOptimizer('lamb'),
  makeOptimizer('lamb', { clipNorm: 1 }),
];
const VARIANTS: [string, Variant][] = [NARROW, WIDE].flatMap(network =>
  OPTIMIZERS.flatMap(optimizer =>
    [false, true].flatMap(coordinates =>
      [false, true].map((noiseScale): [string, Variant] => {
        const { name, clipNorm } = optimizer;
        const walk = network === WIDE ? 'by block' : 'by shard';
        const title = `${walk}, ${name}${clipNorm ? ' clipped' : ''}, ${coordinates ? 'coordinator' : 'sharded'}`;
        const variant = { network, optimizer, coordinates, noiseScale, decays: true };
        return [`${title}${noiseScale ? ', noise scale' : ''}`, variant];
      }),
    ),
  ),
);

describe.each(VARIANTS)('a step, %s', (_, variant) => {
  const parties = partiesOf(factsOf(variant));

  it('has the same number of barriers for every party', () => {
    for (const pass of ['gradient', 'update'] as const) {
      const counts = parties.map(passes => barriersOf(passes[pass]));
      expect(new Set(counts).size).toBe(1);
    }
  });

  it('applies the rule to each parameter once', () => {
    const facts = factsOf(variant);
    const times = new Uint8Array(facts.plan.slabBytes / 4);
    for (const { gradient, update } of parties) {
      for (const operation of [...operationsOf(gradient), ...operationsOf(update)]) {
        if (operation.kind !== 'apply') continue;
        const { at, length } = operation.part;
        for (let i = 0; i < length; i++) times[at / 4 + i]!++;
      }
    }
    const slab = entryOf(facts.plan, 'w/1').offset;
    facts.network.layers.slice(1).forEach((outputs, i) => {
      const begin = (entryOf(facts.plan, `w/${i + 1}`).offset - slab) / 4;
      const layer = times.subarray(begin, begin + (facts.network.layers[i]! + 1) * outputs);
      expect(layer.every(count => count === 1)).toBe(true);
    });
  });

  it('leaves the update to the coordinator if told to', () => {
    const kinds = partiesOf(factsOf(variant)).map(({ update }) => kindsOf(update).includes('apply'));
    const { workers, coordinates } = factsOf(variant);
    expect(kinds).toEqual(coordinates ? [...Array(workers).fill(false), true] : Array(workers).fill(true));
  });

  it('publishes each part of the squared gradient once, and only for the noise scale', () => {
    const facts = factsOf(variant);
    const parts = parties.flatMap(({ update }) =>
      operationsOf(update).flatMap(operation => (operation.kind === 'squares' ? [operation.part] : [])),
    );
    const count = facts.noiseScale ? countParts(facts.network, facts.byBlock) : 0;
    expect(parts.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  });
});

describe.each([[[1, 1]], [[2, 1, 3]], [[9, 9]]])('ranks of %j workers that share the update', workers => {
  const ranksOf = (variant: Variant) =>
    workers.map((_, rank) => {
      const facts = factsOf({ ...variant, sharing: { rank, workers } });
      return { facts, parties: partiesOf(facts) };
    });
  const variants = [NARROW, LONG].flatMap(network =>
    OPTIMIZERS.flatMap(optimizer =>
      [false, true].map((noiseScale): Variant => ({ network, optimizer, noiseScale, decays: true })),
    ),
  );
  /** The places that worker 0 spreads, in order. */
  const spreadsOf = ({ update }: StepPasses) =>
    operationsOf(update).flatMap(one => (one.kind === 'spread' ? [one.places] : []));

  it('have the same number of barriers for every worker, and spread alike', () => {
    for (const variant of variants) {
      const ranks = ranksOf(variant);
      for (const { parties } of ranks) {
        expect(new Set(parties.map(({ update }) => barriersOf(update))).size).toBe(1);
      }
      const lengths = ranks.map(({ parties }) =>
        spreadsOf(parties[0]!).map(places => places.map(parts => parts.map(({ begin, end }) => end - begin))),
      );
      for (const other of lengths) expect(other).toEqual(lengths[0]);
    }
  });

  it('spread what they write, and each place is written by one rank', () => {
    for (const variant of variants) {
      for (const [rank, { facts, parties }] of ranksOf(variant).entries()) {
        const spread = spreadsOf(parties[0]!).flat();
        for (const parts of spread) {
          for (const [i, { begin }] of parts.slice(1).entries()) expect(begin).toBe(parts[i]!.end);
        }
        const placeOf = (name: string): Range => {
          const { offset } = entryOf(facts.plan, name);
          return spread.find(parts => parts[0]!.begin === offset)![rank]!;
        };
        const isWithin = (offset: number, length: number, { begin, end }: Range) =>
          offset >= begin && offset + length <= end;
        for (const operation of parties.flatMap(({ update }) => operationsOf(update))) {
          if (operation.kind === 'apply') {
            const { at, length } = operation.part;
            const w = entryOf(facts.plan, 'w/1').offset;
            expect(isWithin(w + at, 4 * length, placeOf('w/1'))).toBe(true);
          }
          if (
            operation.kind === 'sum' &&
            operationsOf(parties[0]!.update).some(one => one.kind === 'norms')
          ) {
            const norms = entryOf(facts.plan, 'norms').offset;
            expect(isWithin(norms + 24 * operation.part.chunk, 24, placeOf('norms'))).toBe(true);
          }
          if (operation.kind === 'squares') {
            const noise = entryOf(facts.plan, 'noise/parts').offset;
            expect(isWithin(noise + 8 * operation.part, 8, placeOf('noise/parts'))).toBe(true);
          }
        }
      }
    }
  });

  it('apply the rule to each parameter once', () => {
    for (const variant of variants) {
      const ranks = ranksOf(variant);
      const parts = ranks
        .flatMap(({ parties }) => parties.flatMap(({ update }) => operationsOf(update)))
        .flatMap(one => (one.kind === 'apply' ? [one.part] : []))
        .sort((a, b) => a.at - b.at);
      const count = parts.reduce((sum, { length }) => sum + length, 0);
      const ends = parts.map(({ at, length }) => at + 4 * length);
      expect(parts.slice(1).every(({ at }, i) => at >= ends[i]!)).toBe(true);
      const { network } = variant;
      expect(count).toBeGreaterThanOrEqual(countParameters(network));
      expect(count).toBeLessThanOrEqual(ranks[0]!.facts.plan.slabBytes / 4);
    }
  });
});

it('lists a step by shard in the order of the formulas', () => {
  const { gradient, update } = stepPasses(factsOf({ network: NARROW, dropout: true }), 0);
  expect(gradient.map(({ over }) => over)).toEqual(['micro-batches']);
  expect(operationsOf(gradient).map(one => ('layer' in one ? `${one.kind} ${one.layer}` : one.kind))).toEqual(
    [
      ...['clear', 'gather', 'noise', 'drop 0', 'layer 1', 'drop 1', 'layer 2', 'layer 3', 'loss'],
      ...['gradient 3', 'delta 2', 'gradient 2', 'delta 1', 'drop 1', 'gradient 1', 'fold'],
    ],
  );
  expect(new Set(kindsOf(update))).toEqual(new Set(['join', 'apply']));
});

it('lists a step by block with a barrier between any two layers, forward and backward', () => {
  const { gradient, update } = stepPasses(factsOf({ network: WIDE }), 0);
  expect(gradient.map(({ over }) => over)).toEqual(['part', 'batch', 'shards']);
  expect(barriersOf(gradient)).toBe(3);
  expect(barriersOf(update)).toBe(2);
  const layers = operationsOf(update).flatMap(one => (one.kind === 'gradient' ? [one.layer] : []));
  expect([...layers].sort((a, b) => b - a)).toEqual(layers);
});

it('leaves ∇E of all rows for a line search, and changes no weight', () => {
  for (const network of [NARROW, WIDE]) {
    const parties = partiesOf(factsOf({ network, optimizer: makeOptimizer('lbfgs') }));
    for (const { update } of parties) {
      expect(kindsOf(update)).toContain('sum');
      expect(kindsOf(update)).not.toContain('apply');
    }
    expect(new Set(parties.map(({ update }) => barriersOf(update))).size).toBe(1);
  }
});

it('evaluates without the operations of training, and computes ŷ before the loss replaces it', () => {
  const { network, plan, window } = factsOf({ network: NARROW, dropout: true });
  const facts = { network, plan, window, hasGradients: true };
  const layers = ['layer', 'layer', 'layer'];
  expect(kindsOf(evaluationPass(facts, 1, 64))).toEqual([
    'clear',
    'gather',
    ...layers,
    'predict',
    'loss',
    'pulse',
  ]);
  const unlabelled = { ...facts, window: { ...window, targets: 0 } };
  expect(kindsOf(evaluationPass(unlabelled, 1, null))).toEqual(['clear', 'gather', ...layers, 'pulse']);
});
