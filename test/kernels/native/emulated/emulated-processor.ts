/**
 * A processor that an emulator plays, as a runner of machine code. Its memory is a file, to which the arenas of kernels are
 * mapped; so both sides have the same bytes. The emulated side is a program: x64.s or arm64.s.
 *
 * The first page of the file is the mailbox. This side writes a request and its number; the other runs it, and answers with
 * that number. In between the emulator is stopped.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, readSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CodeRunner } from '../../../../src/kernels/native/runner.js';
import { addressOf, loadKoffi } from '../../../../src/native.js';

/** Where the emulated side has the file's first byte. */
const WINDOW = 0x100_0000;
/** How much of the file it has. */
const BYTES = 96 << 20;
/** From the beginning, the mailbox and code; the rest is for arenas. */
const CODE_BYTES = 32 << 20;
/** The file is larger than what is used of it: on a large disk that is close together, and found sooner. */
const FILE_BYTES = 8 * 2 ** 30;
const PAGE_BYTES = 4096;

/** What both programs are assembled with. */
export const SYMBOLS = { WINDOW, BYTES, CODE_BYTES };

/**
 * 32-bit words of the mailbox; list, arena, runner and what is known of an exception take two. The answer is in the second
 * sector of the disk.
 */
const WORDS = {
  request: 0,
  list: 2,
  arena: 4,
  runner: 6,
  empty: 8,
  answer: 128,
  exception: 129,
  address: 130,
  at: 132,
};

const SLEEP_MS = 0.02;
/** No call takes so long, however busy the machine is. */
const MOST_SECONDS = 60;

// As defined by Linux.
const PROT_READ_WRITE = 3;
const MAP_SHARED_FIXED = 0x11;

/** The command that starts an emulator over that file. Other files go to the folder, which is deleted once it runs. */
export type Emulator = (folder: string, file: string) => string[];

export class EmulatedProcessor implements CodeRunner {
  readonly #name: string;
  readonly #file: number;
  readonly #log: number;
  readonly #words: Uint32Array;
  readonly #code: Uint8Array;
  readonly #arenas = new Map<ArrayBufferLike, number>();
  readonly #child: ChildProcess;
  readonly #runner: number;
  #codeEnd = PAGE_BYTES;
  #end = CODE_BYTES;

  /**
   * @param runner the code that runs a list of entries, by the convention of System V or of AArch64
   * @throws Error if the emulator does not start
   */
  constructor(name: string, emulator: Emulator, runner: Uint8Array) {
    this.#name = name;
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-emulated-'));
    try {
      const path = join(folder, 'memory');
      writeFileSync(path, '');
      truncateSync(path, FILE_BYTES);
      this.#file = openSync(path, 'r+');
      this.#log = openSync(join(folder, 'log'), 'w+');
      const pages = CODE_BYTES >> 16;
      const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
      this.#map(memory, 0);
      this.#words = new Uint32Array(memory.buffer, 0, PAGE_BYTES / 4);
      this.#code = new Uint8Array(memory.buffer);
      this.#runner = this.place(runner);
      const [command, ...words] = emulator(folder, path);
      this.#child = spawn(command!, words, { cwd: folder, stdio: ['ignore', this.#log, this.#log] });
      this.#child.unref();
      // That it could not be started is found when no answer comes.
      this.#child.on('error', () => undefined);
      this.run(WINDOW + WORDS.empty * 4, 0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Each kernel begins at a page of its own, so that a page that was read once never changes. */
  place(code: Uint8Array): number {
    const at = (this.#codeEnd + PAGE_BYTES - 1) & -PAGE_BYTES;
    this.#codeEnd = at + code.length;
    if (this.#codeEnd > CODE_BYTES) throw new Error(`${this.#name}: there is no room for more code.`);
    this.#code.set(code, at);
    return WINDOW + at;
  }

  /** Maps an arena to the file when it is first asked for: before anything is written to it. */
  addressOf(memory: WebAssembly.Memory | Uint32Array): number {
    if (memory instanceof Uint32Array) throw new Error('Expected a memory.');
    let at = this.#arenas.get(memory.buffer);
    if (at === undefined) {
      at = this.#end;
      this.#end += memory.buffer.byteLength;
      if (this.#end > BYTES) throw new Error(`${this.#name}: there is no room for another arena.`);
      this.#map(memory, at);
      this.#arenas.set(memory.buffer, at);
    }
    return WINDOW + at;
  }

  run(list: number, arena: number): void {
    const words = this.#words;
    for (const [word, value] of [
      [WORDS.list, list],
      [WORDS.arena, arena],
      [WORDS.runner, this.#runner],
    ] as const) {
      words[word] = value;
      words[word + 1] = value / 2 ** 32;
    }
    const request = words[WORDS.request]! + 1;
    Atomics.store(words, WORDS.request, request);
    this.#signal('SIGCONT');
    this.#awaitAnswer(request);
    this.#signal('SIGSTOP');
    if (words[WORDS.exception] === 0) return;
    const long = (word: number) => `0x${(words[word]! + words[word + 1]! * 2 ** 32).toString(16)}`;
    this.#fail(
      `exception ${words[WORDS.exception]! - 1} at ${long(WORDS.at)}, which touched ${long(WORDS.address)}`,
    );
  }

  close(): void {
    this.#signal('SIGKILL');
  }

  /** To the emulator alone: of one that did not start, Node.js takes the number to be 0, which means this process and its group. */
  #signal(signal: NodeJS.Signals): void {
    if (this.#child.pid !== undefined) this.#child.kill(signal);
  }

  #map(memory: WebAssembly.Memory, at: number): void {
    const koffi = loadKoffi();
    const map = koffi
      .load(null)
      .func(
        'uintptr_t mmap(uintptr_t address, size_t length, int protection, int flags, int file, int64_t offset)',
      );
    const address = addressOf(koffi, memory);
    const { byteLength } = memory.buffer;
    const got = Number(map(address, byteLength, PROT_READ_WRITE, MAP_SHARED_FIXED, this.#file, at));
    if (got !== address) throw new Error(`${this.#name}: its file can't be mapped.`);
  }

  #awaitAnswer(request: number): void {
    const deadline = performance.now() + MOST_SECONDS * 1000;
    for (let turn = 1; Atomics.load(this.#words, WORDS.answer) !== request; turn++) {
      Atomics.wait(SLEEP, 0, 0, SLEEP_MS);
      if (turn % 100 !== 0) continue;
      if (!isAlive(this.#child.pid)) this.#fail('it has ended');
      if (performance.now() > deadline) this.#fail(`no answer in ${MOST_SECONDS} seconds`);
    }
  }

  #fail(reason: string): never {
    this.close();
    const bytes = new Uint8Array(4096);
    const log = Buffer.from(bytes.subarray(0, readSync(this.#log, bytes, 0, bytes.length, 0))).toString();
    throw new Error(`${this.#name}: ${reason}.\n${log}`);
  }
}

const SLEEP = new Int32Array(new SharedArrayBuffer(4));

/** Whether a process runs. One that has ended is a zombie until this thread has time for its end. */
function isAlive(pid: number | undefined): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
