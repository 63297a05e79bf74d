/**
 * npm run fuzz -- TARGET [--seconds N] [--seed N]: searches for inputs that a parser neither reads nor
 * refuses, guided by coverage. Findings are written to fuzz-findings/, one file each, and make the exit code
 * 1.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { instrumentBuild } from './instrument.js';
import { MOST_BYTES } from './mutate.js';
import type { Finding, SearchMessage, SearchSetup } from './search.js';
import { TARGETS } from './targets.js';

const FINDINGS = 'fuzz-findings';
/** A run takes less than a millisecond, so one that takes this long hangs. */
const HANG_MILLISECONDS = 10_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } },
});
const [name = ''] = positionals;
const seconds = Number(values.seconds);
if (!Object.hasOwn(TARGETS, name) || !(seconds > 0)) {
  console.error(
    `npm run fuzz -- TARGET --seconds N: expected TARGET to be ${Object.keys(TARGETS).join(', ')}.`,
  );
  process.exit(2);
}

const shared = new SharedArrayBuffer(8 + MOST_BYTES);
const setup: SearchSetup = {
  path: instrumentBuild(name),
  target: name,
  seconds,
  seed: Number(values.seed),
  shared,
};
const worker = new Worker(new URL('./search.js', import.meta.url), {
  workerData: setup,
  resourceLimits: { maxOldGenerationSizeMb: 1024 },
});
const begun = performance.now();
let findings = 0;

function save({ message, stack, input }: Finding): void {
  findings++;
  mkdirSync(FINDINGS, { recursive: true });
  const path = join(FINDINGS, `${name}-${createHash('sha256').update(input).digest('hex').slice(0, 12)}`);
  writeFileSync(path, input);
  console.log(`${path}: ${message}\n${stack}\n`);
}

/** Saves the input that the thread is processing. */
function saveUnderWay(message: string): void {
  const [, length] = new Int32Array(shared, 0, 2);
  save({ message, stack: '', input: new Uint8Array(shared, 8, length).slice() });
}

let runs = 0;
let lastChange = performance.now();
const watch = setInterval(() => {
  const now = Atomics.load(new Int32Array(shared, 0, 1), 0);
  if (now !== runs) lastChange = performance.now();
  runs = now;
  if (performance.now() - lastChange < HANG_MILLISECONDS || runs === 0) return;
  saveUnderWay(`hangs: not done after ${HANG_MILLISECONDS / 1000} s`);
  void worker.terminate();
}, 500);

worker.on('message', (message: SearchMessage) => {
  if ('finding' in message) save(message.finding);
  else runs = message.done.runs;
  if ('done' in message) {
    const { kept, reached } = message.done;
    const took = (performance.now() - begun) / 1000;
    console.log(
      `${name}: ${message.done.runs} runs in ${took.toFixed(0)} s, ${kept} inputs kept, ` +
        `${reached} statements, branches and functions reached, ${findings} findings.`,
    );
  }
});
worker.on('error', error => saveUnderWay(`ended the thread: ${error.message}`));
worker.on('exit', () => {
  clearInterval(watch);
  process.exitCode = findings > 0 ? 1 : 0;
});
