/**
 * Kills trainings over and over, at random moments, with a signal that no process can answer (one in four with one that
 * it can), and goes on with them each time on another number of workers: a training for each update rule, and one of
 * labels. After every kill each file of the run has to be readable; at the end the weights have to be the bits of a
 * training that nobody disturbed, and so have all that the last checkpoint holds and the figures of every epoch.
 *
 *   node dist/scripts/torture/kills.js [--kills 10] [--seed 1] [--cases sgd,adam,…] [--folder DIR] [--each]
 *
 * Prints a line a training; with --each one a kill as well. Exit code 1 on a difference or a torn file.
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

/** Kills one training so often; whether nothing was wrong. */
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
  if (!isEnough) console.error(`${one.name}: it ended by itself before ${kills} kills`);
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
