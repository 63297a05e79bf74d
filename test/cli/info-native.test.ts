/** info --native: the kernels that would be generated for a network are those that a training generates. */
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { chooseBackend } from '../../src/kernels/choose.js';
import { lockstep, makeFolder, runInside } from './lockstep.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = makeFolder();
const hasNative = chooseBackend('auto', null).name === 'native';
const run = (line: string) => runInside(line.split(' '), { cwd: folder });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A copy of lockstep that notes the code that it places. */
function noting(): string {
  const copy = join(folder, 'noting');
  for (const part of ['dist/src', 'dist/workers', 'package.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const file = join(copy, 'dist/src/kernels/native/thread-code.js');
  const text = readFileSync(file, 'utf8');
  const place = /this\.#runner\.place\((generate\(this\.machine\(\)\))\)/;
  expect(text).toMatch(place);
  const imports = `import { appendFileSync } from 'node:fs'; import { createHash } from 'node:crypto';
const noted = code => { appendFileSync(process.env.NOTES, createHash('sha256').update(code).digest('hex') + '\\n'); return code; };
`;
  writeFileSync(file, imports + text.replace(place, 'this.#runner.place(noted($1))'));
  return join(copy, 'dist/src/cli.js');
}

describe.runIf(hasNative)('info --native', () => {
  it('lists each kernel with its shape, tile and bytes', async () => {
    const { code, stdout } = await run('info --native 784,128,10');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^kernel +shape +tile +bytes +ms$/m);
    expect(stdout).toMatch(/^layer-1-product +32 × \d+ by 784 +\d+ × \d+.* [\d,]+ +[\d.]+$/m);
    expect(stdout).toMatch(/^delta-1-product +32 × \d+ by 10, B transposed /m);
    expect(stdout).toMatch(/^gradient-2-product +\d+ × 10 by 32, A transposed /m);
    expect(stdout).toMatch(/\n\d+ kernels for a step of 32 rows in one shard, AVX.*: .* ms to generate\.\n$/);
  });

  const cli = noting();

  // Walked by block, and by shard.
  it.each(['784,128,10', '6,7,5,3'])('writes the code that a training of %s generates', async layers => {
    const name = `code-${layers}`;
    const { code, stdout } = await run(`info --native ${layers} --dump ${name} --json`);
    expect(code).toBe(0);
    const { kernels, dumped, bytes } = JSON.parse(stdout);
    expect(readdirSync(join(folder, name)).sort()).toEqual([...dumped].sort());
    const readme = readFileSync(join(folder, name, 'README.md'), 'utf8');
    expect(readme).toContain('objdump -D -b binary -m i386:x86-64 gather.bin');
    const codes = kernels.map((kernel: { name: string }) =>
      readFileSync(join(folder, name, `${kernel.name}.bin`)),
    );
    expect(codes.reduce((sum: number, one: Buffer) => sum + one.length, 0)).toBe(bytes);

    const sizes = layers.split(',');
    const data = `synthetic:64x${sizes[0]}x${sizes.at(-1)}`;
    const notes = join(folder, `${name}.notes`);
    const train = `train ${data} --hidden ${sizes.slice(1, -1)} --epochs 1 --workers 1 --shards 1 --backend native --no-save`;
    const trained = await lockstep(train.split(' '), {
      cwd: folder,
      cli,
      env: { ...process.env, NOTES: notes },
    });
    expect(trained.code).toBe(0);
    const generated = new Set(readFileSync(notes, 'utf8').trimEnd().split('\n'));
    const listed = new Set<string>(codes.map(sha256));
    expect([...listed].filter(code => !generated.has(code))).toEqual([]);
    // Not listed: losses, update rules, copies of words, and the product that tells the class of arithmetic.
    expect(generated.size).toBeGreaterThan(listed.size);
  });
});

it.each([
  ['info --native 784', '--native: expected sizes of two or more layers, got 784.'],
  ['info --native 4,3;4,2', '--native: expected one network, got several.'],
  [
    'info run --native 4,3',
    '--native takes the layers of a network, and no MODEL or DATA beside them; got run.',
  ],
  ['info run --dump code', '--dump needs --native.'],
])('refuses lockstep %s', async (line, message) => {
  const { code, stdout, stderr } = await run(line);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`error: ${message}`);
});

it.runIf(hasNative)('says why if machine code can’t run here', async () => {
  const { code, stderr } = await lockstep('info --native 4,3'.split(' '), {
    env: { ...process.env, LOCKSTEP_INSTRUCTION_SET: process.arch === 'x64' ? 'NEON' : 'AVX2' },
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: --backend native can't run here: this processor has .*, and not .*\nTry /);
});
