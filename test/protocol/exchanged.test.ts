import { expect, it } from 'vitest';
import { describeNetwork } from '../../src/model/network.js';
import { PLAIN_DESCENT } from '../../src/model/optimizer.js';
import { planMemory, viewOf } from '../../src/model/plan.js';
import { Slots } from '../../src/protocol/collective.js';
import { ExchangedSums } from '../../src/protocol/exchanged.js';

const NETWORK = describeNetwork({ layers: [2, 2], hidden: [], output: 'softmax', loss: 'cross-entropy' });

function arenaOf(shards: number) {
  const plan = planMemory({
    ...{
      network: NETWORK,
      backend: 'reference',
      workers: 1,
      shards,
      scratchRows: [4],
      slabs: 1,
      foldBuffers: 0,
    },
    ...{ foldFloats: 0, blockRows: 0, blockFloats: 0, stepsPerEpoch: 1, optimizer: PLAIN_DESCENT, ranks: 3 },
    ...{ training: null, validation: null, keepPredictions: false, measuredBytes: 0, noiseParts: 1 },
  });
  const pages = Math.ceil(plan.bytes / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const slots = (name: string) => new Slots(plan, memory, name);
  return {
    sums: new ExchangedSums(plan, memory, true),
    metrics: slots('metrics'),
    noise: slots('noise/shards'),
    plan,
    memory,
  };
}

it('carries the sums of a rank’s shards to the places where another rank expects them', () => {
  const [from, to] = [arenaOf(5), arenaOf(8)];
  for (let shard = 0; shard < 5; shard++) {
    from.metrics.note(shard, shard + 0.5, 0);
    from.metrics.note(shard, 10 * shard, 1);
    from.noise.note(shard, 100 * shard);
  }
  const shards = { begin: 1, end: 4 };
  for (const wantsStop of [false, true]) {
    from.sums.pack(2, shards, wantsStop);
    const [sent, received] = [from, to].map(({ sums }) => sums.placeOf(2, shards));
    const message = new Uint8Array(from.memory.buffer).slice(sent!.begin, sent!.end);
    expect(message.length).toBe(received!.end - received!.begin);
    new Uint8Array(to.memory.buffer).set(message, received!.begin);
    expect(to.sums.unpack(2, shards)).toBe(wantsStop);
  }
  expect([0, 1, 2, 3, 4].map(shard => to.metrics.at(shard, 0))).toEqual([0, 1.5, 2.5, 3.5, 0]);
  expect([0, 1, 2, 3, 4].map(shard => to.metrics.at(shard, 1))).toEqual([0, 10, 20, 30, 0]);
  expect([0, 1, 2, 3, 4].map(shard => to.noise.at(shard))).toEqual([0, 100, 200, 300, 0]);
});

it('keeps the messages of all ranks apart', () => {
  const { sums, plan, memory } = arenaOf(4);
  const all = viewOf(plan, memory, 'exchange', 'f64');
  const [first, second, third] = [0, 1, 2].map(rank => sums.placeOf(rank, { begin: 0, end: 4 }));
  expect(first!.begin).toBe(all.byteOffset);
  expect(second!.begin).toBeGreaterThanOrEqual(first!.end);
  expect(third!.end).toBeLessThanOrEqual(all.byteOffset + all.byteLength);
});
