/**
 * The self-check: whether this machine's arithmetic gives the bits that it should. Every kernel over fixed inputs, and
 * small trainings by several workers; the hashes of what came out are compared with those committed for the class of
 * arithmetic (hashes.ts).
 */
import { usageError } from '../../errors.js';
import { type Arithmetic, arithmeticOf } from '../../kernels/arithmetic.js';
import { type Backend, chooseBackend } from '../../kernels/choose.js';
import type { BackendName } from '../../kernels/kernels.js';
import { option } from '../../option-names.js';
import { countRanks } from '../../session/leader.js';
import type { UpdateMode } from '../../session/machine.js';
import { updatesOf } from '../verify.js';
import { findDifference, type KernelDifference } from './difference.js';
import { HASHES } from './hashes.js';
import { KERNEL_CHECKS } from './kernel-checks.js';
import { hashWritten, Sheet } from './sheet.js';
import { hashTraining } from './train-hash.js';
import { SHARDS, TRAININGS, trainingOf } from './trainings.js';

/** Something that differs from what is committed. */
export interface Mismatch {
  kind: 'kernel' | 'training';
  name: string;
  /** null if a training failed. */
  sha256: string | null;
  /** null if there is none of that name. */
  expected: string | null;
  /** Of a training. */
  workers?: number;
  update?: UpdateMode;
  /** Why a training failed. */
  error?: string;
  /** Of a kernel, if another backend of this machine has the right bits, or the reference clearly others. */
  first?: KernelDifference | null;
}

/** How many checks were made of a kind, and how many gave other bits. */
export interface Tally {
  what: string;
  checked: number;
  differing: number;
}

export interface SelfCheck {
  backend: BackendName;
  description: string;
  arithmetic: Arithmetic;
  tallies: Tally[];
  mismatches: Mismatch[];
  seconds: number;
}

export interface SelfCheckOptions {
  backend: BackendName | 'auto';
  /** Workers of the trainings; auto: one, and three. */
  workers: number | 'auto';
  signal?: AbortSignal;
  /** Called after each check. */
  onCheck?: (done: number, of: number) => void;
}

/** Hashes by name. */
export type Hashes = Readonly<Record<'kernels' | 'trainings', Readonly<Record<string, string>>>>;

/** Trainings of any number of shards by more workers than one, not a power of two. */
const WORKER_COUNTS = [1, 3];

/** @throws usage if the backend has no class of arithmetic, or there are too many workers; failed if it can't run here */
export async function selfCheck({ backend: asked, workers, signal, onCheck }: SelfCheckOptions) {
  const started = performance.now();
  if (workers !== 'auto' && workers > SHARDS) {
    throw usageError(
      `${option('workers')}: expected at most ${SHARDS} (the shards of the trainings), got ${workers}.`,
      `Try ${option('workers', SHARDS)}.`,
    );
  }
  const { backend, arithmetic } = backendWithClass(asked);
  const expected = HASHES[arithmetic];
  const runs = trainingRuns(workers === 'auto' ? WORKER_COUNTS : [workers]);
  const total = Object.keys(KERNEL_CHECKS).length + runs.length;
  const mismatches: Mismatch[] = [];
  const tallies = new Map<string, Tally>();
  let done = 0;
  const note = (what: string, mismatch: Mismatch | null) => {
    const tally = tallies.get(what) ?? { what, checked: 0, differing: 0 };
    tallies.set(what, tally);
    tally.checked++;
    if (mismatch) {
      tally.differing++;
      mismatches.push(mismatch);
    }
    onCheck?.(++done, total);
  };
  for (const mismatch of checkKernels(backend, expected.kernels)) note('kernels', mismatch);
  for (const { name, workers, update } of runs) {
    if (signal?.aborted) break;
    const ranks = update === 'sharded' ? countRanks() : 1;
    const where = ranks === 1 ? '' : ` on each of ${ranks} ranks`;
    const what = `trainings, ${workers === 1 ? '1 worker' : `${workers} workers`}${where}, ${update}`;
    const setting = { backend: backend.name, workers, update };
    note(what, await checkTraining(name, setting, expected.trainings[name] ?? null));
  }
  const { name, description } = backend;
  const seconds = (performance.now() - started) / 1000;
  const result: SelfCheck = { backend: name, description, arithmetic, tallies: [], mismatches, seconds };
  result.tallies.push(...tallies.values());
  return result;
}

/** @throws usage if the backend has no class of arithmetic; failed if there are no hashes for it, or it can't run here */
function backendWithClass(asked: BackendName | 'auto'): { backend: Backend; arithmetic: Arithmetic } {
  if (asked === 'blas' || asked === 'reference') {
    const reason =
      asked === 'blas'
        ? 'a BLAS sums in an order of its own, which differs between libraries, versions and processors, so it has no class of arithmetic'
        : 'it computes in double precision with functions of the JavaScript engine, so it has no class of arithmetic';
    throw usageError(
      `${option('backend', asked)} can't be checked: ${reason}.`,
      `Try ${option('backend', 'native')} or ${option('backend', 'wasm')}.`,
    );
  }
  const backend = chooseBackend(asked, null);
  const arithmetic = arithmeticOf(backend)!;
  if (Object.keys(HASHES[arithmetic].kernels).length === 0) {
    throw usageError(
      `This build has no hashes for ${arithmetic} arithmetic, which ${backend.description} has here, so there is nothing to compare with.`,
      'In the repository, scripts/tools/selfcheck-hashes.ts writes them.',
    );
  }
  return { backend, arithmetic };
}

/** The hashes of all kernels, one after the other. */
export function* hashKernels(backend: Backend): Generator<readonly [name: string, sha256: string]> {
  const sheet = new Sheet(backend);
  for (const [name, check] of Object.entries(KERNEL_CHECKS)) yield [name, hashWritten(sheet.run(check))];
}

function* checkKernels(backend: Backend, expected: Hashes['kernels']): Generator<Mismatch | null> {
  for (const [name, sha256] of hashKernels(backend)) {
    const right = expected[name] ?? null;
    if (sha256 === right) yield null;
    else {
      const first = findDifference(name, backend, right);
      yield { kind: 'kernel', name, sha256, expected: right, first };
    }
  }
}

interface TrainingRun {
  name: string;
  workers: number;
  update: UpdateMode;
}

/**
 * Each training with each number of workers, one kind of update after the other in turns; with both if there is one number
 * of workers.
 */
function trainingRuns(counts: readonly number[]): TrainingRun[] {
  return counts.flatMap((workers, i) =>
    TRAININGS.flatMap((name, k) => {
      const updates = updatesOf(trainingOf(name).options.optimizer);
      const chosen = counts.length === 1 ? updates : [updates[(i + k) % updates.length]!];
      return chosen.map(update => ({ name, workers, update }));
    }),
  );
}

async function checkTraining(
  name: string,
  setting: { backend: BackendName; workers: number; update: UpdateMode },
  expected: string | null,
): Promise<Mismatch | null> {
  const { workers, update } = setting;
  const about = { kind: 'training', name, expected, workers, update } as const;
  try {
    const sha256 = await hashTraining(trainingOf(name), setting);
    return sha256 === expected ? null : { ...about, sha256 };
  } catch (error) {
    // A kernel with a fault can make a training diverge.
    return { ...about, sha256: null, error: (error as Error).message };
  }
}
