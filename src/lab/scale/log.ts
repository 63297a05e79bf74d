/** Records of one study while it runs: those of an earlier run, and new ones. */
import { latest, now } from '../records.js';
import type { NoiseRecord } from './batch-curves.js';
import type { Trial } from './batch-schema.js';
import { type BeginRecord, beginOf, type StudyProgressReport, type StudyRecord } from './records.js';
import type { Roofs, Sample } from './scaling-schema.js';
import {
  type MachineDescription,
  STUDY_FORMAT,
  STUDY_VERSION,
  type StudyConfiguration,
  type StudyHeader,
} from './study-header.js';

export class StudyLog {
  readonly configuration: StudyConfiguration;
  readonly machine: MachineDescription;
  /** Total number of measurements. */
  total = 0;
  readonly #command: string;
  readonly #records: StudyRecord[];
  #begin: BeginRecord | null;

  /** @throws usage if the records belong to another study or another machine */
  constructor(
    configuration: StudyConfiguration,
    machine: MachineDescription,
    command: string,
    records: readonly StudyRecord[],
  ) {
    this.configuration = configuration;
    this.machine = machine;
    this.#command = command;
    this.#records = [...records];
    this.#begin = beginOf(records, configuration, machine);
  }

  /** The first report. @param total number of measurements of the study */
  start(total: number): StudyProgressReport {
    this.total = total;
    if (this.#begin !== null) return this.#report(null);
    this.#begin = {
      type: 'study',
      format: STUDY_FORMAT,
      version: STUDY_VERSION,
      command: this.#command,
      startedAt: now(),
      machine: this.machine,
      configuration: this.configuration,
    };
    return this.add(this.#begin);
  }

  /** In measurement order. */
  get samples(): Sample[] {
    return this.#records.flatMap(record => (record.type === 'sample' ? record.sample : []));
  }

  get roofs(): Roofs[] {
    return this.#records.flatMap(record => (record.type === 'roofs' ? record.roofs : []));
  }

  get trials(): Trial[] {
    return this.#records.flatMap(record => (record.type === 'trial' ? record.trial : []));
  }

  get noise(): NoiseRecord[] {
    return this.#records.flatMap(record => (record.type === 'noise' ? record.noise : []));
  }

  add(record: StudyRecord): StudyProgressReport {
    this.#records.push(record);
    return this.#report(record);
  }

  /** From the first start to the last measurement according to the records, whenever it is called. */
  header(): Pick<StudyHeader, 'format' | 'version' | 'command' | 'startedAt' | 'finishedAt'> {
    const { format, version, command, startedAt } = this.#begin!;
    const ends = this.#records.flatMap(record => (record.type === 'study' ? [] : record.at));
    return { format, version, command, startedAt, finishedAt: latest([startedAt, ...ends]) };
  }

  #report(record: StudyRecord | null): StudyProgressReport {
    const done = this.#records.length - 1;
    const secondsLeft = this.#secondsLeft(this.total - done);
    return { type: 'progress', record, done, total: this.total, secondsLeft };
  }

  /** Estimate from the average duration of a process so far. */
  #secondsLeft(count: number): number {
    const taken = [...this.samples, ...this.trials].map(({ processSeconds }) => processSeconds);
    if (taken.length === 0) return Number.NaN;
    return (count * taken.reduce((sum, seconds) => sum + seconds, 0)) / taken.length;
  }
}
