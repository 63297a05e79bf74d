/**
 * Sends a training its signals at moments that matter, and measures how long it takes to end, with which exit code.
 *
 *   node dist/scripts/torture/signals.js
 *
 * Prints a table. Exit code 1 where an exit code is another, a checkpoint is missing, or it took more than 2 s.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from './process.js';

const MOST_SECONDS = 2;
const folder = mkdtempSync(join(tmpdir(), 'lockstep-signals-'));

const SMALL = 'train synthetic:5000x32x4 --hidden 64 --batch-size 50';
/** Seven million parameters: a step of a good part of a second, a checkpoint of 29 MB. */
const LARGE = 'train synthetic:8192x1024x10 --hidden 2048,2048,512 --batch-size 512';
const TABLE = `train ${join(folder, 'rows.csv')} --target kind`;

interface Case {
  what: string;
  line: string;
  signals: NodeJS.Signals[];
  /** What it has said when the signals are sent; null: so many milliseconds after the process was begun. */
  when: RegExp | number;
  /** The exit code. A process that does not listen yet is ended by the signal itself, which shells show the same. */
  code: number;
  /** Whether it has to leave a checkpoint; null where it may. */
  checkpoint: boolean | null;
}

const CASES: Case[] = [
  { what: 'small steps', line: SMALL, signals: ['SIGINT'], when: /epoch/, code: 130, checkpoint: true },
  { what: 'small steps', line: SMALL, signals: ['SIGTERM'], when: /epoch/, code: 143, checkpoint: true },
  { what: 'small steps', line: SMALL, signals: ['SIGHUP'], when: /epoch/, code: 129, checkpoint: true },
  {
    what: 'small steps',
    line: SMALL,
    signals: ['SIGINT', 'SIGINT'],
    when: /epoch/,
    code: 130,
    checkpoint: null,
  },
  { what: 'large steps', line: LARGE, signals: ['SIGINT'], when: /parameters/, code: 130, checkpoint: true },
  {
    what: 'writing checkpoints',
    line: 'train synthetic:5000x32x4 --hidden 1024,1024 --batch-size 50 --checkpoint-every 1',
    signals: ['SIGTERM'],
    when: /epoch/,
    code: 143,
    checkpoint: true,
  },
  {
    what: '--update coordinator',
    line: `${SMALL} --update coordinator`,
    signals: ['SIGINT'],
    when: /epoch/,
    code: 130,
    checkpoint: true,
  },
  { what: 'starting', line: TABLE, signals: ['SIGINT'], when: 250, code: 130, checkpoint: false },
  {
    what: 'reading 1,000,000 rows',
    line: TABLE,
    signals: ['SIGINT'],
    when: 900,
    code: 130,
    checkpoint: null,
  },
  {
    what: 'reading 1,000,000 rows',
    line: TABLE,
    signals: ['SIGTERM'],
    when: 1800,
    code: 143,
    checkpoint: null,
  },
];

/** Runs one case; returns the seconds from the first signal to the end, and what was wrong. */
async function tryCase({ line, signals, when, code, checkpoint }: Case, run: string) {
  let sent = 0;
  const send = () => {
    if (sent > 0) return;
    sent = performance.now();
    for (const signal of signals) child.kill(signal);
  };
  const { child, ended } = start([...line.split(' '), '--epochs', '1000000', '--out', run], {
    onError: stderr => typeof when !== 'number' && when.test(stderr) && send(),
  });
  if (typeof when === 'number') setTimeout(send, when);
  const { code: got, stderr } = await ended;
  const seconds = (performance.now() - sent) / 1000;
  const isThere = existsSync(join(run, 'checkpoints', 'last.safetensors'));
  const left = existsSync(run) ? readdirSync(run, { recursive: true, encoding: 'utf8' }) : [];
  const faults = [];
  if (got !== code) faults.push(`expected exit code ${code}, got ${got}: ${stderr.trim()}`);
  if (seconds > MOST_SECONDS) faults.push(`expected at most ${MOST_SECONDS} s, got ${seconds.toFixed(2)}`);
  if (checkpoint !== null && isThere !== checkpoint)
    faults.push(`checkpoint: expected ${checkpoint}, got ${isThere}`);
  if (left.some(name => name.endsWith('.tmp'))) faults.push('a half-written file is left');
  return { seconds, got, faults };
}

/** A table that takes a while to be read. */
function writeRows(path: string): void {
  const lines = Array.from({ length: 1_000_000 }, (_, i) => `${i % 97},${(i * 7) % 89},${i % 5},k${i % 3}`);
  writeFileSync(path, `a,b,c,kind\n${lines.join('\n')}\n`);
}

writeRows(join(folder, 'rows.csv'));
console.log(['while'.padEnd(26), 'signals'.padEnd(16), 'exit', 'seconds'].join('  '));
for (const [i, one] of CASES.entries()) {
  const { seconds, got, faults } = await tryCase(one, join(folder, `run${i}`));
  const signals = one.signals.join(' ').padEnd(16);
  console.log(
    [one.what.padEnd(26), signals, String(got).padStart(4), seconds.toFixed(2).padStart(7)].join('  '),
  );
  for (const fault of faults) console.error(`  FAULT ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}
rmSync(folder, { recursive: true });
