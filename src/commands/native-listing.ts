/** lockstep info --native LAYERS: the kernels that --backend native would generate for a network; with --dump their code. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaults } from '../config/settings.js';
import { failure, usageError } from '../errors.js';
import { chooseBackend } from '../kernels/choose.js';
import { type NativeKernel, nativeKernelsOf } from '../lab/native-kernels.js';
import { describeNetwork, type Network } from '../model/network.js';
import { makeOptimizer, usualRule } from '../model/optimizer.js';
import { formatBytes, formatCount } from '../report/format.js';
import { renderTable } from '../report/table.js';
import { usualBatch } from '../train/defaults.js';
import type { Description } from './run/describe-folder.js';

/** @throws failed if machine code can't run here, or the folder can't be written; usage if there are several networks */
export async function describeNative(
  networks: readonly number[][],
  dump: string | null,
): Promise<Description> {
  const [layers, another] = networks as [number[], ...number[][]];
  if (another !== undefined) {
    throw usageError('--native: expected one network, got several.', `Try --native ${layers}.`);
  }
  const backend = chooseBackend('native', null);
  if (backend.name !== 'native') throw new Error('another backend than the one asked for');
  const { instructionSet } = backend;
  const network = networkOf(layers);
  const optimizer = makeOptimizer(usualRule(network.hidden.length));
  const batchRows = usualBatch(Number.POSITIVE_INFINITY);
  const kernels = nativeKernelsOf(network, { batchRows, optimizer }, instructionSet);
  const files = dump === null ? null : await dumpCode(kernels, dump);
  const bytes = kernels.reduce((sum, { code }) => sum + code.length, 0);
  const milliseconds = kernels.reduce((sum, kernel) => sum + kernel.milliseconds, 0);
  const rows = kernels.map(({ name, shape, tile, code, milliseconds: own }) => [
    ...[name, shape, tile ?? '', formatCount(code.length), own.toFixed(2)],
  ]);
  return {
    text: [
      renderTable(['kernel', 'shape', 'tile', 'bytes', 'ms'], rows, 3),
      '',
      `${kernels.length} kernels for a step of ${batchRows} rows in one shard, ${instructionSet}: ${formatBytes(bytes)}, ${milliseconds.toFixed(1)} ms to generate.`,
      ...(files === null ? [] : [`Written to ${dump}: README.md says how to read them.`]),
    ].join('\n'),
    data: {
      ...{ network, batchRows, instructionSet, bytes, milliseconds },
      kernels: kernels.map(({ code, ...kernel }) => ({ ...kernel, bytes: code.length })),
      ...(files && { dumped: files }),
    },
  };
}

/** With the usual hidden activation, and softmax at the end, as `lockstep bench` has it. @throws usage */
function networkOf(layers: readonly number[]): Network {
  if (layers.length < 2) {
    throw usageError(
      `--native: expected sizes of two or more layers, got ${layers}.`,
      'Try --native 784,128,10.',
    );
  }
  const [activation] = defaults().activation;
  const hidden = layers.slice(1, -1).map(() => activation!);
  return describeNetwork({ layers, hidden, output: 'softmax', loss: 'cross-entropy' });
}

/** Writes each kernel's bytes to NAME.bin. Returns the names of all files. */
async function dumpCode(kernels: readonly NativeKernel[], folder: string): Promise<string[]> {
  const readme = [
    'Machine code of lockstep, one kernel a file, constants after the code. To disassemble one:',
    '',
    `    objdump -D -b binary -m i386:x86-64 ${kernels[0]!.name}.bin`,
    '',
    ...kernels.map(({ name, shape }) => `- ${name}.bin: ${shape}`),
    '',
  ];
  const files = kernels.map(({ name, code }) => [`${name}.bin`, code] as const);
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, code] of files) await writeFile(join(folder, name), code);
    await writeFile(join(folder, 'README.md'), readme.join('\n'));
  } catch (error) {
    throw failure(`${folder}: ${(error as Error).message}`, 'Try another folder for --dump.', error);
  }
  return [...files.map(([name]) => name), 'README.md'];
}
