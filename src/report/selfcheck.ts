/** Results of `lockstep selfcheck` as text. Pure functions. */
import type { Mismatch, SelfCheck } from '../lab/selfcheck/selfcheck.js';
import { counted, formatCount } from './format.js';
import { renderTable } from './table.js';

/** A line for each kind of check, one for each that differs, and one for all. */
export function selfCheckText(result: SelfCheck): string {
  const { tallies, mismatches, description, arithmetic, seconds } = result;
  const rows = tallies.map(({ what, checked, differing }) => [
    what,
    formatCount(checked),
    differing === 0 ? 'all equal' : `${formatCount(differing)} DIFFER`,
  ]);
  const checked = tallies.reduce((sum, tally) => sum + tally.checked, 0);
  const outcome =
    mismatches.length === 0 ? 'all equal, bit for bit' : `${formatCount(mismatches.length)} DIFFER`;
  const differing = mismatches.map(mismatch => `${mismatchName(mismatch)}: differs${detailsOf(mismatch)}`);
  return [
    renderTable(['', 'checked', ''], rows),
    '',
    ...(differing.length === 0 ? [] : [...differing, '']),
    `${counted(checked, 'check')}, ${description}, ${arithmetic} arithmetic, ${seconds.toFixed(1)} s: ${outcome}.`,
  ].join('\n');
}

/** Whether this machine can be trusted: kernel tanh and 3 other checks … */
export function mismatchText({ mismatches, description, arithmetic }: SelfCheck): string {
  const [first, ...others] = mismatches as [Mismatch, ...Mismatch[]];
  const names = others.length === 0 ? '' : ` and ${counted(others.length, 'other check')}`;
  return `${mismatchName(first)}${names}: expected the bits of ${arithmetic} arithmetic, got others from ${description}.`;
}

/** kernel tanh; training adam, 3 workers, sharded */
function mismatchName({ kind, name, workers, update }: Mismatch): string {
  if (kind === 'kernel') return `kernel ${name}`;
  return `training ${name}, ${counted(workers!, 'worker')}, ${update}`;
}

function detailsOf({ first, error, expected }: Mismatch): string {
  if (error !== undefined) return `: it failed: ${error}`;
  if (expected === null) return ': no hash is committed for it';
  if (!first) return '';
  const { tensor, row, column, lane, by } = first;
  const place = `row ${formatCount(row)}, column ${formatCount(column)} (lane ${lane.index} of ${lane.of})`;
  return `, first in ${tensor} at ${place}: expected ${first.expected}, as ${by} has it, got ${first.got}`;
}
