/**
 * Runs all benches, or those that are named, one after the other:
 *
 *   npm run bench
 *   npm run bench -- step barrier
 *
 * Each one checks its results before timing them. Rates that are compared are measured in one run, because
 * the speed of a machine drifts.
 */
import { cpus } from 'node:os';
import { run as barrier } from './barrier.js';
import { run as dispatch } from './dispatch.js';
import { run as kernels } from './kernels.js';
import { run as loading } from './loading.js';
import { run as step } from './step.js';

const SUITES: Record<string, () => Promise<void>> = {
  multiply: () => kernels('multiply'),
  activations: () => kernels('activations'),
  losses: () => kernels('losses'),
  step,
  barrier,
  dispatch,
  loading,
};

const asked = process.argv.slice(2);
const unknown = asked.find(name => !Object.hasOwn(SUITES, name));
if (unknown !== undefined) {
  console.error(`npm run bench: expected one of ${Object.keys(SUITES).join(', ')}, got ${unknown}.`);
  process.exitCode = 2;
} else {
  console.log(
    `Node.js ${process.version}, ${cpus()[0]?.model.trim() ?? process.arch}, ${cpus().length} processors`,
  );
  for (const name of asked.length > 0 ? asked : Object.keys(SUITES)) {
    console.log(`\n${name}`);
    await SUITES[name]!();
  }
}
