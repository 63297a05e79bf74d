/**
 * The entrance to all measurements: the benches, or those that are named, one after the other.
 *
 *   npm run bench                                   multiply, activations, losses, step, parts, barrier, dispatch, loading, order
 *   npm run bench -- step barrier
 *   npm run bench -- reading --against OTHER/dist   products, reading, memory, ranks, peers and mnist take options of their own
 *
 * Each checks that what it times is right, then times it. Rates that are compared are measured in one run, since a
 * machine's speed drifts.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { run as barrier } from './barrier.js';
import { run as dispatch } from './dispatch.js';
import { run as kernels } from './kernels.js';
import { run as loading } from './loading.js';
import { run as order } from './order.js';
import { run as parts } from './parts.js';
import { run as step } from './step.js';

const SUITES: Record<string, () => Promise<void>> = {
  multiply: () => kernels('multiply'),
  activations: () => kernels('activations'),
  losses: () => kernels('losses'),
  step,
  parts,
  barrier,
  dispatch,
  loading,
  order,
};

/**
 * Measurements with options: each product of a step, reading and memory beside another build, ranks, other
 * trainers, MNIST.
 */
const SCRIPTS: Readonly<Record<string, string>> = {
  products: 'products.js',
  reading: 'reading.js',
  memory: 'memory.js',
  ranks: 'ranks.js',
  peers: 'peers/main.js',
  mnist: 'peers/mnist.js',
};

function runScript(name: string, options: readonly string[]): void {
  const path = fileURLToPath(new URL(SCRIPTS[name]!, import.meta.url));
  process.exitCode = spawnSync(process.execPath, [path, ...options], { stdio: 'inherit' }).status ?? 1;
}

async function runSuites(names: readonly string[]): Promise<void> {
  const unknown = names.find(name => !Object.hasOwn(SUITES, name));
  if (unknown !== undefined) {
    const known = [...Object.keys(SUITES), ...Object.keys(SCRIPTS)];
    console.error(`npm run bench: expected one of ${known.join(', ')}, got ${unknown}.`);
    process.exitCode = 2;
    return;
  }
  const { version } = process;
  console.log(`Node.js ${version}, ${cpus()[0]?.model.trim() ?? process.arch}, ${cpus().length} processors`);
  for (const name of names) {
    console.log(`\n${name}`);
    await SUITES[name]!();
  }
}

const [first = '', ...rest] = process.argv.slice(2);
if (Object.hasOwn(SCRIPTS, first)) runScript(first, rest);
else await runSuites(first === '' ? Object.keys(SUITES) : [first, ...rest]);
