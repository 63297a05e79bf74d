/**
 * Runs everything that tries to break lockstep, one after the other, and prints what held. It takes over an hour on two
 * cores, so the checks of each commit leave it out.
 *
 *   npm run torture [-- NAME …]       names: verify-grid, interleavings, kills, losses, hangs, signals, disks, faults,
 *                                     power-loss, caches, windows, differential, accuracy, tables, fuzz, ranks,
 *                                     rank-losses
 *   npm run torture -- NAME --OPTION  one of them with options of its own: hangs --runs 100000
 *
 * `tables` needs a Python with pyarrow, named by the variable PYTHON (python3 unless given); `disks` needs root for two of
 * its cases, `caches` for one. `ranks` takes hours unless it gets --minutes. Whatever can't run is reported as
 * skipped. Exit code 1 if anything failed.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { TARGETS } from './fuzz/targets.js';

const PYTHON = process.env.PYTHON ?? 'python3';

/** What runs under each name: a script of this folder and its arguments. */
const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  'verify-grid': ['verify-grid.js'],
  interleavings: ['interleavings.js'],
  kills: ['kills.js', '--kills', '10'],
  losses: ['losses.js'],
  hangs: ['hangs.js'],
  signals: ['signals.js'],
  disks: ['disks.js'],
  faults: ['faults.js'],
  'power-loss': ['power-loss.js'],
  caches: ['caches.js'],
  windows: ['windows.js', '--kills', '50'],
  differential: ['differential.js'],
  accuracy: ['accuracy.js'],
  ranks: ['ranks.js'],
  'rank-losses': ['rank-losses.js'],
  tables: ['tables/tables.js', '--tables', '2000', '--python', PYTHON],
};

/** Seconds of the processor for which the fuzzer looks for inputs that break a parser, for each parser. */
const FUZZ_SECONDS = 60;

type Verdict = 'held' | 'FAILED' | 'skipped';

function runScript([script, ...args]: readonly string[]): boolean {
  const path = fileURLToPath(new URL(script!, import.meta.url));
  return spawnSync(process.execPath, [path, ...args], { stdio: 'inherit' }).status === 0;
}

function runFuzzer(): Verdict {
  const held = Object.keys(TARGETS).map(target =>
    runScript(['fuzz/main.js', target, '--seconds', String(FUZZ_SECONDS)]),
  );
  return held.every(Boolean) ? 'held' : 'FAILED';
}

/** Why something can't run here; null if it can. */
function obstacle(name: string): string | null {
  if (name === 'ranks' || name === 'rank-losses') {
    const isThere = (launcher: string) =>
      spawnSync(launcher, ['--version'], { stdio: 'ignore' }).status === 0;
    return ['mpirun.openmpi', 'mpirun.mpich'].some(isThere) ? null : 'no MPI is installed';
  }
  if (name !== 'tables') return null;
  const { status } = spawnSync(PYTHON, ['-c', 'import pyarrow'], { stdio: 'ignore' });
  return status === 0 ? null : `${PYTHON} has no pyarrow: set PYTHON to one that has it`;
}

const known = [...Object.keys(SCRIPTS), 'fuzz'];
const words = process.argv.slice(2);
const firstOption = words.findIndex(word => word.startsWith('--'));
const asked = firstOption < 0 ? words : words.slice(0, firstOption);
const options = firstOption < 0 ? [] : words.slice(firstOption);
if (options.length > 0 && (asked.length !== 1 || !Object.hasOwn(SCRIPTS, asked[0]!))) {
  console.error(`${options[0]}: options need one name before them, of ${Object.keys(SCRIPTS).join(', ')}.`);
  process.exit(2);
}
const unknown = asked.find(name => !known.includes(name));
if (unknown !== undefined) {
  console.error(`${unknown}: expected ${known.join(', ')}.`);
  process.exit(2);
}
const lines: string[] = [];
for (const name of asked.length > 0 ? asked : known) {
  console.log(`\n== ${name}`);
  const begun = performance.now();
  const reason = obstacle(name);
  let verdict: Verdict = 'skipped';
  if (reason === null && name === 'fuzz') verdict = runFuzzer();
  else if (reason === null) verdict = runScript([...SCRIPTS[name]!, ...options]) ? 'held' : 'FAILED';
  const seconds = Math.round((performance.now() - begun) / 1000);
  lines.push(`${name.padEnd(14)}${verdict.padEnd(10)}${reason ?? `${seconds} s`}`);
  if (verdict === 'FAILED') process.exitCode = 1;
}
console.log(`\n${lines.join('\n')}`);
