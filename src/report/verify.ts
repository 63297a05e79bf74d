/** Results of `lockstep verify` as text. Pure functions. */
import type { Difference, Setting, Verification } from '../lab/verify.js';
import { counted, formatCount } from './format.js';
import { renderTable } from './table.js';

/** A line for each run, with the hashes side by side. */
export function verificationText({ runs, difference, start }: Verification, steps: number): string {
  const isOnRanks = runs.some(({ ranks }) => ranks !== undefined);
  const rows = runs.map(({ workers, update, ranks, weightsSha256, lossesSha256, equal }) => [
    ...(isOnRanks ? [String(ranks)] : []),
    String(workers),
    update,
    weightsSha256,
    lossesSha256.slice(0, 16),
    equal ? 'equal' : 'DIFFERS',
  ]);
  const heads = [
    ...(isOnRanks ? ['ranks'] : []),
    'workers',
    'update',
    'weights (sha256)',
    'losses (sha256)',
    '',
  ];
  const work = `${counted(steps, 'step')} of ${counted(start.batchSize, 'row')} in ${counted(start.shards, 'shard')}`;
  const differing = runs.filter(run => !run.equal).length;
  const outcome = difference ? `${formatCount(differing)} DIFFER` : 'all equal, bit for bit';
  return [
    renderTable(heads, rows),
    '',
    `${formatCount(runs.length)} trainings, ${work}, ${start.description}: ${outcome}.`,
  ].join('\n');
}

/** 3 workers, sharded: expected … */
export function differenceText({ between: [first, other], step, layer }: Difference): string {
  const where = layer === null ? 'only in the loss' : `first in layer ${layer}`;
  return `${settingText(other)}: expected the bits of ${settingText(first)}, got others after step ${step}, ${where}.`;
}

/** 3 workers, sharded; 3 workers on each of 2 ranks, sharded */
export function settingText({ workers, update, ranks }: Setting): string {
  const where = ranks === undefined || ranks === 1 ? '' : ` on each of ${counted(ranks, 'rank')}`;
  return `${counted(workers, 'worker')}${where}, ${update}`;
}
