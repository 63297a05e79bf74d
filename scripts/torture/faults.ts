/**
 * Every fault: repeats commands with the first, second, third … call of the system failing, until none is left to fail. Each
 * time the command must end with one clear error or with the right results, leave nothing that a later command takes for whole,
 * and lead to the results of an undisturbed run when it is typed again. See faults/README.md.
 *
 *   node dist/scripts/torture/faults.js [--case NAME] [--kind NAME] [--stride 1]
 *
 * Prints a line for each kind and command. Exits with 1 if anything is wrong.
 */
import { parseArgs } from 'node:util';
import { KINDS, type Kind } from './calls/control.js';
import { CASES } from './faults/cases.js';
import { processSweep } from './faults/process-sweep.js';
import { type Point, type Sweep, sweep } from './faults/sweep.js';

/** What a process can be disturbed by again and again; the others change it for good. */
const IN_ONE_PROCESS: readonly Kind[] = [
  'ENOSPC',
  'EIO',
  'EACCES',
  'EINTR',
  'EMFILE',
  'short write',
  'short read',
  'threads',
  'duckdb',
];

/** Failures that last, unlike those of a single call. */
const LASTING: readonly Kind[] = ['ENOSPC', 'EIO'];

/** Of the calls of a slow command, one in so many fails. */
const SLOW = 10;

const { values } = parseArgs({
  options: {
    case: { type: 'string' },
    kind: { type: 'string' },
    stride: { type: 'string', default: '1' },
  },
});
const cases = CASES.filter(({ name }) => values.case === undefined || name === values.case);
const kinds = KINDS.filter(kind => values.kind === undefined || kind === values.kind);
if (cases.length === 0 || kinds.length === 0) {
  console.error(`--case: ${CASES.map(({ name }) => name).join(', ')}; --kind: ${KINDS.join(', ')}.`);
  process.exit(2);
}

const HEADINGS = ['runs', 'unnoticed', 'noted', 'refused', 'WRONG'] as const;

function report(title: string, points: readonly Point[]): void {
  const counts = HEADINGS.slice(1).map(
    outcome =>
      points.filter(point => (point.problems.length > 0 ? 'WRONG' : point.outcome) === outcome).length,
  );
  const longest = Math.max(0, ...points.map(({ seconds }) => seconds)).toFixed(1);
  console.log(
    `${title.padEnd(44)}${[points.length, ...counts].map(n => String(n).padStart(10)).join('')}${longest.padStart(8)}`,
  );
  for (const { number, what, problems } of points.filter(point => point.problems.length > 0)) {
    process.exitCode = 1;
    for (const problem of problems) console.error(`  WRONG call ${number} (${what}): ${problem.trim()}`);
  }
}

/** Shows how far a sweep is, where that can be seen. */
function progress(title: string): (point: Point) => void {
  if (!process.stderr.isTTY) return () => {};
  return ({ number, what }) => process.stderr.write(`\r${title}: call ${number} ${what.slice(0, 60)}\x1b[K`);
}

console.log(
  `${'command, what fails'.padEnd(44)}${HEADINGS.map(text => text.padStart(10)).join('')}  longest`,
);
for (const { name, isSlow, usesMpi } of cases) {
  for (const kind of kinds.filter(kind => (kind === 'mpi') === (usesMpi === true))) {
    for (const isLasting of LASTING.includes(kind) ? [false, true] : [false]) {
      const title = `${name}, ${kind}${isLasting ? ' from then on' : ''}`;
      const asked: Sweep = { name, kind, isLasting, stride: Number(values.stride) * (isSlow ? SLOW : 1) };
      const all = IN_ONE_PROCESS.includes(kind) && !isSlow ? sweep : processSweep;
      report(title, (await all(asked, progress(title))).points);
    }
  }
}
