/**
 * Every fault: repeats commands with the first, second, third … call of the system failing, until none is left to fail, or, by
 * default, with some calls of each kind: every different one, and others evenly over the run. Each time the command must end with
 * one clear error or with the right results, leave nothing that a later command takes for whole, and lead to the results of an
 * undisturbed run when it is typed again. See faults/README.md.
 *
 *   node dist/scripts/torture/faults.js [--case NAME] [--kind NAME] [--points 12|all] [--jobs 2]
 *
 * Prints a line for each kind and command, then a table of kinds. Exits with 1 if anything is wrong.
 */
import { parseArgs } from 'node:util';
import { KINDS, type Kind } from './calls/control.js';
import { CASES, type Case, SERVER_KINDS } from './faults/cases.js';
import { needsProcess, type Swept, sweep, type Way } from './faults/sweep.js';

/** Failures that last, unlike those of a single call. */
const LASTING: readonly Kind[] = ['ENOSPC', 'EIO', 'early wake'];

/** Kinds that only some commands ask for. */
const SPECIAL: readonly Kind[] = ['mpi', ...SERVER_KINDS];

/** A run in a process takes so many times as long as one in a session, and a slow command is so many times as slow. */
const PROCESS_COST = 2;
const SLOW_COST = 4;
/** A server that hangs is waited for. */
const MOST_HANGS = 2;

const { values } = parseArgs({
  options: {
    case: { type: 'string' },
    kind: { type: 'string' },
    points: { type: 'string', default: '12' },
    jobs: { type: 'string', default: '2' },
  },
});
const cases = CASES.filter(({ name }) => values.case === undefined || name === values.case);
const kinds = KINDS.filter(kind => values.kind === undefined || kind === values.kind);
if (cases.length === 0 || kinds.length === 0) {
  console.error(`--case: ${CASES.map(({ name }) => name).join(', ')}; --kind: ${KINDS.join(', ')}.`);
  process.exit(2);
}

/** At most so many calls of a kind fail in a command. */
function mostOf(one: Case, kind: Kind): number {
  if (values.points === 'all') return Number.POSITIVE_INFINITY;
  if (kind === 'server hangs') return MOST_HANGS;
  const cost = (needsProcess(kind, one) ? PROCESS_COST : 1) * (one.isSlow ? SLOW_COST : 1);
  return Math.max(1, Math.round(Number(values.points) / cost));
}

/** What to disturb in a command, by how many calls may fail. */
function plan(one: Case): Map<number, Way[]> {
  const plans = new Map<number, Way[]>();
  const own = one.kinds ?? KINDS.filter(kind => !SPECIAL.includes(kind));
  for (const kind of own.filter(kind => kinds.includes(kind))) {
    const ways = LASTING.includes(kind) ? [false, true] : [false];
    const most = mostOf(one, kind);
    plans.set(most, [...(plans.get(most) ?? []), ...ways.map(isLasting => ({ kind, isLasting }))]);
  }
  return plans;
}

const HEADINGS = ['calls', 'failed', 'unnoticed', 'noted', 'refused', 'WRONG'] as const;
const OUTCOMES = HEADINGS.slice(2);

/** A row of the table: calls, and what became of those that failed. */
function row(title: string, swept: readonly Swept[]): string {
  const points = swept.flatMap(way => way.points);
  const count = (outcome: string) =>
    points.filter(point => (point.problems.length > 0 ? 'WRONG' : point.outcome) === outcome).length;
  const calls = swept.reduce((sum, way) => sum + way.calls, 0);
  const longest = Math.max(0, ...points.map(({ seconds }) => seconds)).toFixed(1);
  const cells = [calls, points.length, ...OUTCOMES.map(count)];
  return `${title.padEnd(52)}${cells.map(n => String(n).padStart(10)).join('')}${longest.padStart(8)}`;
}

function titleOf({ kind, isLasting }: Way): string {
  return `${kind}${isLasting ? ' from then on' : ''}`;
}

function report(one: Case, swept: readonly Swept[]): void {
  for (const way of swept) {
    console.log(row(`${one.name}, ${titleOf(way)}`, [way]));
    for (const { number, what, problems } of way.points.filter(point => point.problems.length > 0)) {
      process.exitCode = 1;
      for (const problem of problems) console.error(`  WRONG call ${number} (${what}): ${problem.trim()}`);
    }
  }
}

/** Shows how far a sweep is, where that can be seen. */
function progress(title: string): () => void {
  let done = 0;
  if (!process.stderr.isTTY) return () => {};
  return () => process.stderr.write(`\r${title}: ${++done}\x1b[K`);
}

const all: Swept[] = [];
const left = cases.flatMap(one => [...plan(one)].map(([most, ways]) => ({ one, most, ways })));

/** Takes one command after the other. */
async function work(): Promise<void> {
  for (let next = left.shift(); next; next = left.shift()) {
    const { one, most, ways } = next;
    const swept = await sweep({ name: one.name, ways, most }, progress(one.name));
    all.push(...swept);
    report(one, swept);
  }
}

const head = `${HEADINGS.map(text => text.padStart(10)).join('')}  longest`;
console.log(`${'command, what fails'.padEnd(52)}${head}`);
const begun = performance.now();
await Promise.all(Array.from({ length: Number(values.jobs) }, work));
console.log(`\n${'what fails'.padEnd(52)}${head}`);
for (const title of new Set(all.map(titleOf))) {
  console.log(
    row(
      title,
      all.filter(way => titleOf(way) === title),
    ),
  );
}
console.log(row('all', all));
console.log(`${Math.round((performance.now() - begun) / 1000)} s`);
