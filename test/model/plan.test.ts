import { describe, expect, it } from 'vitest';
import { initialWeights } from '../../src/model/init.js';
import { countParameters, describeNetwork, layersOf, type Network } from '../../src/model/network.js';
import { PLAIN_DESCENT } from '../../src/model/optimizer.js';
import { entryOf, type Plan, type PlanRequest, planMemory } from '../../src/model/plan.js';
import { blocksOf, planWalk } from '../../src/model/walk.js';

const NETWORK: Network = { layers: [5, 7, 3], hidden: ['tanh'], output: 'softmax', loss: 'cross-entropy' };

function plan(request: Partial<PlanRequest> = {}): Plan {
  return planMemory({
    network: NETWORK,
    backend: 'wasm',
    workers: 2,
    shards: 3,
    scratchRows: [16, 16],
    slabs: 3,
    foldBuffers: 0,
    foldFloats: 0,
    blockRows: 0,
    blockFloats: 0,
    stepsPerEpoch: 4,
    optimizer: PLAIN_DESCENT,
    training: {
      rows: 50,
      features: 5,
      width: 5,
      spans: 0,
      type: 'u8',
      targets: 1,
      weighs: false,
      counts: false,
      labelsWeigh: false,
    },
    validation: {
      rows: 9,
      features: 5,
      width: 5,
      spans: 0,
      type: 'f32',
      targets: 1,
      weighs: false,
      counts: false,
      labelsWeigh: false,
    },
    keepPredictions: true,
    measuredBytes: 0,
    noiseParts: 0,
    ...request,
  });
}

const BYTES = { u8: 1, i32: 4, u32: 4, f32: 4, f64: 8 };

