/**
 * Writes the hashes that `lockstep selfcheck` compares with to src/lab/selfcheck/hashes.ts, or checks that they are those
 * of this code: for each class of arithmetic that a backend has here. On Node.js 20 wasm gives unfused and native fused; from
 * 22 on both give fused. The hashes of a class that none has are kept.
 *
 *   node dist/scripts/tools/selfcheck-hashes.js --write    then build again; only for a change that is meant to change bits
 *   node dist/scripts/tools/selfcheck-hashes.js --check
 */
import { writeFileSync } from 'node:fs';
import { LockstepError } from '../../src/errors.js';
import { ARITHMETICS, type Arithmetic, arithmeticOf } from '../../src/kernels/arithmetic.js';
import { chooseBackend } from '../../src/kernels/choose.js';
import { HASHES } from '../../src/lab/selfcheck/hashes.js';
import { type Hashes, hashKernels } from '../../src/lab/selfcheck/selfcheck.js';
import { hashTraining } from '../../src/lab/selfcheck/train-hash.js';
import { TRAININGS, trainingOf } from '../../src/lab/selfcheck/trainings.js';

const PATH = 'src/lab/selfcheck/hashes.ts';
/** From there. */
const TYPE_FILE = '../../kernels/arithmetic.js';

const asked = process.argv[2];
if (asked !== '--write' && asked !== '--check') {
  console.error('selfcheck-hashes: expected --write or --check.');
  process.exit(2);
}

const found: Partial<Record<Arithmetic, { by: string; hashes: Hashes }>> = {};
for (const name of ['wasm', 'native'] as const) {
  const hashed = await hashesOf(name);
  if (!hashed) continue;
  const { arithmetic, by, hashes } = hashed;
  const before = found[arithmetic];
  if (before) report(`${by} and ${before.by}`, differences(before.hashes, hashes));
  else found[arithmetic] = { by, hashes };
  console.log(`${arithmetic}: ${count(hashes)} hashes by ${by}`);
}
if (asked === '--write') {
  if (process.exitCode === undefined) writeFileSync(PATH, moduleText());
} else {
  for (const [arithmetic, { by, hashes }] of Object.entries(found)) {
    report(`${by} and ${PATH}, ${arithmetic}`, differences(HASHES[arithmetic as Arithmetic], hashes));
  }
}
// Idle threads would be waited for.
process.exit();

/** null, with the reason said, if the backend can't run here. */
async function hashesOf(name: 'wasm' | 'native') {
  try {
    const backend = chooseBackend(name, null);
    const trainings: Record<string, string> = {};
    for (const training of TRAININGS) {
      const setting = { backend: name, workers: 1, update: 'sharded' } as const;
      trainings[training] = await hashTraining(trainingOf(training), setting);
    }
    const hashes: Hashes = { kernels: Object.fromEntries(hashKernels(backend)), trainings };
    return { arithmetic: arithmeticOf(backend)!, by: backend.description, hashes };
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    console.error(`left out: ${error.message}`);
    return null;
  }
}

function count({ kernels, trainings }: Hashes): number {
  return Object.keys(kernels).length + Object.keys(trainings).length;
}

/** The names that have other hashes, or none. */
function differences(one: Hashes, other: Hashes): string[] {
  return (['kernels', 'trainings'] as const).flatMap(kind => {
    const names = new Set([...Object.keys(one[kind]), ...Object.keys(other[kind])]);
    return [...names].filter(name => one[kind][name] !== other[kind][name]);
  });
}

/** Fails if two that have to be equal are not. */
function report(between: string, names: readonly string[]): void {
  if (names.length === 0) return;
  console.error(`${between} differ: ${names.join('; ')}`);
  process.exitCode = 1;
}

function moduleText(): string {
  const classes = ARITHMETICS.map(arithmetic => {
    const { kernels, trainings } = found[arithmetic]?.hashes ?? HASHES[arithmetic];
    return `  ${arithmetic}: {\n    kernels: ${tableText(kernels)},\n    trainings: ${tableText(trainings)},\n  },\n`;
  });
  return `/**
 * The sha256 of what every kernel and training of the self-check writes, by class of arithmetic. Generated: after a change
 * that is meant to change bits, \`node dist/scripts/tools/selfcheck-hashes.js --write\` renews them.
 */
import type { Arithmetic } from '${TYPE_FILE}';

type Table = Readonly<Record<string, string>>;

export const HASHES: Readonly<Record<Arithmetic, { readonly kernels: Table; readonly trainings: Table }>> = {
${classes.join('')}};
`;
}

/** As the formatter wants it. */
function tableText(hashes: Readonly<Record<string, string>>): string {
  const entries = Object.entries(hashes).map(([name, sha256]) => {
    const key = /^[a-z]\w*$/i.test(name) ? name : `'${name}'`;
    return `      ${key}: '${sha256}',\n`;
  });
  return entries.length === 0 ? '{}' : `{\n${entries.join('')}    }`;
}
