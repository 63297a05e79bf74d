/** Messages between the coordinator and the thread that reads blocks of rows from a file: plain data. */
import type { WasmBuild } from '../kernels/wasm.js';

/** Where a block lies in the file, and where it is to be in the arena. */
export interface BlockPlace {
  offset: number;
  bytes: number;
  address: number;
  /** Its checksum (src/kernels/checksum.ts). */
  sum: number;
}

/** What the thread is started with. */
export interface ReaderSetup {
  memory: WebAssembly.Memory;
  /** The compiled kernels, for the checksum. */
  build: WasmBuild;
  /** Descriptor of the open file. */
  file: number;
  /** Another one of it that bypasses the system's cache; null if it is to be used. */
  direct: number | null;
}

/** After all blocks of a message: null, or the first problem. */
export interface ReadReply {
  problem: ReadProblem | null;
}

export interface ReadProblem {
  /** Why a block can't be used, as the end of a sentence that begins with the path. */
  what: string;
  /** Whether the file is damaged; otherwise it could not be read. */
  isDamage: boolean;
}
