/**
 * Messages between ranks during a segment, between places in the arena, for one worker thread. Owns its requests; the arena
 * belongs to the job.
 */
import { addressOf, loadKoffi } from '../native.js';
import { LONGEST_MESSAGE, MpiLibrary } from './library.js';
import type { Exchange, RankHandle } from './ranks.js';

/** Opens the library, which the main thread has initialised, for this thread. @throws Error if it cannot be loaded */
export function openExchange(handle: RankHandle, memory: WebAssembly.Memory): Exchange {
  const library = MpiLibrary.open(handle.library, handle.abi);
  return new MpiExchange(handle, library, addressOf(loadKoffi(), memory));
}

class MpiExchange implements Exchange {
  readonly rank: number;
  readonly size: number;
  readonly #mpi: MpiLibrary;
  readonly #arena: number;
  readonly #world: number;
  readonly #byte: number;
  readonly #ignore: number;
  /** The rank at the other end of each message that was begun since all had left and arrived; so many requests are in use. */
  readonly #peers: number[] = [];
  #requests: Uint8Array;
  #requestsAt: number;
  readonly #flag = new Int32Array(new ArrayBuffer(4));
  readonly #flagAt: number;

  constructor({ rank, size }: RankHandle, mpi: MpiLibrary, arena: number) {
    this.rank = rank;
    this.size = size;
    this.#mpi = mpi;
    this.#arena = arena;
    this.#world = mpi.handle('MPI_COMM_WORLD');
    this.#byte = mpi.handle('MPI_BYTE');
    this.#ignore = mpi.constants.MPI_STATUSES_IGNORE;
    this.#flagAt = mpi.addressOf(this.#flag);
    this.#requests = new Uint8Array(new ArrayBuffer(64 * mpi.constants.requestBytes));
    this.#requestsAt = mpi.addressOf(this.#requests);
  }

  send(to: number, offset: number, bytes: number, tag: number): void {
    this.#begin('MPI_Isend', to, offset, bytes, tag);
  }

  receive(from: number, offset: number, bytes: number, tag: number): void {
    this.#begin('MPI_Irecv', from, offset, bytes, tag);
  }

  isDone(): boolean {
    const count = this.#peers.length;
    if (count === 0) return true;
    this.#mpi.call('MPI_Testall', count, this.#requestsAt, this.#flagAt, this.#ignore);
    if (this.#flag[0] === 0) return false;
    this.#peers.length = 0;
    return true;
  }

  waitingFor(): number[] {
    const waiting = this.#peers.filter((_, i) => {
      // Afterwards the request of a message that has left or arrived stands for none, as Testall wants it.
      this.#mpi.call('MPI_Test', this.#requestAt(i), this.#flagAt, this.#ignore);
      return this.#flag[0] === 0;
    });
    return [...new Set(waiting)].sort((a, b) => a - b);
  }

  #begin(name: 'MPI_Isend' | 'MPI_Irecv', peer: number, offset: number, bytes: number, tag: number): void {
    let begin = 0;
    do {
      const length = Math.min(bytes - begin, LONGEST_MESSAGE);
      const at = this.#arena + offset + begin;
      const request = this.#requestAt(this.#peers.length);
      this.#mpi.call(name, at, length, this.#byte, peer, tag, this.#world, request);
      this.#peers.push(peer);
      begin += length;
    } while (begin < bytes);
  }

  /** Address of a request; makes room for it. The library keeps no address of a request, so they may move. */
  #requestAt(i: number): number {
    const { requestBytes } = this.#mpi.constants;
    if ((i + 1) * requestBytes > this.#requests.length) {
      const larger = new Uint8Array(new ArrayBuffer(2 * this.#requests.length));
      larger.set(this.#requests);
      this.#requests = larger;
      this.#requestsAt = this.#mpi.addressOf(larger);
    }
    return this.#requestsAt + i * requestBytes;
  }
}
