/** lockstep info --mpi: the MPI library and the ranks; without a launcher, the libraries that are found. */
import { enumerate } from '../config/kinds.js';
import { listLibraries } from '../ranks/find.js';
import type { MpiLibrary } from '../ranks/library.js';
import type { Ranks } from '../ranks/ranks.js';
import { counted } from '../report/format.js';
import { renderPairs } from '../report/table.js';
import type { Description } from './run/describe-folder.js';

/** @throws failed if there is no koffi, or no library */
export function describeMpi(ranks: Ranks): Description {
  return ranks.library === null ? describeLibraries(listLibraries()) : describeRanks(ranks);
}

function describeLibraries(libraries: readonly MpiLibrary[]): Description {
  const list = libraries.map(({ description, path, constants, abi }) => ({
    ...{ description, path, abi, interface: constants.name },
  }));
  return {
    text: [
      renderPairs(list.map(one => ['library', `${one.description}, ${one.path}: ${one.interface}`] as const)),
      '',
      'mpirun -np 2 lockstep info --mpi shows which one a launcher takes, and the ranks.',
    ].join('\n'),
    data: { libraries: list },
  };
}

function describeRanks({ size, description, library, hosts, cpus, note }: Ranks): Description {
  const { path, interface: name, threads, transports } = library!;
  const places = [...new Set(hosts)].map(host => {
    const own = hosts.flatMap((other, rank) => (other === host ? [rank] : []));
    const each = [...new Set(own.map(rank => cpus[rank]!))].filter(count => count > 0);
    const shares = each.length === 0 ? '' : `; ${each.map(count => counted(count, 'CPU')).join(' or ')} each`;
    return [
      'host',
      `${host}: ${own.length === 1 ? 'rank' : 'ranks'} ${enumerate(own.map(String), 'and')}${shares}`,
    ] as const;
  });
  return {
    text: renderPairs([
      ['library', `${description}, ${path}`],
      ['interface', name],
      ['threads', threads],
      ['transports', transports.join(', ') || 'not known'],
      ['ranks', `${size} on ${counted(new Set(hosts).size, 'host')}`],
      ...places,
      ...(note === null ? [] : [['note', note] as const]),
    ]),
    data: {
      ...{ library: description, path, interface: name, threads, transports, ranks: size },
      hosts,
      cpus,
      note,
    },
  };
}
