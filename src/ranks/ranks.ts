/**
 * Ranks: the processes that train one network together, usually one a host. What a training calls of them, and the
 * implementation for a process without others. MPI moves the bytes (mpi.ts, exchange.ts); it adds nothing, so that a sum has the same bits
 * on any number of ranks. The main thread uses `Ranks` while no segment runs; during one, the leader of the workers uses an
 * `Exchange`. Two threads must never call MPI at once.
 */
import { hostname } from 'node:os';
import type { Abi } from './abi.js';
import type { Environment } from './launcher.js';

/** Plain data by which a worker thread reaches the library that the main thread has initialised. */
export interface RankHandle {
  readonly rank: number;
  readonly size: number;
  /** Host of each rank, for messages. */
  readonly hosts: readonly string[];
  /** Path or name of the library, as the main thread loaded it. */
  readonly library: string;
  readonly abi: Abi;
}

/** What `lockstep info --mpi` shows of a library. */
export interface LibraryFacts {
  /** Path or name, as it was loaded. */
  readonly path: string;
  /** Which of the three binary interfaces. */
  readonly interface: string;
  /** Which of MPI's levels of support for threads. */
  readonly threads: string;
  /** What may move the bytes, as far as that can be seen. */
  readonly transports: readonly string[];
}

/** All ranks as the main thread sees them. Each collective call is made by all ranks, in the same order. */
export interface Ranks {
  /** This process: 0 to size − 1. Rank 0 writes files and speaks to the user. */
  readonly rank: number;
  readonly size: number;
  /** The MPI library as people call it, `Open MPI 4.1.4`; null without one. */
  readonly description: string | null;
  /** More about the library, for people; null without one. */
  readonly library: LibraryFacts | null;
  /** Name of this host. */
  readonly host: string;
  /** Host of each rank. */
  readonly hosts: readonly string[];
  /** Number of ranks on this host, including this one. */
  readonly ranksOnHost: number;
  /** CPUs (hardware threads) that each rank may use; 0 if unknown. */
  readonly cpus: readonly number[];
  /** CPUs that all ranks may use together, each counted once; 0 if unknown. */
  readonly allCpus: number;
  /** Number of ranks with which this one shares CPUs, including it: its workers get their part of them. */
  readonly ranksOnCpus: number;
  /** What the user should know about how the launcher bound the ranks to CPUs; null if nothing. */
  readonly note: string | null;
  /** For `openExchange` in a worker thread; null if there is only one rank without MPI. */
  readonly handle: RankHandle | null;

  /**
   * Collective. Copies the bytes of one rank over those of all others, in place; equal lengths everywhere.
   * @throws failed if the library reports an error, or if not all ranks take part in time
   */
  broadcast(bytes: Uint8Array, from: number): Promise<void>;
  /** Collective. All ranks get what each has given, by rank; lengths may differ. For small data. @throws failed */
  gather(bytes: Uint8Array): Promise<Uint8Array[]>;
  /** Collective. Waits for all ranks. @throws failed */
  meet(): Promise<void>;
  /** Sets how many seconds a later collective call waits for ranks that do not take part; null: as many as at first. */
  setPatience(seconds: number | null): void;
  /**
   * Collective. Runs the work of each rank, which calls no rank itself, however long it takes. If it fails on any rank, it
   * fails on all: rank 0 throws the first error by rank, with `rank 1 (host b): ` before it unless all ranks have the same,
   * and the others throw `ToldByRank0`.
   */
  together<T>(work: () => T | Promise<T>): Promise<T>;
  /** Ends all ranks at once with this exit code, whatever their threads are doing. Not collective. */
  abort(code: number): never;
  /**
   * Collective, the last call of all. Returns whether the library has ended; otherwise a thread of it hangs, and the process
   * can only end by `endProcess`.
   */
  close(): Promise<boolean>;
}

/** Messages between ranks during a segment, as the leader of the workers sends them. No call waits. */
export interface Exchange {
  readonly rank: number;
  readonly size: number;
  /**
   * Begins to send bytes of the arena, which nobody may write until `isDone`.
   * @param tag from 0 to 32,767. Messages between two ranks with the same tag arrive in order.
   * @throws failed if the library reports an error
   */
  send(to: number, offset: number, bytes: number, tag: number): void;
  /** Begins to receive exactly so many bytes into the arena, which nobody may use until `isDone`. @throws failed */
  receive(from: number, offset: number, bytes: number, tag: number): void;
  /** Whether all messages begun so far have left and arrived. Moves them along, so it has to be called often. @throws failed */
  isDone(): boolean;
  /** The ranks whose messages have not left or arrived, for an error about a rank that keeps the others waiting. */
  waitingFor(): number[];
}

/** Options of `openRanks`. */
export interface RanksOptions {
  /** The MPI library, by path or name; off: none; auto: the one that fits the launcher, and none without a launcher. */
  mpi: string;
  /** Variables by which launchers tell a process its rank. */
  environment: Environment;
  /** Seconds that a rank waits for others before it gives up: longer than any works without telling them; 300 by default. */
  patience?: number;
}

/** An error of several ranks, which rank 0 tells the user. */
export class ToldByRank0 extends Error {
  override readonly name = 'ToldByRank0';
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('rank 0 reports what went wrong');
    this.exitCode = exitCode;
  }
}

/** `rank 1 (host b)` */
export function nameRank(rank: number, hosts: readonly string[]): string {
  return `rank ${rank} (host ${hosts[rank] ?? 'unknown'})`;
}

/** A process without others. */
export function alone(): Ranks {
  const host = hostname();
  return {
    ...{
      rank: 0,
      size: 1,
      description: null,
      library: null,
      host,
      hosts: [host],
      ranksOnHost: 1,
      ranksOnCpus: 1,
      cpus: [0],
      allCpus: 0,
    },
    ...{ note: null, handle: null },
    broadcast: async () => {},
    gather: async bytes => [bytes.slice()],
    meet: async () => {},
    setPatience: () => {},
    together: async work => work(),
    abort: code => process.exit(code),
    close: async () => true,
  };
}
