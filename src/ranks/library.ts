/**
 * An MPI library in this process: loaded, told apart by what it says of itself, and its functions bound. Any thread may open
 * it, once the main thread has.
 */
import { isMainThread } from 'node:worker_threads';
import { LockstepError, usageError } from '../errors.js';
import { type Koffi, type Library, loadForGood, loadKoffi } from '../native.js';
import { option } from '../option-names.js';
import { type Abi, INTERFACES, type Interface } from './abi.js';
import { tameUcx } from './ucx.js';

/** Parameters of what is called, in C. A buffer or a place for a result is the number of its address; H is a handle. */
const FUNCTIONS = {
  MPI_Get_library_version: 'intptr_t text, intptr_t length',
  MPI_Get_version: 'intptr_t version, intptr_t subversion',
  MPI_Abi_get_version: 'intptr_t major, intptr_t minor',
  MPI_Init_thread: 'intptr_t argc, intptr_t argv, int required, intptr_t provided',
  MPI_Initialized: 'intptr_t flag',
  MPI_Finalize: 'void',
  MPI_Abort: 'H comm, int code',
  MPI_Comm_rank: 'H comm, intptr_t rank',
  MPI_Comm_size: 'H comm, intptr_t size',
  MPI_Comm_set_errhandler: 'H comm, H handler',
  MPI_Error_string: 'int code, intptr_t text, intptr_t length',
  MPI_Bcast: 'intptr_t buffer, int count, H type, int root, H comm',
  MPI_Iallgather:
    'intptr_t own, int count, H type, intptr_t all, int each, H allType, H comm, intptr_t request',
  MPI_Barrier: 'H comm',
  MPI_Isend: 'intptr_t buffer, int count, H type, int to, int tag, H comm, intptr_t request',
  MPI_Irecv: 'intptr_t buffer, int count, H type, int from, int tag, H comm, intptr_t request',
  MPI_Testall: 'int count, intptr_t requests, intptr_t flag, intptr_t statuses',
  MPI_Test: 'intptr_t request, intptr_t flag, intptr_t status',
};
export type FunctionName = keyof typeof FUNCTIONS;

/** A function of MPI; all of them return an error code. */
export interface MpiFunction {
  (...args: number[]): number;
  /** Runs it on another thread; the last argument gets the error of the call, or the error code. */
  async(...args: unknown[]): void;
}

/** Counts are 32-bit numbers: longer messages are cut. */
export const LONGEST_MESSAGE = 2 ** 30;

/** Longest texts of any library: MPICH's version has 8,192 characters. */
const LONGEST_TEXT = 8192;

/** What this thread has opened, by its path. */
const opened = new Map<string, MpiLibrary>();

/** Before and after these, Open MPI ends the process if it is asked for anything else, such as the text of an error. */
const ALONE: ReadonlySet<FunctionName> = new Set(['MPI_Initialized', 'MPI_Init_thread', 'MPI_Finalize']);

/** The library has refused a call, of which the other ranks may know nothing. */
export class CallFailed extends LockstepError {}

export class MpiLibrary {
  readonly path: string;
  readonly abi: Abi;
  /** As people call it: `Open MPI 4.1.4`. */
  readonly description: string;
  readonly constants: Interface;
  readonly #koffi: Koffi;
  readonly #library: Library;
  readonly #functions = new Map<FunctionName, MpiFunction>();

