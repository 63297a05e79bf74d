/**
 * Ranks over an MPI library, for the main thread: what they tell each other while no segment runs, and how they end. After a
 * missed deadline the library is of no more use, and the only way out is `abort`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../errors.js';
import { endProcess, endProcessWithin } from '../native.js';
import { Calls } from './calls.js';
import { useCpus } from './cpus.js';
import { type End, endWithError, throwFirst } from './end.js';
import { type Hosts, hostsOf, type Introduction, introduction } from './hosts.js';
import { LONGEST_MESSAGE, type MpiLibrary } from './library.js';
import type { LibraryFacts, RankHandle, Ranks } from './ranks.js';
import { loadedTransports } from './transports.js';

/** What `gather` sends at first: the length, and as much of the bytes as there is room for. */
const SHORT_BYTES = 512;
const LENGTH_BYTES = 4;

/** How often a rank at work tells the others that it lives. */
const BEAT_MILLISECONDS = 5000;
const LATER_SECONDS = 5;
/** MPICH 4.0 over TCP hung in MPI_Finalize in a third of all runs if a message had just arrived; after this pause, in none. */
const PAUSE_BEFORE_FINALIZE = 200;
const FINALIZE_SECONDS = 10;
/** Milliseconds that the launcher has to pass on what this rank printed last: MPICH's drops it when it ends all ranks. */
const PAUSE_BEFORE_ABORT = 200;
/** How long the library may take to have the launcher end all ranks. */
const ABORT_SECONDS = 10;

export class MpiRanks implements Ranks {
  readonly rank: number;
  readonly size: number;
  readonly #mpi: MpiLibrary;
  readonly #calls: Calls;
  readonly #world: number;
  readonly #byte: number;
  readonly #threads: string;
  readonly #firstPatience: number;
  #hosts: Hosts | null = null;
  #isClosed = false;

  /**
   * Initialises the library. Collective.
   * @param patience seconds after which a call is given up in which not all ranks take part
   * @throws failed
   */
  static async open(mpi: MpiLibrary, patience: number): Promise<MpiRanks> {
    if (mpi.number('MPI_Initialized') !== 0) throw failure(`${mpi.description} is in use already.`);
    const calls = new Calls(mpi, patience);
    const level = mpi.constants.MPI_THREAD_SERIALIZED;
    const place = new Int32Array(new ArrayBuffer(4));
    // On this thread, which may not allocate while UCX tries out the heap (ucx.ts). So the deadline is a signal.
    endProcessWithin(patience);
    mpi.call('MPI_Init_thread', 0, 0, level, mpi.addressOf(place));
    endProcessWithin(0);
    const provided = place[0]!;
    const ranks = new MpiRanks(mpi, calls, provided > level);
    if (provided >= level) return ranks;
    await ranks.close();
    throw failure(
      `${mpi.description}: expected support for threads (MPI_THREAD_SERIALIZED), got level ${provided}.`,
      'Use a build of it with threads.',
    );
  }

