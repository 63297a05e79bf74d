/** Starts the session that loses power in one command (session.ts). */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { dataCsv } from '../faults/cases.js';

const SESSION = fileURLToPath(new URL('./session.js', import.meta.url));

/** What lockstep is made to forget, to see that the search finds it. */
export type Planted = 'none' | 'file' | 'folder' | 'checksums';

export interface Loss {
  /** Calls that the command made. */
  calls: number;
  /** Different states of the disk that were found, and how many of them were tried. */
  states: number;
  tried: number;
  problems: { problem: string; state: number }[];
}

export interface LossOptions {
  /** Name of a case. */
  name: string;
  seed: number;
  /** At most so many states are tried. */
  most: number;
  planted?: Planted;
}

/** Loses power in a command. @param onProgress told how many states have been tried, of how many */
export async function losePower(
  { name, seed, most, planted = 'none' }: LossOptions,
  onProgress: (done: number, of: number) => void = () => {},
): Promise<Loss> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-power-'));
  try {
    mkdirSync(join(folder, 'points'));
    writeFileSync(join(folder, 'data.csv'), dataCsv());
    const words = [SESSION, folder, name, String(seed), String(most), planted];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    let err = '';
    child.stderr.on('data', chunk => {
      err += chunk;
    });
    let loss: Loss | null = null;
    for await (const line of createInterface({ input: child.stdout })) {
      const told = JSON.parse(line) as Loss | { done: number; of: number };
      if ('done' in told) onProgress(told.done, told.of);
      else loss = told;
    }
    if (loss === null) throw new Error(`${name}: ${err}`);
    return loss;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
