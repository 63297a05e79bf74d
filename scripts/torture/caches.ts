/**
 * Disturbs caches of encoded rows: processes that are killed while they write one, two that write the same one at once, a
 * full disk, a read-only folder, a file that was cut or has a flipped bit. Nothing half-written may be used: each training
 * must give the bits of one without a cache, or end and say why.
 *
 *   node dist/scripts/torture/caches.js [--kills 20] [--seed 1]
 *
 * The full disk is a small in-memory file system that only root may mount; without root it is skipped with a note. Prints a
 * table. Exits with 1 if anything is wrong.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Random } from '../../src/random.js';
import { hashOf, start } from './process.js';

const ROWS = 200_000;
const COLUMNS = 12;
const IS_ROOT = process.getuid?.() === 0 && process.platform === 'linux';

interface Place {
  data: string;
  /** The cache's folder. */
  cache: string;
  /** Hash of the weights of a training without a cache. */
  undisturbed: string;
}

interface Finding {
  name: string;
  outcome: string;
  faults: string[];
}

function writeRows(path: string): void {
  const random = new Random(1, 'probe');
  const lines = [`${Array.from({ length: COLUMNS }, (_, k) => `x${k}`).join(',')},y`];
  for (let row = 0; row < ROWS; row++) {
    const cells = Array.from({ length: COLUMNS }, (_, k) => random.uniform(row * COLUMNS + k).toFixed(6));
    lines.push(`${cells.join(',')},${row % 3}`);
  }
  writeFileSync(path, `${lines.join('\n')}\n`);
}

function train({ data, cache }: Pick<Place, 'data'> & { cache: string | null }) {
  const words = `train ${data} --target y --task multiclass --validation 0.1 --hidden 8 --batch-size 4096 --epochs 1 --seed 5 --no-save --json`;
  return start([...words.split(' '), ...(cache === null ? [] : ['--cache', cache])]);
}

const isTemporary = (name: string) => name.endsWith('.tmp');

function cachesIn(folder: string): string[] {
  return readdirSync(folder).filter(name => !isTemporary(name));
}

/** Trains, and checks the weights. Returns what was said about the cache. */
async function check(place: Place, faults: string[], when: string): Promise<string> {
  const ended = await train(place).ended;
  const isSame = ended.code === 0 && hashOf(ended) === place.undisturbed;
  if (!isSame) faults.push(`${when}: exit code ${ended.code}, other weights, or none: ${ended.stderr}`);
  return ended.stderr
    .split('\n')
    .filter(line => line.includes(place.cache))
    .map(line => line.replaceAll(place.cache, 'CACHE').replace(/[0-9a-f]{12,}/g, '…'))
    .join(' | ');
}

/** Every file that has a cache's name must be whole. */
async function verifyAll({ cache }: Place, faults: string[], when: string): Promise<void> {
  if (cachesIn(cache).length === 0) return;
  const { code, stdout, stderr } = await start(['cache', 'verify', cache]).ended;
  if (code !== 0) faults.push(`${when}: a cache is not whole: ${stdout}${stderr}`);
}

async function killWriters(place: Place, kills: number, random: Random): Promise<Finding> {
  const faults: string[] = [];
  const begun = performance.now();
  await check(place, faults, 'before the kills');
  const milliseconds = performance.now() - begun;
  let leftovers = 0;
  let whole = 0;
  for (let i = 0; i < kills; i++) {
    for (const name of cachesIn(place.cache)) rmSync(join(place.cache, name));
    const writer = train(place);
    // The cache is written in the last part of that time.
    await sleep(milliseconds * (0.3 + 0.7 * random.uniform(i)));
    writer.child.kill('SIGKILL');
    await writer.ended;
    const names = readdirSync(place.cache);
    leftovers += Number(names.some(isTemporary));
    whole += Number(names.some(name => !isTemporary(name)));
    await verifyAll(place, faults, `kill ${i + 1}`);
    if (i % 5 === 4) await check(place, faults, `after kill ${i + 1}`);
    for (const name of readdirSync(place.cache).filter(isTemporary)) {
      // As old as those that a later training removes.
      const old = Date.now() / 1000 - 7200;
      utimesSync(join(place.cache, name), old, old);
    }
  }
  for (const name of cachesIn(place.cache)) rmSync(join(place.cache, name));
  await check(place, faults, 'after the kills');
  const left = readdirSync(place.cache).filter(isTemporary);
  if (left.length > 0) faults.push(`half-written files are left: ${left.join(', ')}`);
  const outcome = `${leftovers} left a half-written file, ${whole} a whole cache; none was used wrongly`;
  return { name: `${kills} kills`, outcome, faults };
}