  /** @param abi null: as the library says. @throws Error with the reason if it cannot be loaded; usage if it is no MPI that we know */
  private constructor(path: string, abi: Abi | null) {
    this.#koffi = loadKoffi();
    if (isMainThread) tameUcx();
    this.#library = loadForGood(path);
    this.path = path;
    this.constants = INTERFACES.abi;
    if (!this.#has('MPI_Get_library_version'))
      throw noMpi(path, 'it has no function MPI_Get_library_version');
    const said = this.text('MPI_Get_library_version');
    this.description = describeVersion(said);
    this.abi = abi ?? this.#tellAbi(said);
    this.constants = INTERFACES[this.abi];
    this.#functions.clear();
  }

  /** The library of that path or name, for this thread. */
  static open(path: string, abi: Abi | null = null): MpiLibrary {
    const library = opened.get(path) ?? new MpiLibrary(path, abi);
    opened.set(path, library);
    return library;
  }

  function(name: FunctionName): MpiFunction {
    const known = this.#functions.get(name);
    if (known) return known;
    const parameters = FUNCTIONS[name].replaceAll(/\bH\b/g, this.constants.handle);
    const bound = this.#library.func(`int ${name}(${parameters})`) as MpiFunction;
    this.#functions.set(name, bound);
    return bound;
  }

  /** Calls a function. @throws failed with the library's text if it returns an error */
  call(name: FunctionName, ...args: number[]): void {
    this.check(name, this.function(name)(...args));
  }

  /** @throws failed with the library's text if the code is an error */
  check(name: FunctionName, code: number): void {
    if (code === 0) return;
    const text = ALONE.has(name) ? '' : this.text('MPI_Error_string', code).split('\n')[0]!;
    throw new CallFailed('failed', `${name}: ${text || `error ${code}`} (${this.description}).`);
  }

  /** What a function writes that takes a place for a text and one for its length. */
  text(name: 'MPI_Get_library_version' | 'MPI_Error_string', ...args: number[]): string {
    const text = new Uint8Array(new ArrayBuffer(LONGEST_TEXT));
    const length = new Int32Array(new ArrayBuffer(4));
    if (this.function(name)(...args, this.addressOf(text), this.addressOf(length)) !== 0) return '';
    return new TextDecoder().decode(text.subarray(0, length[0])).replace(/\0.*$/s, '').trim();
  }

  /** What a function writes that takes a place for a number after its other arguments. @throws failed */
  number(name: FunctionName, ...args: number[]): number {
    const place = new Int32Array(new ArrayBuffer(4));
    this.call(name, ...args, this.addressOf(place));
    return place[0]!;
  }

  /** A constant that is a handle. */
  handle(name: 'MPI_COMM_WORLD' | 'MPI_BYTE' | 'MPI_ERRORS_RETURN'): number {
    const value = this.constants[name];
    if (typeof value === 'number') return value;
    return Number(this.#koffi.address(this.#library.symbol(value.symbol, 'void *')));
  }

  /** Address of the first byte of an array whose memory does not move: that of an ArrayBuffer. */
  addressOf(array: Uint8Array | Int32Array): number {
    return Number(this.#koffi.address(array));
  }

  /** @throws usage if it is none of the three */
  #tellAbi(said: string): Abi {
    if (this.#isStandard()) return 'abi';
    if (this.#hasSymbol('ompi_mpi_comm_world')) return 'openmpi';
    if (/MPICH|MVAPICH|Intel\(R\) MPI/.test(said)) return 'mpich';
    const first = said.split('\n')[0]!.slice(0, 80);
    throw noMpi(this.path, `it says that it is ${JSON.stringify(first)}`);
  }

  /** Libraries with an interface of their own have the function too, and answer −1; MPICH 4.3 has a draft with other numbers. */
  #isStandard(): boolean {
    if (!this.#has('MPI_Abi_get_version')) return false;
    const pair = (name: FunctionName) => {
      const places = new Int32Array(new ArrayBuffer(8));
      const at = this.addressOf(places);
      return this.function(name)(at, at + 4) === 0 ? places[0]! : -1;
    };
    return pair('MPI_Abi_get_version') >= 1 && pair('MPI_Get_version') >= 5;
  }

  #has(name: FunctionName): boolean {
    try {
      this.function(name);
      return true;
    } catch {
      return false;
    }
  }

  #hasSymbol(name: string): boolean {
    try {
      this.#library.symbol(name, 'void *');
      return true;
    } catch {
      return false;
    }
  }
}

function noMpi(path: string, reason: string): LockstepError {
  return usageError(
    `${path} is not an MPI library that lockstep knows: ${reason}. It knows Open MPI, MPICH and what is compatible with it (Intel MPI, MVAPICH, Cray MPICH), and the standard interface of MPI 5.`,
    `Name another library, as in ${option('mpi', '/opt/openmpi/lib/libmpi.so.40')}.`,
  );
}

/** How libraries introduce themselves, and how people call them. */
const SAID: readonly (readonly [RegExp, string])[] = [
  [/Open MPI v([^\s,]+)/, 'Open MPI'],
  [/Intel\(R\) MPI Library ([\d.]+)/, 'Intel MPI'],
  [/CRAY MPICH version ([\d.]+)/i, 'Cray MPICH'],
  [/MVAPICH\S* Version\s*:\s*(\S+)/, 'MVAPICH'],
  [/MPICH Version:\s*(\S+)/, 'MPICH'],
];

/** `Open MPI v4.1.4, package: …` → `Open MPI 4.1.4`; the first line of what others say. */
export function describeVersion(said: string): string {
  for (const [pattern, name] of SAID) {
    const version = pattern.exec(said)?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  return said.split('\n')[0]!.slice(0, 80);
}
