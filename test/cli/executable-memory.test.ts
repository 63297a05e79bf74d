/**
 * Memory for machine code: never writable and executable at once, and what happens where the system gives none. V8 has such
 * memory of its own, writable and executable on some releases, so only the regions that lockstep maps are looked at.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { arithmeticOf } from '../../src/kernels/arithmetic.js';
import { chooseBackend } from '../../src/kernels/choose.js';
import { lockstep, makeFolder } from './lockstep.js';
import { copyBuild, plant } from './plant.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = makeFolder();
const hasNative = chooseBackend('auto', null).name === 'native';
const isLinux = process.platform === 'linux';
const TRAIN = 'train synthetic:60x4x2 --hidden 3 --epochs 2 --workers 2 --no-save'.split(' ');

describe.runIf(isLinux && hasNative)('memory for machine code', () => {
  it('is writable first, then executable, never both', async () => {
    // Notes how the pages of each kernel are protected when it is written and when it is given away; and, at the end, of all.
    const watch = `
import { appendFileSync as append, readFileSync as read } from 'node:fs';
const kernels = [];
function permissionsOf(address) {
  for (const line of read('/proc/self/maps', 'utf8').split('\\n')) {
    const [, begin, end, permissions] = /^([0-9a-f]+)-([0-9a-f]+) (\\S+)/.exec(line) ?? [];
    if (parseInt(begin, 16) <= address && address < parseInt(end, 16)) return permissions;
  }
}
const note = (moment, address) => append(process.env.NOTES, moment + ' ' + permissionsOf(address) + '\\n');
process.on('exit', () => { for (const address of kernels) note('end', address); });
`;
    const cli = plant(join(folder, 'watched'), {
      file: 'src/kernels/native/executable.js',
      place: /^([\s\S]*)system\.write\(address, code\);([\s\S]*?)return address;/,
      text:
        `${watch}$1note('filled', address); system.write(address, code);` +
        `$2kernels.push(address); note('given', address); return address;`,
    });
    const notes = join(folder, 'notes');
    const { code, stderr } = await lockstep([...TRAIN, '--backend', 'native'], {
      cli,
      env: { ...process.env, NOTES: notes },
    });
    expect(code, stderr).toBe(0);
    const lines = readFileSync(notes, 'utf8').trimEnd().split('\n');
    expect(new Set(lines)).toEqual(new Set(['filled rw-p', 'given r-xp', 'end r-xp']));
    const countOf = (moment: string) => lines.filter(line => line.startsWith(moment)).length;
    expect(countOf('given')).toBe(countOf('filled'));
    // More than the one that asks the processor: kernels of both threads too.
    expect(countOf('given')).toBeGreaterThan(10);
  });
});

/** What is refused, and why it says so. */
function itFallsBack(start: (words: readonly string[]) => Promise<Ended>, reason: string, advice: string) {
  it('is done without by --backend auto, which says why in one line', async () => {
    const { code, stderr } = await start(TRAIN);
    expect(code).toBe(0);
    const said = stderr.split('\n').filter(line => line.includes('machine code'));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(`no machine code (${reason}): using wasm.`);
    expect(stderr).toMatch(/^machine +wasm /m);
  });

  it('is missed by --backend native, which says what to type', async () => {
    const { code, stdout, stderr } = await start([...TRAIN, '--backend', 'native']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`error: --backend native can't run here: ${reason}.\nTry ${advice}.\n`);
  });
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

describe.runIf(hasNative)('a koffi that is not installed', () => {
  const copy = join(folder, 'without');
  const cli = copyBuild(copy);
  mkdirSync(join(copy, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name.startsWith('.') || name === 'koffi') continue;
    symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name));
  }
  const start = (words: readonly string[]) => lockstep(words, { cli });
  itFallsBack(start, 'the optional package koffi is not installed', 'npm install koffi, or --backend wasm');
});

/**
 * Loaded before lockstep: from then on the system refuses to make memory executable that is not writable too, as a hardened
 * one would, by a filter of seccomp. PR_SET_MDWE would be the real thing, but it stops V8 itself, whose own memory for code
 * is both on Node.js 20, before lockstep runs.
 */
