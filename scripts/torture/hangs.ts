/**
 * Looks for a hang: trains networks on 13 rows again and again in one process, and fails if a training makes no progress, loses
 * a worker, or gives other bits than the first time. Every thousand trainings it prints what the process has, so that memory,
 * threads, handles or listeners left behind show.
 *
 *   npm run torture -- hangs [--runs N] [--minutes M] [--from N]
 *
 * A hang is described in hang-DATE.txt in the working folder (src/threads/README.md), and ends the script with exit code 1.
 */
import { parseArgs } from 'node:util';
import { idlePools } from '../../src/threads/idle-pools.js';
import { leftNow, leftText } from './hangs/left.js';
import { runSmall, smallTraining } from './hangs/trainings.js';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    minutes: { type: 'string', default: 'Infinity' },
    from: { type: 'string', default: '0' },
  },
});
const [runs, minutes, from] = [values.runs, values.minutes, values.from].map(Number) as [
  number,
  number,
  number,
];
if (!(runs > 0 && minutes > 0 && from >= 0)) {
  console.error(
    'npm run torture -- hangs: expected --runs N, --minutes M and --from N to be numbers above 0.',
  );
  process.exit(2);
}

/** Each training takes milliseconds, on an overloaded machine minutes; hangs within a segment are noticed earlier. */
const HANG_MILLISECONDS = 900_000;
/** Runs after which idle threads are ended, so that threads start and end often too. */
const FRESH = 50;
/** Of this many runs, one has another beside it. */
const PAIRED = 7;
const SHOWN = 1000;

const bits = new Map<string, string>();

async function runOnce(number: number): Promise<void> {
  const training = smallTraining(number);
  const hash = await runSmall(training);
  if (hash === null) return;
  const first = bits.get(training.name) ?? hash;
  bits.set(training.name, first);
  if (hash !== first) throw new Error(`other bits than the first time: ${training.name}`);
}

const begun = performance.now();
const elapsed = () => (performance.now() - begun) / 1000;
let current = from;
let lastChange = performance.now();
let seen = current;
const watch = setInterval(() => {
  if (current !== seen) lastChange = performance.now();
  seen = current;
  if (performance.now() - lastChange < HANG_MILLISECONDS) return;
  console.error(`run ${current} hangs: ${smallTraining(current).name}`);
  process.exit(1);
}, 1000);

let done = 0;
try {
  for (; done < runs && elapsed() < 60 * minutes; done++, current++) {
    const beside = current % PAIRED === 0 ? [runOnce(current + 5)] : [];
    await Promise.all([runOnce(current), ...beside]);
    if (current % FRESH === 0) await idlePools.closeAll();
    if ((done + 1) % SHOWN === 0)
      console.log(`${done + 1} trainings in ${elapsed().toFixed(0)} s: ${leftText(leftNow())}`);
  }
} catch (error) {
  console.error(`run ${current}: ${(error as Error).stack}`);
  process.exitCode = 1;
}
clearInterval(watch);
await idlePools.closeAll();
const verdict = process.exitCode === 1 ? 'FAILED' : 'no hang, no lost worker, the same bits each time';
console.log(
  `Node.js ${process.version}: ${done} trainings in ${elapsed().toFixed(0)} s: ${verdict}; ${leftText(leftNow())}.`,
);