describe('planMemory', () => {
  it('places everything on 64-byte boundaries, one after the other', () => {
    const { entries, bytes } = plan();
    let end = 64;
    for (const { offset, shape, dtype } of entries) {
      expect(offset % 64).toBe(0);
      expect(offset).toBeGreaterThanOrEqual(end);
      end = offset + shape.reduce((product, size) => product * size, BYTES[dtype]);
    }
    expect(bytes).toBeGreaterThanOrEqual(end);
    expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
  });

  it('gives gradients slabs with the layout of the weights', () => {
    const laid = plan();
    const at = (name: string) => entryOf(laid, name).offset;
    for (let s = 0; s < 3; s++) {
      expect(at(`gw${s}/1`) - at('gw0/1')).toBe(s * laid.slabBytes);
      expect(at(`gw${s}/2`) - at(`gw${s}/1`)).toBe(at('w/2') - at('w/1'));
      expect(entryOf(laid, `gw${s}/2`).shape).toEqual([8, 3]);
    }
  });

  it('does not grow with the batch', () => {
    // The batch size only affects stepsPerEpoch: larger batches need less memory.
    expect(plan({ stepsPerEpoch: 1 }).bytes).toBeLessThanOrEqual(plan({ stepsPerEpoch: 50 }).bytes);
  });

  it('refuses more than 4 GiB and says what needs the memory', () => {
    const training = {
      rows: 2_000_000,
      features: 784,
      width: 784,
      spans: 0,
      type: 'f32' as const,
      targets: 1,
      weighs: false,
      counts: false,
      labelsWeigh: false,
    };
    expect(() => plan({ training })).toThrow(
      /memory: the job takes 5.8\d GiB, and at most 4.00 GiB fit \(data 5.8\d GiB, gradients 0.00 GiB/,
    );
  });

  it('throws for a name that does not exist', () => {
    expect(() => entryOf(plan(), 'worker2/x')).toThrow('the memory plan has no worker2/x');
  });
});

describe('planWalk', () => {
  it.each([
    // layers, batch rows, shards: rows at once, by block
    [[32, 64, 64, 2], 8192, 2, 448, false],
    [[784, 128, 10], 8192, 2, 128, false],
    [[784, 1024, 1024, 1024, 10], 8192, 2, 512, false],
    [[784, 1024, 1024, 1024, 10], 1024, 2, 512, false],
    [[784, 128, 10], 64, 2, 32, true],
    [[32, 64, 64, 2], 64, 2, 32, false],
    [[784, 1024, 1024, 1024, 10], 64, 8, 8, true],
    [[784, 512, 512, 10], 60_000, 2, 512, false],
    [[4, 3], 8192, 2, 512, false],
    [[784, 30, 10], 8192, 2, 151, false],
    [[784, 512, 512, 10], 1024, 64, 128, false],
    [[784, 512, 512, 10], 8192, 64, 512, false],
    [[32, 64, 64, 2], 64, 4, 32, false],
    [[32, 64, 64, 2], 32, 2, 16, false],
    [[784, 30, 10], 1024, 64, 128, false],
    [[784, 30, 10], 1000, 64, 128, false],
    [[784, 30, 10], 8192, 64, 128, false],
    [[4, 3], 10, 1, 12, false],
    [[4, 3], 1, 1, 4, false],
  ] as const)(
    'walks %j, %d rows in %d shards, with %d rows at once, by block: %s',
    (layers, batch, shards, rows, byBlock) => {
      const network = { ...NETWORK, layers, hidden: layers.slice(1, -1).map(() => 'tanh' as const) };
      const walk = planWalk(network, batch, shards, true);
      expect(walk.byBlock).toBe(byBlock);
      expect(walk.microBatch % 4).toBe(0);
      expect(Math.abs(walk.microBatch - rows)).toBeLessThanOrEqual(64);
    },
  );
});

describe('blocksOf', () => {
  it('cuts all parameters, each once, with the biases in the first block', () => {
    const network: Network = { ...NETWORK, layers: [300, 700, 3] };
    const laid = plan({ network });
    const blocks = blocksOf(network, laid).flat();
    expect(blocks.length).toBeGreaterThan(3);
    const bytes = blocks.reduce((sum, { from, to }) => sum + to - from, 0);
    expect(bytes).toBe(4 * countParameters(network));
    for (const layer of [0, 1]) {
      const own = blocks.filter(block => block.layer === layer);
      expect(own[0]!.begin).toBe(0);
      expect(own.at(-1)!.end).toBe(network.layers[layer]);
      own.slice(1).forEach((block, i) => {
        expect([block.begin, block.from]).toEqual([own[i]!.end, own[i]!.to]);
      });
    }
  });
});

describe('describeNetwork', () => {
  const bad: [string, Partial<Network>, RegExp][] = [
    ['one layer', { layers: [5], hidden: [] }, /two or more layer sizes/],
    ['an empty layer', { layers: [5, 0, 3] }, /sizes of 1 and more, got \[5, 0, 3\]/],
    ['too few activations', { hidden: [] }, /expected 1 activations.*got 0/],
    ['softmax with squared error', { loss: 'sse' }, /loss sse does not go with output activation softmax/],
    ['cross-entropy without softmax', { output: 'tanh' }, /loss cross-entropy does not go with/],
  ];
  it.each(bad)('refuses %s', (_, change, message) => {
    expect(() => describeNetwork({ ...NETWORK, ...change })).toThrow(message);
  });
});

describe('initialWeights', () => {
  const wide: Network = { ...NETWORK, layers: [100, 200, 10], hidden: ['relu'] };

  it('has biases of 0 and the deviation of its scheme', () => {
    for (const [scheme, variance] of [
      ['glorot', 2 / 300],
      ['he', 2 / 100],
      ['auto', 2 / 100],
    ] as const) {
      const weights = initialWeights(wide, 1, scheme);
      expect(weights).toHaveLength(countParameters(wide));
      expect([...weights.subarray(0, 200)].every(bias => bias === 0)).toBe(true);
      const first = weights.subarray(200, 200 + 100 * 200);
      const measured = first.reduce((sum, w) => sum + w * w, 0) / first.length;
      expect(measured / variance).toBeGreaterThan(0.97);
      expect(measured / variance).toBeLessThan(1.03);
    }
  });

  it('depends only on the seed', () => {
    expect(initialWeights(wide, 3)).toEqual(initialWeights(wide, 3));
    expect(initialWeights(wide, 3)).not.toEqual(initialWeights(wide, 4));
    expect(layersOf(wide).map(({ activation }) => activation)).toEqual(['relu', 'softmax']);
  });
});
