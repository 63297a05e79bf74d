/** What every fuzzed parser has: seeds, words, and a run that reads an input or refuses it. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LockstepError } from '../../../src/errors.js';

export interface Target {
  /** Well-formed seed inputs. */
  seeds: Uint8Array[];
  /** Words of the format, to be inserted anywhere. */
  words: string[];
  /**
   * Returns whether the input was read. @throws anything but a LockstepError, or an error if the result
   * contradicts itself
   */
  run(input: Uint8Array): Promise<boolean>;
  /** Corrects the checksums of a mutated input that the search can't see compared, because native code does so. */
  mend?(input: Uint8Array): Uint8Array;
}

/** In memory if there is such a place: every run writes a file. */
const ROOM = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
export const folder = mkdtempSync(join(ROOM, 'lockstep-fuzz-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Writes a file with these contents, replacing the previous one. */
export function fileOf(name: string, contents: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
}

/** Returns null if the input is refused. */
export async function refusable<T>(work: () => T): Promise<Awaited<T> | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    return null;
  }
}

/**
 * Reads an input and checks claims about the result; a refusal passes. Returns whether the input was read.
 */
export async function passing(work: () => Promise<void>): Promise<boolean> {
  return (await refusable(async () => work().then(() => true))) ?? false;
}

export function claim(holds: boolean, what: string): void {
  if (!holds) throw new Error(`expected ${what}`);
}

export const bytes = (text: string) => new TextEncoder().encode(text);
