/** lockstep info --machine: what this machine is made of, as scaling studies record it. */
import { cpus, totalmem } from 'node:os';
import { clockRate } from '../kernels/clock-rate.js';
import { readTopology } from '../lab/machine/observe.js';
import { counted, formatBytes } from '../report/format.js';
import { hertzText, topologyPairs } from '../report/machine.js';
import { renderPairs } from '../report/table.js';
import { usableCores } from '../session/cores.js';
import type { Description } from './run/describe-folder.js';

export function describeThisMachine(): Description {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown';
  const topology = readTopology();
  const cores = usableCores();
  const hertz = clockRate();
  return {
    text: renderPairs([
      ['processor', cpu],
      ...topologyPairs(topology),
      ['clock now', `${hertzText(hertz)}, measured on one core`],
      ['memory', formatBytes(totalmem())],
      ['workers', `${counted(cores, 'core')} to use here`],
    ]),
    data: { cpu, topology, hertz, memoryBytes: totalmem(), usableCores: cores },
  };
}
