/** Where the ranks are, and which CPUs they may use, as each tells the others at first. */
import { hostname } from 'node:os';
import { failure } from '../errors.js';
import { packageVersion } from '../version.js';
import { allowedCpus, countCpus } from './cpus.js';
import { launcherProcess } from './launcher-process.js';
import { nameRank } from './ranks.js';

/** What a rank tells the others about itself. */
export interface Introduction {
  readonly host: string;
  /** Of lockstep. */
  readonly version: string;
  /** CPUs that it may run on, and that its launcher may, in hexadecimal; null if that is not known. */
  readonly allowed: string | null;
  readonly possible: string | null;
}

/** What a rank makes of all introductions. */
export interface Hosts {
  /** Host of each rank. */
  readonly names: readonly string[];
  /** Ranks on the host of this one, including it. */
  readonly ranksOnHost: number;
  /** Those among them that share a CPU with this one, including it. */
  readonly ranksOnCpus: number;
  /** CPUs that each rank may use from now on; 0 if unknown. */
  readonly cpus: readonly number[];
  /** CPUs that all ranks may use together, each counted once; 0 if unknown. */
  readonly allCpus: number;
  /** CPUs that this rank shall use from now on, if not those that it is bound to. */
  readonly widened: bigint | null;
  /** What the user should know about the CPUs of the ranks; null if nothing. */
  readonly note: string | null;
}

export function introduction(): Introduction {
  const allowed = allowedCpus(process.pid);
  const launcher = launcherProcess();
  const possible = launcher ? allowedCpus(launcher.id) : allowed;
  return {
    host: hostname(),
    version: packageVersion(),
    allowed: allowed?.toString(16) ?? null,
    possible: possible?.toString(16) ?? null,
  };
}

/** A rank and its CPUs. */
interface Place {
  rank: number;
  host: string;
  allowed: bigint;
  possible: bigint;
  ranksOnHost: number;
}

/** @throws failed if the ranks run different versions of lockstep */
export function hostsOf(all: readonly Introduction[], rank: number): Hosts {
  const names = all.map(({ host }) => host);
  const other = all.findIndex(({ version }) => version !== all[0]!.version);
  if (other >= 0) {
    throw failure(
      `${nameRank(other, names)} has lockstep ${all[other]!.version}, rank 0 has ${all[0]!.version}.`,
      'Install the same version on all hosts.',
    );
  }
  const places = all.map(({ host, allowed, possible }, rank): Place => {
    const ranksOnHost = names.filter(name => name === host).length;
    return { rank, host, ...{ allowed: setOf(allowed), possible: setOf(possible) }, ranksOnHost };
  });
  const own = places[rank]!;
  const used = places.map(usedBy);
  const sharing = places.filter(
    ({ host, allowed }) => host === own.host && (allowed & own.allowed) !== 0n,
  ).length;
  return {
    ...{ names, ranksOnHost: own.ranksOnHost, ranksOnCpus: Math.max(1, sharing) },
    cpus: used.map(countCpus),
    allCpus: used.includes(0n) ? 0 : countTogether(used, names),
    widened: isWidened(own) ? own.possible : null,
    note: describeBinding(places, names),
  };
}

/** Unknown sets are empty, so that nothing is decided by them. */
function setOf(hexadecimal: string | null): bigint {
  return BigInt(`0x${hexadecimal ?? 0}`);
}

/** Alone on its host, a rank uses all CPUs there that its launcher may use. */
function isWidened({ allowed, possible, ranksOnHost }: Place): boolean {
  return ranksOnHost === 1 && (possible & ~allowed) !== 0n;
}

/** CPUs that a rank uses from now on. */
function usedBy(place: Place): bigint {
  return isWidened(place) ? place.possible : place.allowed;
}

/** The CPUs of all hosts: ranks of one host may share some. */
function countTogether(used: readonly bigint[], names: readonly string[]): number {
  const byHost = new Map<string, bigint>();
  for (const [rank, name] of names.entries()) byHost.set(name, (byHost.get(name) ?? 0n) | used[rank]!);
  return [...byHost.values()].map(countCpus).reduce((sum, count) => sum + count, 0);
}

/** Bound to less than its share of the host. */
function isNarrow({ allowed, possible, ranksOnHost }: Place): boolean {
  return ranksOnHost > 1 && countCpus(allowed) < Math.floor(countCpus(possible) / ranksOnHost);
}

function describeBinding(places: readonly Place[], names: readonly string[]): string | null {
  const whose = (some: readonly Place[]) =>
    some.length === places.length
      ? some.length > 1
        ? 'each rank'
        : 'the rank'
      : some.map(({ rank }) => nameRank(rank, names)).join(', ');
  const bound = ({ allowed, possible }: Place) => `${countCpus(allowed)} of the ${countCpus(possible)} CPUs`;
  const narrow = places.filter(isNarrow);
  if (narrow.length > 0) {
    const [first] = narrow;
    const { ranksOnHost } = first!;
    return `${whose(narrow)}: bound to ${bound(first!)} of its host by the launcher, which is less than its share. For more: mpirun --bind-to none, or mpirun --map-by ppr:${ranksOnHost}:node:pe=N for N cores each.`;
  }
  const widened = places.filter(isWidened);
  if (widened.length === 0) return null;
  return `${whose(widened)}: bound to ${bound(widened[0]!)} of its host by the launcher, but alone there, so it uses all of them.`;
}
