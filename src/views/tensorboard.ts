/** A run as an event file of TensorBoard, in a folder of the run's name. */
import { appendFile, constants, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTemporaries, writeAtomically } from '../store/atomic.js';
import type { RunFiles } from '../store/read-run.js';
import type { Plain } from '../store/run-files.js';
import { beginning, pointRecord } from './event-file.js';
import { beginOf, pointOf, pointsOf } from './scalars.js';
import { nameOfRun, type View } from './view.js';

/** TensorBoard reads files with tfevents in their names, in the order of their names. */
const OURS = /^events\.out\.tfevents\.\d+\.lockstep$/;

/** Appends to a file that is there. */
const EXISTING = constants.O_WRONLY | constants.O_APPEND;

export class TensorBoard implements View {
  readonly name: string;
  readonly #folder: string;
  #path = '';
  #config: Plain = {};

  constructor(parent: string, run: string) {
    this.#folder = join(parent, nameOfRun(run));
    this.name = `TensorBoard files in ${this.#folder}`;
  }

  /**
   * Writes all that is recorded to a new file, then removes the files of earlier sessions, which may go further than the
   * checkpoint that a run was resumed from.
   */
  async begin({ config, metrics }: RunFiles): Promise<void> {
    this.#config = config;
    await mkdir(this.#folder, { recursive: true });
    // TensorBoard would read what a killed process left half written.
    await removeTemporaries(this.#folder);
    const before = (await readdir(this.#folder)).filter(name => OURS.test(name)).sort();
    const newest = Number(before.at(-1)?.split('.')[3] ?? 0);
    const name = `events.out.tfevents.${Math.max(Date.now(), newest + 1)}.lockstep`;
    this.#path = join(this.#folder, name);
    const records = pointsOf(config, metrics).map(pointRecord);
    await writeAtomically(this.#path, [beginning(beginOf(config)), ...records]);
    for (const old of before) await rm(join(this.#folder, old), { force: true });
  }

  /** @throws if the file is gone: another process has replaced it, with all that there was */
  async add(records: readonly Plain[]): Promise<void> {
    const points = records.flatMap(record => pointOf(this.#config, record) ?? []);
    await appendFile(this.#path, Buffer.concat(points.map(pointRecord)), { flag: EXISTING });
  }

  async end(): Promise<void> {}

  drop(): void {}
}
