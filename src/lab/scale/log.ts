/** The records of one study while it runs: those that were there, and those that are added. */
import type { NoiseRecord } from './batch-curves.js';
import type { Trial } from './batch-schema.js';
import { type BeginRecord, beginOf, type StudyProgressReport, type StudyRecord } from './records.js';
import type { Sample } from './scaling-schema.js';
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
  /** Measurements that there will be. */
  total = 0;
  readonly #command: string;
  readonly #records: StudyRecord[];
  #begin: BeginRecord | null;

  /** @throws usage where the records are another study's, or another machine's */
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

  /** The first report of a study of so many measurements. */
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

  /** In the order in which they were taken. */
  get samples(): Sample[] {
    return this.#records.flatMap(record => (record.type === 'sample' ? record.sample : []));
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

  /** From the first start to the last measurement: as the records have it, whenever they are looked at. */
  header(): Pick<StudyHeader, 'format' | 'version' | 'command' | 'startedAt' | 'finishedAt'> {
    const { format, version, command, startedAt } = this.#begin!;
    const ends = this.#records.flatMap(record => (record.type === 'study' ? [] : record.at));
    return {
      format,
      version,
      command,
      startedAt,
      finishedAt: ends.reduce((a, b) => (a > b ? a : b), startedAt),
    };
  }

  #report(record: StudyRecord | null): StudyProgressReport {
    const done = this.#records.length - 1;
    const secondsLeft = this.#secondsLeft(this.total - done);
    return { type: 'progress', record, done, total: this.total, secondsLeft };
  }

  /** By what a process took on average so far. */
  #secondsLeft(count: number): number {
    const taken = [...this.samples, ...this.trials].map(({ processSeconds }) => processSeconds);
    if (taken.length === 0) return Number.NaN;
    return (count * taken.reduce((sum, seconds) => sum + seconds, 0)) / taken.length;
  }
}

/** ISO 8601, UTC. */
export function now(): string {
  return new Date().toISOString();
}
