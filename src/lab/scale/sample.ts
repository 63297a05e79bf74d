/** One measurement of one point, in the process that it is taken in. */
import { countParameters } from '../../model/network.js';
import { isByBlock } from '../../model/walk.js';
import { networkFor } from '../../train/make-network.js';
import { bench } from '../bench/bench.js';
import { loadRows } from './data.js';
import { machineOf } from './machine.js';
import type { PointSetup } from './scaling-schema.js';
import type { StudyConfiguration } from './study-header.js';
import type { SampleFigures } from './tasks.js';

/** What is known about the ranks of a measurement; for one, nothing. */
export type RanksFacts = Pick<SampleFigures, 'cpus' | 'note' | 'link'>;

/** @throws usage or failed, if it can't be measured */
export async function measureSample(
  configuration: StudyConfiguration,
  setup: PointSetup,
  ofRanks: RanksFacts = { cpus: null, note: null, link: null },
): Promise<SampleFigures> {
  const { activation, rows, seconds, update, seed } = configuration;
  const { role, layers, batchSize } = setup;
  // Steps without arithmetic need no rows but their own.
  const isBarrier = role === 'barrier';
  const data = isBarrier ? null : ((await loadRows(configuration))?.train ?? null);
  const result = await bench({
    ...machineOf(configuration, setup),
    ...{ layers, activation, batchSize, seconds, update, seed, data },
    rows: data?.rows ?? (isBarrier ? BARRIER_ROWS : rows),
  });
  const network = networkFor(layers, activation, data?.task ?? 'multiclass');
  const { steps, stepSeconds, samplesPerSecond, gflops, productGflops, phases, imbalance } = result;
  const { clock, load, places } = result;
  return {
    ...setup,
    ...{ steps, stepSeconds, samplesPerSecond, gflops, productGflops, phases, imbalance },
    ...{ clock, load, places },
    slabBytes: slabBytesOf(configuration, setup),
    byBlock: isByBlock(network, batchSize),
    peakBytes: peakBytes(),
    ...ofRanks,
  };
}

/** Bytes of one slab of parameters or gradients. How data are judged does not change them. */
export function slabBytesOf({ activation }: StudyConfiguration, { layers }: PointSetup): number {
  return 4 * countParameters(networkFor(layers, activation, 'multiclass'));
}

const BARRIER_ROWS = 4096;

/** Most resident memory that this process had. */
export function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
