/**
 * `npm run bench:peers`: finds the installed peers, measures cell by cell, prints the table, and writes it to
 * bench/RESULTS.md after a complete run. Progress goes to stderr, the page to stdout.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DEFAULT_CELLS, formatCell } from './cells.js';
import { HELP, type Options, readOptions } from './options.js';
import { listPeers, type Peer } from './peers.js';
import { type Run, writePage } from './results.js';
import { measureCell, speedOf, type Trial } from './rounds.js';
import { askVersions } from './run-child.js';
import { summarizeCell } from './summary.js';
import { formatSpeed } from './table.js';

const PAGE = fileURLToPath(new URL('../../../bench/RESULTS.md', import.meta.url));

const tell = (line: string) => process.stderr.write(`${line}\n`);

async function main(options: Options): Promise<void> {
  const started = new Date();
  const asked = listPeers(options.python, options.cores).filter(
    peer => peer.against === null || options.only === null || options.only.includes(peer.id),
  );
  const { peers, skipped, versions } = await findInstalled(asked);
  for (const line of skipped) tell(`skipped: ${line}`);
  const run: Run = { options, peers, skipped, versions, cells: [], started };
  for (const [i, cell] of options.cells.entries()) {
    tell(`${formatCell(cell)} (${i + 1} of ${options.cells.length})`);
    const trials = await measureCell(cell, peers, options, trial => tell(describe(trial, run, cell)));
    run.cells.push({ cell, trials, figures: summarizeCell(cell, peers, trials) });
  }
  const page = writePage(run);
  process.stdout.write(page);
  keep(page, options, skipped.length === 0);
}

/**
 * Asks each peer for its versions. A peer that can't answer is skipped, with the reason and the command that
 * installs it.
 */
async function findInstalled(asked: Peer[]) {
  const peers: Peer[] = [];
  const skipped: string[] = [];
  const versions = new Map<string, string>();
  for (const peer of asked) {
    const answer = await askVersions(peer.command);
    if (typeof answer === 'string') {
      skipped.push(`${peer.title}: ${answer}. Try \`${peer.install}\`.`);
    } else {
      peers.push(peer);
      for (const [name, version] of Object.entries(answer)) versions.set(name, version);
    }
  }
  return { peers, skipped, versions };
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

/** An incomplete page replaces a complete one only if that is requested. */
function keep(page: string, options: Options, complete: boolean): void {
  const full = options.only === null && options.cells === DEFAULT_CELLS && complete;
  if (full || options.write) {
    writeFileSync(PAGE, page);
    tell(`written to ${PAGE}`);
  } else {
    tell('partial run: bench/RESULTS.md is unchanged; --write replaces it');
  }
}

function start(): Promise<void> | undefined {
  const ids = listPeers('', 1).flatMap(peer => (peer.against === null ? [] : [peer.id]));
  try {
    const options = readOptions(process.argv.slice(2), ids);
    if (!options.help) return main(options);
    process.stdout.write(HELP);
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    tell('See --help for the options.');
    process.exitCode = 2;
  }
  return undefined;
}

await start();
