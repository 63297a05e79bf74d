/** What a machine is made of, and what it did during a measurement, as text. Pure functions. */
import type { Load } from '../lab/machine/load.js';
import type { ThreadPlaces } from '../lab/machine/threads.js';
import type { Topology } from '../lab/machine/topology.js';
import { counted, formatBytes, formatPercent } from './format.js';

const NOT_KNOWN = 'not known';

/** One line for each fact: sockets, 2; … */
export function topologyPairs(topology: Topology): [string, string][] {
  const { sockets, cores, threadsPerCore, online, usable, caches, numaNodes } = topology;
  const { governor, mostHertz, quotaCores, hypervisor } = topology;
  return [
    ['sockets', sockets === null ? NOT_KNOWN : String(sockets)],
    [
      'cores',
      cores === null
        ? NOT_KNOWN
        : `${cores}, ${threadsPerCore === 1 ? 'one hardware thread each' : `up to ${threadsPerCore} hardware threads each (SMT)`}`,
    ],
    ['hardware threads', `${online ?? NOT_KNOWN} online, ${usable ?? NOT_KNOWN} usable here`],
    ...caches.map(({ level, bytes, sharing, count }): [string, string] => [
      `level ${level}${level === 1 ? ' data' : ''} cache`,
      `${count} of ${formatBytes(bytes)}, ${sharing === 1 ? 'of one hardware thread each' : `each shared by ${sharing} hardware threads`}`,
    ]),
    ...(caches.length === 0 ? [['caches', NOT_KNOWN] as [string, string]] : []),
    ['memory nodes', numaNodes.length === 0 ? NOT_KNOWN : numaNodes.map(nodeText).join('; ')],
    [
      'clock',
      `${mostHertz === null ? 'highest not known' : `at most ${hertzText(mostHertz)}`}, governor ${governor ?? NOT_KNOWN}`,
    ],
    ['processor quota', quotaCores === null ? 'none' : counted(quotaCores, 'core')],
    ['hypervisor', hypervisor ?? 'none known'],
  ];
}

function nodeText({ node, threads, memoryBytes }: Topology['numaNodes'][number]): string {
  const memory = memoryBytes === null ? '' : `, ${formatBytes(memoryBytes)}`;
  return `${node}: ${threads === '' ? 'no hardware threads' : `hardware threads ${threads}`}${memory}`;
}

/** 4.14 GHz */
export function hertzText(hertz: number): string {
  return `${(hertz / 1e9).toFixed(2)} GHz`;
}

/** Stolen 0.00 %, other processes 12.31 % of the machine’s time */
export function loadText(load: Load | null): string {
  if (load === null) return NOT_KNOWN;
  const others = load.others === null ? '' : `, other processes ${formatPercent(load.others)}`;
  return `stolen ${formatPercent(load.stolen)}${others} of the machine’s time; ${load.runningBefore} and ${load.runningAfter} threads running before and after`;
}

/** 0 (35×), 1 (2×), 3 moves; … for each thread. */
export function placesText(places: readonly ThreadPlaces[]): string {
  if (places.length === 0) return NOT_KNOWN;
  return places
    .map(({ processors, moves }) => {
      const on = processors.map(({ processor, times }) => `${processor} (${times}×)`).join(', ');
      return `${on}${moves === 0 ? '' : `, ${counted(moves, 'move')}`}`;
    })
    .join('; ');
}
