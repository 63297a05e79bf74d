/**
 * Kills trainings repeatedly at random moments, with a signal that no process can handle (one in four with
 * one that it can), and resumes them each time with another number of workers: one training for each update
 * rule, and one with labels. After every kill, each file of the run must be readable; at the end, the weights
 * must have the same bits as those of an undisturbed training, and so must the last checkpoint and the
 * figures of every epoch.
 *
 *   node dist/scripts/torture/kills.js [--kills 10] [--seed 1] [--cases sgd,adam,…] [--folder DIR] [--each]
 *
 * Prints a line for each training; with --each, also one for each kill. Exits with 1 on a difference or a
 * torn file.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CASES, type Case } from './kills/cases.js';
import { type Kill, studyKills } from './kills/study.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    cases: { type: 'string', default: CASES.map(({ name }) => name).join(',') },
    folder: { type: 'string', default: tmpdir() },
    each: { type: 'boolean', default: false },
  },
});
const [kills, seed] = [Number(values.kills), Number(values.seed)];

const KILL_HEADINGS = ['kill', 'signal', 'workers', 'while', 'after ms', 'steps saved', 'half-written'];
const HEADINGS = ['case', 'kills', 'interrupted', 'half-written', 'steps', 'faults', 'final weights'];

function render(cells: (string | number)[]): string {
  return cells.map(cell => String(cell).padStart(14)).join('');
}

function renderKill({ signal, workers, phase, milliseconds, steps, temporaries }: Kill, number: number) {
  return render([number, signal, workers, phase, milliseconds.toFixed(0), steps, temporaries]);
}

/** Kills one training the given number of times; returns whether everything was right. */
async function tryCase(one: Case): Promise<boolean> {
  const folder = mkdtempSync(join(values.folder, 'lockstep-kills-'));
  let count = 0;
  const onKill = (kill: Kill) => values.each && console.log(renderKill(kill, ++count));
  const study = await studyKills(folder, one, { kills, seed, onKill });
  rmSync(folder, { recursive: true });
  const { faults, disturbed, undisturbed } = study;
  const isSame = disturbed === undisturbed;
  const interrupted = study.kills.filter(({ signal }) => signal === 'SIGINT').length;
  const torn = study.kills.filter(({ temporaries }) => temporaries > 0).length;
  const steps = Math.max(...study.kills.map(kill => kill.steps), 0);
  const verdict = isSame ? undisturbed.slice(0, 12) : 'DIFFERENT';
  console.log(render([one.name, study.kills.length, interrupted, torn, steps, faults.length, verdict]));
  for (const fault of faults) console.error(`${one.name}: ${fault}`);
  const isEnough = study.kills.length === kills;
  if (!isEnough) console.error(`${one.name}: it finished before ${kills} kills`);
  return isSame && isEnough && faults.length === 0;
}

const names = values.cases.split(',');
const unknown = names.find(name => !CASES.some(one => one.name === name));
if (unknown !== undefined) {
  console.error(`--cases: expected ${CASES.map(({ name }) => name).join(', ')}, got ${unknown}.`);
  process.exit(2);
}
console.log(render(values.each ? KILL_HEADINGS : HEADINGS));
for (const name of names) {
  const isRight = await tryCase(CASES.find(one => one.name === name)!);
  if (!isRight) process.exitCode = 1;
}
