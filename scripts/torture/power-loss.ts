/**
 * Power loss: records all that a command writes, and replays it to the states that the operating system may leave on the disk
 * when the power fails at any point. Each state must be read or ignored, keep what was promised, and lead to the results of an
 * undisturbed run. Then lockstep is made to forget its syncs and checksums, to see that the search finds it. See
 * faults/README.md.
 *
 *   node dist/scripts/torture/power-loss.js [--case NAME] [--states 2000] [--seed 1]
 *
 * Prints a line for each command. Exits with 1 if anything is wrong.
 */
import { parseArgs } from 'node:util';
import { type Loss, losePower, type Planted } from './power-loss/study.js';

const CASES = [
  ...['train', 'train with a cache', 'train in windows', 'train an ensemble', 'train on folds'],
  ...['train with TensorBoard', 'resume', 'tune', 'predict', 'explain', 'export onnx', 'report', 'cache rm'],
];

/** What is forgotten, in which command, and what has to be found. */
const PLANTED: readonly { name: string; planted: Planted; says: RegExp }[] = [
  { name: 'train', planted: 'file', says: /lost: the checkpoint/ },
  { name: 'train', planted: 'folder', says: /lost: the checkpoint/ },
  { name: 'tune', planted: 'file', says: /lost: results|synced bytes|ended with/ },
  { name: 'tune', planted: 'folder', says: /lost: / },
  { name: 'train with a cache', planted: 'file', says: /ended with 1: .*damaged/s },
  { name: 'train with a cache', planted: 'checksums', says: /other results/ },
];

const { values } = parseArgs({
  options: {
    case: { type: 'string' },
    states: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
  },
});
const [most, seed] = [Number(values.states), Number(values.seed)];
const isChosen = (name: string) => values.case === undefined || values.case === name;

function line(title: string, { calls, states, tried, problems }: Loss, seconds: number): string {
  const cells = [calls, states, tried, problems.length, Math.round(seconds)];
  return title.padEnd(40) + cells.map(cell => String(cell).padStart(10)).join('');
}

/** Loses power in a command, and prints what came of it. */
async function study(name: string, planted: Planted = 'none'): Promise<Loss> {
  const begun = performance.now();
  const title = planted === 'none' ? name : `${name}, without ${WITHOUT[planted]}`;
  const show = (done: number, of: number) =>
    process.stderr.isTTY && process.stderr.write(`\r${title}: ${done} of ${of} states\x1b[K`);
  const loss = await losePower({ name, seed, most, planted }, show);
  console.log(line(title, loss, (performance.now() - begun) / 1000));
  return loss;
}

const WITHOUT = { none: '', file: 'syncs of files', folder: 'syncs of folders', checksums: 'checksums' };

const heads = ['calls', 'states', 'tried', 'problems', 'seconds'].map(text => text.padStart(10)).join('');
console.log(`${'command'.padEnd(40)}${heads}`);
for (const name of CASES.filter(isChosen)) {
  const { problems } = await study(name);
  if (problems.length > 0) process.exitCode = 1;
  for (const { problem, state } of problems) console.error(`  WRONG state ${state}: ${problem.trim()}`);
}
for (const { name, planted, says } of PLANTED.filter(({ name }) => isChosen(name))) {
  const { problems } = await study(name, planted);
  const found = problems.find(({ problem }) => says.test(problem));
  console.log(`  ${found ? `found: ${found.problem.split('\n')[0]}` : `NOT FOUND: expected ${says}`}`);
  if (!found) process.exitCode = 1;
}