const REFUSING = `
import { createRequire } from 'node:module';
const koffi = createRequire(${JSON.stringify(join(root, 'package.json'))})('koffi');
const prctl = koffi.load(null).func('int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)');
// If the call is mprotect (10) and its third argument READ | EXEC (5): EACCES; else allow.
const lines = [[0x20, 0, 0, 0], [0x15, 0, 3, 10], [0x20, 0, 0, 32], [0x15, 0, 1, 5], [6, 0, 0, 0x5000d], [6, 0, 0, 0x7fff0000]];
const filter = Buffer.alloc(lines.length * 8);
for (const [i, [code, yes, no, value]] of lines.entries()) {
  filter.writeUInt16LE(code, i * 8);
  filter.set([yes, no], i * 8 + 2);
  filter.writeUInt32LE(value, i * 8 + 4);
}
const program = Buffer.alloc(16);
program.writeUInt16LE(lines.length);
program.writeBigUInt64LE(BigInt(koffi.address(filter)), 8);
if (prctl(38, 1, 0, 0, 0) !== 0 || prctl(22, 2, koffi.address(program), 0, 0) !== 0) process.exit(99);
`;
const refusing = join(folder, 'refusing.mjs');
writeFileSync(refusing, REFUSING);

/** Why the system can't be made to refuse; null if it can. */
function whyNot(): string | null {
  if (!isLinux || process.arch !== 'x64') return 'not Linux on x86-64';
  if (!hasNative) return 'no machine code here';
  const compiles = 'new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))';
  const { status, signal } = spawnSync(process.execPath, ['--import', refusing, '-e', compiles]);
  return status === 0 ? null : `seccomp is not available, or V8 needs what it refuses (${signal ?? status})`;
}

/** Threads that can't have what the main thread was given: a filter is a thread's own. */
describe('memory that the system does not let workers make executable', () => {
  const reason = whyNot();
  it.skipIf(reason !== null)(`can be had: ${reason ?? 'yes'}`, () => expect(reason).toBeNull());
  if (reason !== null) return;
  const refusingWorkers = join(folder, 'refusing-workers.mjs');
  writeFileSync(
    refusingWorkers,
    `import { isMainThread } from 'node:worker_threads';\nif (!isMainThread) await import(${JSON.stringify(refusing)});`,
  );
  const start = (words: readonly string[]) =>
    lockstep(words, { env: { ...process.env, NODE_OPTIONS: `--import ${refusingWorkers}` } });
  const isFused = arithmeticOf(chooseBackend('wasm', null)) === 'fused';
  const said = "this thread can't run machine code: the system does not let memory be made executable";

  it.runIf(isFused)('is done without by a thread, which says so, with the same bits', async () => {
    const line = [...TRAIN, '--backend', 'native', '--json'];
    const [refused, free] = [await start(line), await lockstep(line)];
    expect(refused.code).toBe(0);
    expect(refused.stderr.split(said)).toHaveLength(1 + 2);
    expect(refused.stderr).toContain(`${said}. It uses wasm (relaxed SIMD), which has the same bits.`);
    const weightsOf = ({ stdout }: Ended) => JSON.parse(stdout).weightsSha256;
    expect(weightsOf(refused)).toBe(weightsOf(free));
  });

  it.runIf(!isFused)('is missed by a training whose bits would change', async () => {
    const { code, stderr } = await start([...TRAIN, '--backend', 'native']);
    expect(code).toBe(1);
    expect(stderr).toContain(
      `error: worker 0: ${said}; and wasm (SIMD) has other bits.\nTry --backend wasm.\n`,
    );
    expect(stderr).not.toContain('was lost');
  });
});

describe('memory that the system does not let be made executable', () => {
  const reason = whyNot();
  it.skipIf(reason !== null)(`can be had: ${reason ?? 'yes'}`, () => expect(reason).toBeNull());
  if (reason !== null) return;
  const start = (words: readonly string[]) =>
    lockstep(words, { env: { ...process.env, NODE_OPTIONS: `--import ${refusing}` } });
  itFallsBack(start, 'the system does not let memory be made executable', '--backend wasm');
});
