/**
 * `npm run bench -- peers`: asks who is installed, measures cell by cell, prints the tables, and puts them into a file of
 * docs/figures if --json names one. Progress goes to stderr, the page to stdout.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Machine } from '../../scripts/tools/figures.js';
import { formatCell } from './cells.js';
import { withRun } from './figures.js';
import { HELP, type Options, readOptions } from './options.js';
import { listPeers } from './peers.js';
import { type Run, writePage } from './results.js';
import { measureCell, speedOf, type Trial } from './rounds.js';
import { findInstalled, start, tell } from './start.js';
import { summarizeCell } from './summary.js';
import { formatSpeed } from './table.js';

async function main(options: Options): Promise<void> {
  const started = new Date();
  const asked = listPeers(options.python, options.cores).filter(
    peer => peer.against === null || options.only === null || options.only.includes(peer.id),
  );
  const { peers, skipped, versions } = await findInstalled(asked);
  const run: Run = { options, peers, skipped, versions, cells: [], started };
  for (const [i, cell] of options.cells.entries()) {
    tell(`${formatCell(cell)} (${i + 1} of ${options.cells.length})`);
    const trials = await measureCell(cell, peers, options, trial => tell(describe(trial, run, cell)));
    run.cells.push({ cell, trials, figures: summarizeCell(cell, peers, trials) });
  }
  process.stdout.write(writePage(run));
  if (options.json !== null) keep(run, options.json);
}

/** A line of progress; also records which software computed. */
function describe(trial: Trial, run: Run, cell: Run['cells'][number]['cell']): string {
  const { round, peer, way, outcome } = trial;
  const name = `  round ${round + 1}  ${peer} (${way})`.padEnd(36);
  if (outcome.kind === 'failed') return `${name} failed: ${outcome.reason}`;
  if (outcome.kind === 'slower') return `${name} slower than ${outcome.seconds} s per step`;
  const { description, steps } = outcome.result;
  if (description) run.versions.set(`lockstep ${way}`, description);
  return `${name} ${formatSpeed(speedOf(outcome, cell)!)} rows/s, ${steps} steps`;
}

/** Writes the run's tables to a file of figures, replacing older ones of the same kind. */
function keep(run: Run, file: string): void {
  const machine: Machine | null = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
  writeFileSync(file, `${JSON.stringify(withRun(machine, run), null, 2)}\n`);
  tell(`written to ${file}`);
}

const ids = listPeers('', 1).flatMap(peer => (peer.against === null ? [] : [peer.id]));
await start(words => readOptions(words, ids), HELP, main);
