/**
 * Lets memory, WebAssembly, native calls and DuckDB fail as the control says (control.ts). Runs in each thread.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';
import { armed, counts } from './control.js';

const require = createRequire(import.meta.url);

/** Replaces a class by one whose construction may fail. */
function failing<T extends new (...words: never[]) => object>(type: T, fail: (words: unknown[]) => void): T {
  return new Proxy(type, {
    construct(target, words, newTarget) {
      fail(words);
      return Reflect.construct(target, words, newTarget === proxyOf.get(type) ? target : newTarget);
    },
  });
}
const proxyOf = new Map<unknown, unknown>();

function replace(holder: object, name: string, fail: (words: unknown[]) => void): void {
  const type = (holder as Record<string, unknown>)[name] as new (...words: never[]) => object;
  const proxy = failing(type, fail);
  proxyOf.set(type, proxy);
  Object.defineProperty(holder, name, { value: proxy, writable: true, configurable: true });
}

function failMemory(): void {
  const fail = (what: string) => {
    if (armed() === 'memory' && counts(what)) throw new RangeError('Array buffer allocation failed');
  };
  replace(globalThis, 'SharedArrayBuffer', ([bytes]) => fail(`SharedArrayBuffer of ${bytes}`));
  replace(WebAssembly, 'Memory', () => {
    if (armed() === 'memory' && counts('WebAssembly.Memory')) {
      throw new RangeError('WebAssembly.Memory(): could not allocate memory');
    }
  });
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (armed() === 'memory' && counts('WebAssembly.Memory.grow')) {
      throw new RangeError('WebAssembly.Memory.grow(): Unable to grow instance memory');
    }
    return grow.call(this, pages);
  };
  for (const name of ['Float32Array', 'Float64Array', 'Int32Array', 'Uint32Array', 'Uint8Array'] as const) {
    replace(globalThis, name, ([first]) => {
      // Only what is allocated, of a size that depends on the data or the network.
      if (typeof first === 'number' && first >= LARGE) fail(`${name} of ${first}`);
    });
  }
}

/** Elements of an array whose allocation may fail. */
const LARGE = 4096;

function failWasm(): void {
  const fail = (what: string) => {
    if (armed() === 'wasm' && counts(what)) throw new RangeError(`${what}(): Out of memory: wasm memory`);
  };
  replace(WebAssembly, 'Module', () => fail('WebAssembly.Module'));
  replace(WebAssembly, 'Instance', () => fail('WebAssembly.Instance'));
}

/** What a system call returns when it fails. Others can't fail, or end the process. */
const FAILED: Readonly<Record<string, unknown>> = {
  mmap: 2n ** 64n - 1n,
  mprotect: -1,
  munmap: -1,
  madvise: -1,
  sched_setaffinity: -1,
  dlopen: null,
  alarm: 0,
};

/** As MPI numbers what it has no better word for. */
const MPI_ERR_OTHER = 15;

interface NativeLibrary {
  func(...words: unknown[]): (...words: unknown[]) => unknown;
}

function failNativeCalls(): void {
  let koffi: { load: (...words: unknown[]) => NativeLibrary };
  try {
    koffi = require('koffi');
  } catch {
    return;
  }
  const { load } = koffi;
  koffi.load = (...words) => {
    if (armed() === 'koffi' && counts(`load ${words[0]}`)) {
      throw new Error(`Failed to load shared library: ${words[0]}: cannot open shared object file`);
    }
    const library = load(...words);
    return new Proxy(library, {
      get(target, key) {
        const member = Reflect.get(target, key) as unknown;
        if (key !== 'func') return typeof member === 'function' ? member.bind(target) : member;
        return (...named: unknown[]) => watchCall(nameOf(named), () => target.func(...named));
      },
    });
  };
}

/** The function's name, from its declaration or its parts. */
function nameOf(words: unknown[]): string {
  const declaration = words.length === 1 ? String(words[0]) : words.find(word => typeof word === 'string');
  return /(\w+)\s*\(/.exec(String(declaration))?.[1] ?? String(declaration);
}

function watchCall(
  name: string,
  find: () => (...words: unknown[]) => unknown,
): (...words: unknown[]) => unknown {
  const isMpi = name.startsWith('MPI_');
  if (armed() === 'koffi' && !isMpi && counts(`func ${name}`)) {
    throw new Error(`Cannot find function '${name}' in shared library`);
  }
  const call = find();
  if (!isMpi && !(name in FAILED)) return call;
  return new Proxy(call, {
    apply(target, self, words) {
      if (isMpi && armed() === 'mpi' && counts(name)) return MPI_ERR_OTHER;
      if (!isMpi && armed() === 'koffi' && counts(name)) return FAILED[name];
      return Reflect.apply(target, self, words);
    },
    get(target, key) {
      const member = Reflect.get(target, key) as unknown;
      if (key !== 'async' || !isMpi || typeof member !== 'function') return member;
      return (...words: unknown[]) => {
        if (armed() !== 'mpi' || !counts(name)) return Reflect.apply(member, target, words);
        const callback = words.at(-1) as (error: null, result: number) => void;
        process.nextTick(callback, null, MPI_ERR_OTHER);
      };
    },
  });
}

/** Methods of DuckDB that only free something, or read what is in memory. */
const HARMLESS =
  /^(constructor|close|closeSync|disconnectSync|interrupt|destroySync|get |columnName|columnType|columnCount)/;

function failDuckDB(): void {
  let duckdb: Record<string, { prototype: Record<string, unknown> }>;
  try {
    duckdb = require('@duckdb/node-api');
  } catch {
    return;
  }
  const fail = (what: string) => {
    if (armed() === 'duckdb' && counts(what)) {
      throw new Error(
        'Out of Memory Error: failed to allocate data of size 16.0 MiB (25.0 MiB/25.0 MiB used)',
      );
    }
  };
  for (const name of [
    'DuckDBInstance',
    'DuckDBConnection',
    'DuckDBResult',
    'DuckDBExtractedStatements',
    'DuckDBAppender',
  ]) {
    const type = duckdb[name];
    if (type === undefined) continue;
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(type.prototype))) {
      if (typeof value !== 'function' || HARMLESS.test(key)) continue;
      type.prototype[key] = function (this: unknown, ...words: unknown[]) {
        fail(`${name}.${key}`);
        return Reflect.apply(value, this, words);
      };
    }
  }
  const instance = duckdb.DuckDBInstance as unknown as { create: (...words: unknown[]) => unknown };
  const { create } = instance;
  instance.create = function (this: unknown, ...words) {
    fail('DuckDBInstance.create');
    return Reflect.apply(create, this, words);
  };
}

/** Installs all of it. */
export function watchParts(): void {
  failMemory();
  failWasm();
  failNativeCalls();
  if (threads.isMainThread) failDuckDB();
  syncBuiltinESMExports();
}
