/** Memory for machine code that threads leave behind when they are terminated. */
import { readFileSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { chooseBackend } from '../../src/kernels/choose.js';
import { CodeRegions } from '../../src/kernels/native/code-regions.js';
import { idlePools } from '../../src/threads/idle-pools.js';
import { train } from '../../src/train/train.js';
import { randomDataset, trainOptions } from '../datasets.js';
import { NETWORKS } from '../train/networks.js';

const hasNative = chooseBackend('auto', null).name === 'native';

afterEach(() => void vi.restoreAllMocks());

/** Whether memory that can be executed begins at an address. */
function isExecutable(address: number, maps: string): boolean {
  return maps.split('\n').some(line => line.startsWith(address.toString(16)) && / r-xp /.test(line));
}

it.runIf(process.platform === 'linux' && hasNative)(
  'is given back when all threads of a pool have ended',
  async () => {
    const take = vi.spyOn(CodeRegions.prototype, 'take');
    const network = NETWORKS[0]!;
    const readMaps = () => readFileSync('/proc/self/maps', 'utf8');
    let during = '';
    const options = trainOptions({ backend: 'native', workers: 3, shards: 4 });
    for await (const { type } of train(network, randomDataset(network, 53), null, options)) {
      if (type === 'epoch') during = readMaps();
    }
    await idlePools.closeAll();
    const regions = take.mock.results.flatMap(({ value }) => value as ReturnType<CodeRegions['take']>);
    expect(regions).toHaveLength(3);
    const after = readMaps();
    for (const { address } of regions) {
      expect(isExecutable(address, during)).toBe(true);
      expect(isExecutable(address, after)).toBe(false);
    }
  },
);

it('is noted by several threads, as far as there is room, until it is taken', () => {
  const regions = new CodeRegions();
  const other = new CodeRegions(regions.shared);
  regions.add(4096, 100);
  other.add(8192, 200);
  expect(regions.take()).toEqual([
    { address: 4096, bytes: 100 },
    { address: 8192, bytes: 200 },
  ]);
  expect(regions.take()).toEqual([]);
  for (let i = 1; i <= 2000; i++) other.add(i, i);
  const taken = regions.take();
  expect(taken.length).toBeLessThan(2000);
  expect(taken.at(-1)).toEqual({ address: taken.length, bytes: taken.length });
});
