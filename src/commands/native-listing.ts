/** lockstep info --native LAYERS: the kernels that --backend native would generate for a training; with --dump their code. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, usageError } from '../errors.js';
import { chooseBackend } from '../kernels/choose.js';
import { type NativeKernel, nativeKernelsOf } from '../lab/native-kernels.js';
import { describeNetwork, type Network, usualOutput } from '../model/network.js';
import { type Optimizer, ruleOf, searches, usualRule } from '../model/optimizer.js';
import { type Perturbation, perturbationFor } from '../model/perturbation.js';
import { formatBytes, formatCount } from '../report/format.js';
import { renderTable } from '../report/table.js';
import { lossParameters, usualBatch } from '../train/defaults.js';
import type { Call } from './line/call.js';
import type { Description } from './run/describe-folder.js';
import { hiddenActivations, hiddenDropout } from './settings/network.js';
import { optimizerFor } from './settings/optimizer.js';

type Settings = Call['settings'];

/** @throws failed if machine code can't run here, or the folder can't be written; usage if options don't go together */
export async function describeNative(
  [layers, another]: readonly number[][],
  settings: Settings,
): Promise<Description> {
  if (another !== undefined) {
    throw usageError('--native: expected one network, got several.', `Try --native ${layers}.`);
  }
  const { dump, batchSize } = settings;
  if (batchSize === 'full') {
    throw usageError(
      '--batch-size: expected a number of rows with --native, got full.',
      'Try --batch-size 1024.',
    );
  }
  const network = networkOf(layers!, settings);
  const optimizer = optimizerOf(network, settings);
  const backend = chooseBackend('native', null);
  if (backend.name !== 'native') throw new Error('another backend than the one asked for');
  const { instructionSet, build } = backend;
  const batchRows = batchSize ?? usualBatch(Number.POSITIVE_INFINITY);
  const choice = { batchRows, optimizer, perturbation: perturbationOf(network, settings) };
  const kernels = nativeKernelsOf(network, choice, instructionSet, build);
  const files = dump === null ? null : await dumpCode(kernels, dump);
  const bytes = kernels.reduce((sum, { code }) => sum + code.length, 0);
  const milliseconds = kernels.reduce((sum, kernel) => sum + kernel.milliseconds, 0);
  const rows = kernels.map(({ name, shape, way, code, milliseconds: own }) => [
    ...[name, way === '' ? shape : `${shape}; ${way}`, formatCount(code.length), own.toFixed(2)],
  ]);
  const step = `a step of ${formatCount(batchRows)} rows by ${optimizer.name}, ${network.loss}`;
  return {
    text: [
      renderTable(['kernel', 'shape', 'bytes', 'ms'], rows, 2),
      '',
      `${kernels.length} kernels for ${step}, ${instructionSet}: ${formatBytes(bytes)}, ${milliseconds.toFixed(1)} ms to generate.`,
      ...(files === null ? [] : [`Written to ${dump}: README.md says how to read them.`]),
    ].join('\n'),
    data: {
      ...{ network, batchRows, optimizer: optimizer.name, instructionSet, bytes, milliseconds },
      kernels: kernels.map(({ code, ...kernel }) => ({ ...kernel, bytes: code.length })),
      ...(files && { dumped: files }),
    },
  };
}

/** With softmax at the end, as `lockstep bench` has it, unless there is another loss. @throws usage */
function networkOf(layers: readonly number[], settings: Settings): Network {
  if (layers.length < 2) {
    throw usageError(
      `--native: expected sizes of two or more layers, got ${layers}.`,
      'Try --native 784,128,10.',
    );
  }
  const loss = settings.loss === 'auto' ? 'cross-entropy' : settings.loss;
  return describeNetwork({
    layers,
    hidden: hiddenActivations({ ...settings, hidden: layers.slice(1, -1) }),
    output: usualOutput(loss),
    loss,
    ...lossParameters(loss),
  });
}

/** @throws usage if there are neither one rate for all hidden layers nor one for each */
function perturbationOf(network: Network, settings: Settings): Perturbation | null {
  const { inputDropout, inputNoise, seed } = settings;
  const dropout = hiddenDropout({ ...settings, hidden: network.layers.slice(1, -1) });
  return perturbationFor(network, { dropout, inputDropout, inputNoise, seed });
}

/** @throws usage if options of the update can't be combined, or a step of the optimizer is no list of operations */
function optimizerOf({ hidden, layers }: Network, settings: Settings): Optimizer {
  const name = settings.optimizer ?? usualRule(hidden.length);
  // The rows of a step may be all that there are.
  const batchSize = ruleOf(name).wholeBatches === null ? settings.batchSize : 'full';
  const optimizer = optimizerFor({ ...settings, hidden: layers.slice(1, -1), batchSize }, 'info');
  if (!searches(optimizer)) return optimizer;
  throw usageError(
    `--optimizer ${name}: --native lists only optimizers that take one gradient per step.`,
    'Try --optimizer sgd.',
  );
}

/** Writes each kernel's bytes to NAME.bin. Returns the names of all files. */
async function dumpCode(kernels: readonly NativeKernel[], folder: string): Promise<string[]> {
  const readme = [
    'Machine code of lockstep, one kernel a file, constants after the code. To disassemble one:',
    '',
    `    objdump -D -b binary -m i386:x86-64 ${kernels[0]!.name}.bin`,
    '',
    ...kernels.map(({ name, shape, way }) => `- ${name}.bin: ${way === '' ? shape : `${shape}; ${way}`}`),
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
