/**
 * Loses ranks of trainings under mpirun, by each MPI that is installed in turn: kills and stops a random one at a random
 * moment, cuts the link of a host, fills the disk of rank 0. Each time all ranks must end, the exit code must tell, what was
 * printed must hold the line that resumes the run, and the resumed run, on another number of ranks or on none, must have the
 * bits of an undisturbed one.
 *
 *   node dist/scripts/torture/rank-losses.js [--kills 50] [--stops 10] [--cuts 6] [--disks 6] [--seed 1] [--from 0]
 *
 * Prints a line for each, and a summary. Cuts and disks need root. Linux. Exits with 1 if anything is wrong.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMpirun } from '../../src/ranks/mpirun.js';
import { EVENTS, type Loss, type LossEvent, lose, trainUndisturbed } from './rank-losses/study.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    stops: { type: 'string', default: '10' },
    cuts: { type: 'string', default: '6' },
    disks: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    mpi: { type: 'string', default: 'mpirun.openmpi,mpirun.mpich' },
  },
});
const counts: Record<LossEvent, number> = {
  kill: Number(values.kills),
  stop: Number(values.stops),
  cut: Number(values.cuts),
  disk: Number(values.disks),
};

const HEADINGS = [
  '#',
  'event',
  'MPI',
  'ranks',
  'workers',
  'lost',
  'while',
  'ranks end',
  'all end',
  'code',
  'resumed on',
];
const WIDTHS = [3, 5, 14, 5, 7, 4, 8, 9, 8, 4, 10];
const render = (cells: (string | number)[]) =>
  cells.map((cell, i) => String(cell).padStart(WIDTHS[i]!)).join('  ');
const seconds = (value: number) => `${value.toFixed(1)} s`;

function renderLoss(
  i: number,
  { event, mpi, ranks, workers, victim, phase, ended, resumedOn, faults }: Loss,
): string {
  const where = resumedOn === 0 ? 'none' : resumedOn;
  const times = [
    seconds(ended.ranksSeconds),
    ended.left.includes('launcher') ? 'not' : seconds(ended.seconds),
  ];
  const cells = [i, event, mpi, ranks, workers, victim, phase, ...times, ended.code, where];
  return `${render(cells)}  ${faults.length === 0 ? 'same bits' : 'WRONG'}`;
}

/** For each event and MPI: how many, the seconds until all ranks had ended, exit codes, and how many went wrong. */
function renderSummary(losses: readonly Loss[]): string {
  const nameOf = ({ event, mpi }: Loss) => `${event.padEnd(6)}${mpi.padEnd(16)}`;
  const lines = [...new Set(losses.map(nameOf))].map(name => {
    const group = losses.filter(loss => nameOf(loss) === name);
    const times = group.map(({ ended }) => ended.ranksSeconds).sort((a, b) => a - b);
    const codes = [...new Set(group.map(({ ended }) => ended.code))].sort((a, b) => a - b).join(', ');
    const wrong = group.filter(({ faults }) => faults.length > 0).length;
    const stuck = group.filter(({ ended }) => ended.left.includes('launcher')).length;
    const middle = times[Math.floor(times.length / 2)]!;
    const count = String(group.length).padStart(3);
    const span = `${seconds(middle)} (at most ${seconds(times.at(-1)!)})`;
    const launcher = stuck === 0 ? '' : `; launcher still there 30 s later: ${stuck}`;
    return `${name}${count} lost: ranks ended after ${span}; exit codes ${codes}; wrong: ${wrong}${launcher}`;
  });
  return lines.join('\n');
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
const mpiruns = values.mpi.split(',').flatMap(name => describeMpirun(name) ?? []);
if (mpiruns.length === 0) throw new Error(`${values.mpi}: expected an mpirun, found none`);
const folder = mkdtempSync(join(tmpdir(), 'lockstep-rank-losses-'));
const expected = await trainUndisturbed(folder);
const losses: Loss[] = [];
console.log(render(HEADINGS));
for (const event of EVENTS) {
  if ((event === 'cut' || event === 'disk') && process.getuid?.() !== 0) {
    console.log(`${event}: skipped, it needs root`);
    continue;
  }
  for (let i = Number(values.from); i < Number(values.from) + counts[event]; i++) {
    const mpirun = mpiruns[i % mpiruns.length]!;
    const loss = await lose(event, i, { mpirun, folder, seed: Number(values.seed), expected });
    losses.push(loss);
    console.log(renderLoss(i, loss));
    for (const fault of loss.faults) console.error(`  FAULT ${fault}`);
    if (loss.faults.length > 0) {
      process.exitCode = 1;
      console.error(`${loss.ended.stdout}${loss.ended.stderr}`.replaceAll(/^/gm, '    | '));
    }
  }
}
rmSync(folder, { recursive: true });
console.log(`\n${renderSummary(losses)}`);