async function writeTwice(place: Place): Promise<Finding> {
  const faults: string[] = [];
  const both = await Promise.all([check(place, faults, 'first'), check(place, faults, 'second')]);
  await verifyAll(place, faults, 'two at once');
  if (readdirSync(place.cache).length !== 1)
    faults.push(`expected one file, got ${readdirSync(place.cache)}`);
  return { name: 'two at once', outcome: both[0], faults };
}

async function fillDisk(place: Place): Promise<Finding> {
  const name = 'full disk';
  if (!IS_ROOT) return { name, outcome: 'SKIPPED: only root may mount', faults: [] };
  const faults: string[] = [];
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', place.cache], { stdio: 'pipe' });
  try {
    const outcome = await check(place, faults, name);
    if (!/ENOSPC/.test(outcome)) faults.push(`expected it to say ENOSPC, got ${outcome}`);
    const left = readdirSync(place.cache);
    if (left.length > 0) faults.push(`files are left: ${left.join(', ')}`);
    return { name, outcome, faults };
  } finally {
    execFileSync('umount', ['--lazy', place.cache]);
  }
}

async function refuseWriting(place: Place): Promise<Finding> {
  const name = 'read-only folder';
  const faults: string[] = [];
  // root may write anywhere, except to a disk that is mounted read-only.
  if (IS_ROOT) execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', place.cache], { stdio: 'pipe' });
  else chmodSync(place.cache, 0o500);
  try {
    const outcome = await check(place, faults, name);
    if (!/Training continues without a cache/.test(outcome)) faults.push(`it said ${outcome}`);
    return { name, outcome, faults };
  } finally {
    if (IS_ROOT) execFileSync('umount', ['--lazy', place.cache]);
    else chmodSync(place.cache, 0o700);
  }
}

/** @param spoil changes the file; its training must end with an error, or give the right weights */
async function spoilFile(
  place: Place,
  name: string,
  spoil: (path: string, bytes: number) => void,
): Promise<Finding> {
  const faults: string[] = [];
  await check(place, faults, 'before');
  const [file] = cachesIn(place.cache);
  const path = join(place.cache, file!);
  spoil(path, readFileSync(path).length);
  const { code } = await start(['cache', 'verify', place.cache]).ended;
  if (code === 0) faults.push('cache verify found nothing');
  const ended = await train(place).ended;
  const said = ended.stderr
    .split('\n')
    .find(line => /damaged|lost its end|expected/.test(line))
    ?.replaceAll(path, 'CACHE');
  if (said === undefined) faults.push(`nothing was said: ${ended.stderr}`);
  if (ended.code === 0 && hashOf(ended) !== place.undisturbed) faults.push('damaged rows were used');
  await start(['cache', 'rm', path]).ended;
  await check(place, faults, 'after it was removed');
  return { name, outcome: `exit ${ended.code}; ${said}`, faults };
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 4;
  writeFileSync(path, bytes);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { kills: { type: 'string', default: '20' }, seed: { type: 'string', default: '1' } },
  });
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-caches-'));
  const random = new Random(Number(values.seed), 'probe');
  try {
    const data = join(folder, 'data.csv');
    writeRows(data);
    const undisturbed = hashOf(await train({ data, cache: null }).ended);
    const placeFor = (name: string): Place => {
      const cache = join(folder, name.replaceAll(' ', '-'));
      mkdirSync(cache);
      return { data, cache, undisturbed };
    };
    const findings = [
      await killWriters(placeFor('kills'), Number(values.kills), random),
      await writeTwice(placeFor('twice')),
      await fillDisk(placeFor('full')),
      await refuseWriting(placeFor('read-only')),
      await spoilFile(placeFor('cut'), 'cut', (path, bytes) => truncateSync(path, Math.floor(bytes / 2))),
      await spoilFile(placeFor('flipped head'), 'flipped bit in the head', path => flip(path, 100)),
      await spoilFile(placeFor('flipped row'), 'flipped bit in a row', (path, bytes) =>
        flip(path, bytes >> 1),
      ),
    ];
    for (const { name, outcome, faults } of findings) {
      console.log(`${name.padEnd(24)} ${faults.length === 0 ? outcome : `FAILED: ${faults.join('; ')}`}`);
    }
    return findings.some(({ faults }) => faults.length > 0) ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
