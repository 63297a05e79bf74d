/**
 * A program for mpirun: calls everything that ranks have, on all ranks, and checks what arrives. Rank 0 prints one line of JSON:
 * what the ranks are, and the problems of all of them. Its argument is the library, auto by default.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { usageError } from '../../../src/errors.js';
import { openRanks } from '../../../src/ranks/open.js';

const [mpi = 'auto'] = process.argv.slice(2);
const ranks = await openRanks({ mpi, environment: process.env, patience: 30 });
const { rank, size } = ranks;
const problems: string[] = [];
const IDLE_MILLISECONDS = 600;

function check(what: string, isRight: boolean): void {
  if (!isRight) problems.push(`rank ${rank}: ${what}`);
}

/** Bytes that no other rank, length or place has. */
function pattern(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + seed * 101 + length) & 255);
}

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

async function broadcasts(): Promise<void> {
  for (const length of [0, 1, 7, 511, 4096, 300_007]) {
    for (let from = 0; from < size; from++) {
      const bytes = rank === from ? pattern(length, from) : new Uint8Array(length);
      await ranks.broadcast(bytes, from);
      check(`broadcast of ${length} bytes from ${from}`, same(bytes, pattern(length, from)));
    }
  }
  // A part of shared memory, as the arena's.
  const shared = new Uint8Array(
    new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer,
    10,
    99,
  );
  shared.set(pattern(99, rank));
  await ranks.broadcast(shared, size - 1);
  check('broadcast in shared memory', same(Uint8Array.from(shared), pattern(99, size - 1)));
}

async function gatherings(): Promise<void> {
  for (const unit of [0, 1, 200, 508, 509, 70_001]) {
    const all = await ranks.gather(pattern(unit * rank, rank));
    const isRight = all.length === size && all.every((bytes, r) => same(bytes, pattern(unit * r, r)));
    check(`gathering of ${unit} bytes times the rank`, isRight);
  }
}

/** The end of work that does something else on each rank: the value, or the error as text. */
async function together(work: (rank: number) => unknown): Promise<string> {
  try {
    return `${await ranks.together(() => work(rank))}`;
  } catch (error) {
    const { name, message, hint, exitCode } = error as Error & { hint?: string; exitCode?: number };
    return [name, message, hint, exitCode].filter(part => part !== undefined).join('; ');
  }
}

async function sharedWork(): Promise<void> {
  const last = size - 1;
  const host = ranks.hosts[last];
  const told = 'ToldByRank0; rank 0 reports what went wrong';
  const each = async (what: string, work: (rank: number) => unknown, first: string, others: string) => {
    const got = await together(work);
    check(`${what}: ${got}`, got === (rank === 0 ? first : others));
  };
  await each('work', r => r * 2, '0', `${2 * rank}`);
  const ofLast = size === 1 ? '' : `rank ${last} (host ${host}): `;
  const fails = () => {
    throw usageError('No such row.', 'Try another.');
  };
  await each('a common error', fails, 'LockstepError; No such row.; Try another.', `${told}; 2`);
  await each(
    'an error of the last rank',
    r => r === last && fails(),
    `LockstepError; ${ofLast}No such row.; Try another.`,
    `${told}; 2`,
  );
  await each(
    'an error of rank 0',
    r => {
      if (r === 0) throw new RangeError('too far');
    },
    'RangeError; too far',
    `${told}; 1`,
  );
}

/** A rank that waits for rank 0, which reads or asks its user, leaves its core to others. */
async function idleWait(): Promise<void> {
  await ranks.meet();
  const before = process.cpuUsage();
  await ranks.together(() => (rank === 0 ? sleep(IDLE_MILLISECONDS) : null));
  const { user, system } = process.cpuUsage(before);
  const used = (user + system) / 1000;
  check(`${used} ms of a core in ${IDLE_MILLISECONDS} ms of waiting`, used < IDLE_MILLISECONDS / 2);
}

/** Whether an access of WebAssembly beyond its memory still throws. */
function trap(): void {
  // (module (memory 1) (func (export "f") (drop (i32.load (i32.const -2147483648)))))
  const bytes = [
    ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 5, 1, 1, 102, 0, 0],
    ...[10, 14, 1, 12, 0, 65, 128, 128, 128, 128, 120, 40, 2, 0, 26, 11],
  ];
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(bytes)));
  try {
    (exports.f as () => void)();
    check('a trap of WebAssembly', false);
  } catch (error) {
    check('a trap of WebAssembly', error instanceof WebAssembly.RuntimeError);
  }
}

async function exchange(): Promise<void> {
  const worker = new Worker(new URL('exchange.js', import.meta.url), { workerData: ranks.handle });
  const said = await new Promise<string[]>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await worker.terminate();
  for (const problem of said) check(problem, false);
}

await broadcasts();
await gatherings();
await sharedWork();
await idleWait();
trap();
await exchange();
// The library still works after the thread has ended that also opened it.
await exchange();
await ranks.meet();
const all = await ranks.gather(new TextEncoder().encode(JSON.stringify(problems)));
const found = all.flatMap(bytes => JSON.parse(new TextDecoder().decode(bytes)) as string[]);
const isClosed = await ranks.close();
if (!isClosed) found.push('the library does not end');
if (rank === 0) {
  const { description, library, hosts, ranksOnHost } = ranks;
  console.log(JSON.stringify({ size, description, library, hosts, ranksOnHost, problems: found }));
}