  private constructor(mpi: MpiLibrary, calls: Calls, isMultiple: boolean) {
    this.#mpi = mpi;
    this.#calls = calls;
    this.#firstPatience = calls.patience;
    const world = mpi.handle('MPI_COMM_WORLD');
    this.#world = world;
    // Whatever ends this process has to end the others, which would wait for it.
    process.on('exit', code => {
      if (!this.#isClosed) this.abort(code || 1);
    });
    // Otherwise the library prints an error and ends the process.
    mpi.call('MPI_Comm_set_errhandler', world, mpi.handle('MPI_ERRORS_RETURN'));
    this.#threads = isMultiple ? 'MPI_THREAD_MULTIPLE' : 'MPI_THREAD_SERIALIZED';
    this.#byte = mpi.handle('MPI_BYTE');
    this.rank = mpi.number('MPI_Comm_rank', world);
    this.size = mpi.number('MPI_Comm_size', world);
  }

  /** Learns where the other ranks are. Collective. @throws failed if they run another version of lockstep */
  async meetHosts(): Promise<void> {
    const all = await this.gather(writeJson(introduction()));
    this.#hosts = hostsOf(all.map(readJson<Introduction>), this.rank);
    if (this.#hosts.widened !== null) useCpus(this.#hosts.widened);
  }

  get description(): string {
    return this.#mpi.description;
  }

  get library(): LibraryFacts {
    const { path, constants } = this.#mpi;
    const transports = loadedTransports();
    return { path, interface: constants.name, threads: this.#threads, transports };
  }

  get hosts(): readonly string[] {
    return this.#hosts!.names;
  }

  get host(): string {
    return this.hosts[this.rank]!;
  }

  get ranksOnHost(): number {
    return this.#hosts!.ranksOnHost;
  }

  get ranksOnCpus(): number {
    return this.#hosts!.ranksOnCpus;
  }

  get cpus(): readonly number[] {
    return this.#hosts!.cpus;
  }

  get allCpus(): number {
    return this.#hosts!.allCpus;
  }

  get note(): string | null {
    return this.#hosts!.note;
  }

  get handle(): RankHandle {
    const { rank, size } = this;
    const { path, abi } = this.#mpi;
    return { rank, size, library: path, abi, hosts: this.hosts };
  }

  async broadcast(bytes: Uint8Array, from: number): Promise<void> {
    for (let begin = 0; begin < bytes.length; begin += LONGEST_MESSAGE) {
      const part = bytes.subarray(begin, begin + LONGEST_MESSAGE);
      await this.#calls.run('MPI_Bcast', part, part.length, this.#byte, from, this.#world);
    }
  }

  /** Gatherings of equal parts: MPI_Allgatherv of MPICH takes up to 26 times as long. Short texts need only one. */
  async gather(bytes: Uint8Array): Promise<Uint8Array[]> {
    const first = new Uint8Array(new ArrayBuffer(SHORT_BYTES));
    new DataView(first.buffer).setUint32(0, bytes.length);
    first.set(bytes.subarray(0, SHORT_BYTES - LENGTH_BYTES), LENGTH_BYTES);
    const firsts = await this.#gatherEqual(first);
    const lengths = firsts.map(part => new DataView(part.buffer, part.byteOffset).getUint32(0));
    const longest = Math.max(...lengths);
    if (longest <= SHORT_BYTES - LENGTH_BYTES) {
      return firsts.map((part, i) => part.slice(LENGTH_BYTES, LENGTH_BYTES + lengths[i]!));
    }
    const padded = new Uint8Array(new ArrayBuffer(longest));
    padded.set(bytes);
    const all = await this.#gatherEqual(padded);
    return all.map((part, i) => part.slice(0, lengths[i]));
  }

  meet(): Promise<void> {
    return this.#calls.run('MPI_Barrier', this.#world);
  }

  setPatience(seconds: number | null): void {
    // A rank at work takes part once in every beat. The others wait longer, so that rank 0 reports the one that is lost.
    const more = BEAT_MILLISECONDS / 1000 + (this.rank === 0 ? 0 : LATER_SECONDS);
    this.#calls.patience = seconds === null ? this.#firstPatience : seconds + more;
  }

  async together<T>(work: () => T | Promise<T>): Promise<T> {
    let end: End | null = null;
    let error: unknown;
    const working = (async () => work())();
    const ended = working.then(
      () => {
        end = SUCCESS;
      },
      thrown => {
        error = thrown;
        end = endWithError(thrown);
      },
    );
    for (;;) {
      const alarm = new AbortController();
      await Promise.race([
        ended,
        sleep(BEAT_MILLISECONDS, undefined, { signal: alarm.signal }).catch(() => {}),
      ]);
      alarm.abort();
      const ends = await this.#tell(end);
      if (ends.includes(null)) continue;
      throwFirst(ends as End[], this.rank, error, this.hosts);
      return working;
    }
  }

  abort(code: number): never {
    this.#isClosed = true;
    endProcessWithin(ABORT_SECONDS);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_BEFORE_ABORT);
    this.#mpi.function('MPI_Abort')(this.#world, code);
    endProcess(code);
    process.exit(code);
  }

  async close(): Promise<boolean> {
    if (this.#isClosed) return true;
    try {
      await this.#calls.run('MPI_Barrier', this.#world);
      await sleep(PAUSE_BEFORE_FINALIZE);
      this.#isClosed = true;
      await this.#calls.runWithin(FINALIZE_SECONDS, 'MPI_Finalize');
      return true;
    } catch {
      this.#isClosed = true;
      return false;
    }
  }

  /** Tells all ranks how the work of this one ended, null if it has not yet; returns what each says. */
  async #tell(end: End | null): Promise<(End | null)[]> {
    return (await this.gather(writeJson(end))).map(readJson<End | null>);
  }

  async #gatherEqual(own: Uint8Array): Promise<Uint8Array[]> {
    const { length } = own;
    const all = new Uint8Array(new ArrayBuffer(length * this.size));
    await this.#calls.poll('MPI_Iallgather', own, length, this.#byte, all, length, this.#byte, this.#world);
    return Array.from({ length: this.size }, (_, i) => all.subarray(i * length, (i + 1) * length));
  }
}

function writeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function readJson<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}

const SUCCESS: End = { exitCode: 0, error: null };
