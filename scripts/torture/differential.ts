/**
 * Trains random configurations on one worker, and then in other ways that must not change a bit: with more workers, WebAssembly, AVX2,
 * a cache, a lost worker, interrupted and resumed, repeated from config.json, rarely on two ranks. Weights, results and the
 * figures of each epoch must be equal, and what is refused must be refused in the same words. A difference is shrunk to the smallest
 * configuration that shows it, printed as lines to paste, and ends with exit code 1.
 *
 *   npm run torture -- differential [--minutes M] [--seed S] [--from N] [--count N] [--shrink SECONDS]
 *
 * Configuration N of a seed is always the same; the folder of the last one is kept if it differs.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { idlePools } from '../../src/threads/idle-pools.js';
import { machineHere } from './differential/machine.js';
import { type Difference, searchDifference, type Tally } from './differential/search.js';
import { PLAIN, pasted } from './differential/ways.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    count: { type: 'string', default: 'Infinity' },
    shrink: { type: 'string', default: '60' },
  },
});
const [minutes, seed, from, count] = [values.minutes, values.seed, values.from, values.count].map(Number) as [
  number,
  number,
  number,
  number,
];
const shrinkSeconds = Number(values.shrink);
if (!(minutes > 0 && seed >= 0 && from >= 0 && count > 0 && shrinkSeconds >= 0)) {
  console.error(
    'npm run torture -- differential: expected numbers from 0 after --minutes, --seed, --from, --count and --shrink.',
  );
  process.exit(2);
}

/** A configuration takes seconds, on an overloaded machine minutes. */
const HANG_MILLISECONDS = 900_000;
const SHOWN = 100;

function tallyText({ configurations, refusals, failures, ways }: Tally): string {
  const byWay = Object.entries(ways)
    .map(([name, n]) => `${name} ${n}`)
    .join(', ');
  return `${configurations} configurations (${refusals} refusals, ${failures} failures alike); ${byWay}`;
}

function differenceText({ number, way, configuration, plain, varied }: Difference, flags: string[]): string {
  const [a, b] = [plain.results.split('\n'), varied.results.split('\n')];
  const at = a.findIndex((line, i) => line !== b[i]);
  return [
    `Configuration ${number} of seed ${seed} differs (${way.name}). In ${process.cwd()}:`,
    pasted(PLAIN, configuration, flags),
    `exit code ${plain.code}: ${a[at]?.trim()}`,
    pasted(way, configuration, flags),
    `exit code ${varied.code}: ${b[at]?.trim()}`,
  ].join('\n');
}

const folder = mkdtempSync(join(tmpdir(), 'lockstep-differential-'));
process.chdir(folder);
const { flags, ...machine } = machineHere();
let current = from;
let watchdog: NodeJS.Timeout | undefined;
const begun = performance.now();
const { tally, difference } = await searchDifference({
  ...{ seed, from, count, shrinkSeconds, machine, seconds: 60 * minutes },
  onProgress: (number, sofar) => {
    current = number;
    clearTimeout(watchdog);
    watchdog = setTimeout(() => {
      console.error(`configuration ${current} of seed ${seed} hangs`);
      process.exit(1);
    }, HANG_MILLISECONDS);
    if (number > from && (number - from) % SHOWN === 0) console.log(tallyText(sofar));
  },
});
clearTimeout(watchdog);
await idlePools.closeAll();
console.log(`${tallyText(tally)}; ${((performance.now() - begun) / 60_000).toFixed(1)} minutes`);
if (difference) console.error(differenceText(difference, flags));
process.exitCode = difference ? 1 : 0;
process.chdir(tmpdir());
if (!difference) rmSync(folder, { recursive: true });
