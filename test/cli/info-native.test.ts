/** info --native: the kernels that would be generated for a network are those that a training generates. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseBackend } from '../../src/kernels/choose.js';
import { lockstep, makeFolder, runInside } from './lockstep.js';
import { plant } from './plant.js';

const folder = makeFolder();
const hasNative = chooseBackend('auto', null).name === 'native';
const run = (line: string) => runInside(line.split(' '), { cwd: folder });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A copy of lockstep that notes the code that it places. */
function noting(): string {
  const imports = `import { appendFileSync } from 'node:fs'; import { createHash } from 'node:crypto';
const noted = code => { appendFileSync(process.env.NOTES, createHash('sha256').update(code).digest('hex') + '\\n'); return code; };
`;
  return plant(join(folder, 'noting'), {
    file: 'src/kernels/native/thread-code.js',
    place: /^([\s\S]*)(generate\(this\.machine\(\)\))/,
    text: `${imports}$1noted($2)`,
  });
}

describe.runIf(hasNative)('info --native', () => {
  it('lists each kernel with its shape and bytes', async () => {
    const { code, stdout } = await run('info --native 784,128,10');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^kernel +shape +bytes +ms$/m);
    expect(stdout).toMatch(/^layer-1-product +rows × \d+ by 784; .*tiles of \d+.* [\d,]+ +[\d.]+$/m);
    expect(stdout).toMatch(/^delta-1-product +rows × \d+ by 10, B transposed; /m);
    expect(stdout).toMatch(/^gradient-2-product +\d+ × 10 by rows, A transposed; /m);
    expect(stdout).toMatch(/^loss-softmax-cross-entropy +10 classes; /m);
    expect(stdout).toMatch(/^update-adam /m);
    expect(stdout).toMatch(
      /\n\d+ kernels for a step of 32 rows by adam, cross-entropy, AVX.*: .* ms to generate\.\n$/,
    );
  });

  const cli = noting();

  const table = Array.from({ length: 32 }, (_, i) => [1, 2, 3, 4, 5, 6, 7, 8].map(k => ((i * k) % 11) / 4));
  writeFileSync(join(folder, 'table.csv'), `a,b,c,d,e,f,y,z\n${table.join('\n')}\n`);

  // Walked by block, and by shard.
  it.each([
    ['784,128,10', 'synthetic:64x784x10', ''],
    [
      '6,7,5,3',
      'synthetic:64x6x3',
      '--activation tanh --optimizer sgd --momentum 0.9 --batch-size 64 --dropout 0.5 --input-noise 0.1',
    ],
    ['6,5,2', 'table.csv --target y,z --batch-size full', '--loss huber --optimizer rprop'],
  ])('writes the code that a training of %s on %s %s generates', async (layers, data, options) => {
    const name = `code-${layers}`;
    const { code, stdout } = await run(`info --native ${layers} --dump ${name} --json ${options}`.trimEnd());
    expect(code).toBe(0);
    const { kernels, dumped, bytes } = JSON.parse(stdout);
    expect(readdirSync(join(folder, name)).sort()).toEqual([...dumped].sort());
    const readme = readFileSync(join(folder, name, 'README.md'), 'utf8');
    expect(readme).toContain('objdump -D -b binary -m i386:x86-64 arithmetic-product.bin');
    const codes = kernels.map((kernel: { name: string }) =>
      readFileSync(join(folder, name, `${kernel.name}.bin`)),
    );
    expect(codes.reduce((sum: number, one: Buffer) => sum + one.length, 0)).toBe(bytes);

    const sizes = layers.split(',');
    const notes = join(folder, `${name}.notes`);
    const train = `train ${data} ${options} --hidden ${sizes.slice(1, -1)} --epochs 1 --workers 1 --backend native --no-save`;
    const trained = await lockstep(train.split(/ +/), {
      cwd: folder,
      cli,
      env: { ...process.env, NOTES: notes },
    });
    expect(trained.code, trained.stderr).toBe(0);
    const generated = readFileSync(notes, 'utf8').trimEnd().split('\n');
    expect(new Set(codes.map(sha256))).toEqual(new Set(generated));
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
  ['info run --optimizer sgd', '--optimizer needs --native.'],
  ['info --native 4,3 --batch-size full', '--batch-size: expected a number of rows with --native, got full.'],
  [
    'info --native 4,3 --optimizer lbfgs',
    '--optimizer lbfgs: --native lists only optimizers that take one gradient per step.',
  ],
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
