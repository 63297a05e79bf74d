/** Results of `lockstep verify` as text. Pure functions. */
import type { Difference, Setting, Verification } from '../lab/verify.js';
import { counted, formatCount } from './format.js';
import { renderTable } from './table.js';

/** A line for each run, with the hashes side by side. */
export function verificationText({ runs, difference, start }: Verification, steps: number): string {
  const rows = runs.map(({ workers, update, weightsSha256, lossesSha256, equal }) => [
    String(workers),
    update,
    weightsSha256,
    lossesSha256.slice(0, 16),
    equal ? 'equal' : 'DIFFERS',
  ]);
  const heads = ['workers', 'update', 'weights (sha256)', 'losses (sha256)', ''];
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
  return `${nameOf(other)}: expected the bits of ${nameOf(first)}, got others after step ${step}, ${where}.`;
}

function nameOf({ workers, update }: Setting): string {
  return `${counted(workers, 'worker')}, ${update}`;
}
