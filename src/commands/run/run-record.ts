/** A run's config.json: what was asked for, what it became, and where it was computed, each time it was gone on with. */
import { resolve } from 'node:path';
import type { Settings } from '../../config/options.js';
import { writeSettings } from '../../config/settings.js';
import type { Dataset } from '../../data/dataset.js';
import type { Network } from '../../model/network.js';
import type { DataFingerprint } from '../../store/fingerprint.js';
import { RULES } from '../../store/rules.js';
import type { Plain } from '../../store/run-files.js';
import type { StartReport } from '../../train/reports.js';
import { describeMachine, type MachineRecord } from '../settings/machine.js';
import { settingsToRecord, toRecord } from './recorded-files.js';

/** One process that worked on a run. */
export interface Session extends MachineRecord {
  /** Steps done before it. */
  fromStep: number;
  /** As it began, and what `auto` has chosen after the first steps; null before that, and where the number was given. */
  workers: number;
  workersChosen: number | null;
  began: string;
}

export interface RunFacts {
  /** The run's folder. */
  run: string;
  /** DATA, as seen from here, as are the settings' names of files. */
  source: string;
  settings: Settings;
  network: Network;
  data: Dataset;
  validation: Dataset | null;
  fingerprint: DataFingerprint;
  learningRate: number;
  start: StartReport;
  /** Processes that worked on the run before, and the steps that they did. */
  sessions: readonly unknown[];
  steps: number;
}

/** The record; its options can be given to --config, and --resume goes by it. */
export function describeRun(run: RunFacts): Plain {
  const { type: _, notice: __, workers, ...machine } = run.start;
  const session: Session = {
    fromStep: run.steps,
    workers,
    workersChosen: null,
    began: new Date().toISOString(),
    ...describeMachine(run.start),
  };
  return {
    data: toRecord(run.run, run.source),
    begun: resolve(run.run),
    options: writeSettings('train', settingsToRecord(run.run, run.settings)),
    task: run.data.task,
    ...(run.data.taskReason && { taskReason: run.data.taskReason }),
    notes: run.data.notes ?? [],
    reading: run.data.encoding.reading ?? null,
    network: run.network,
    validationRows: run.validation?.rows ?? 0,
    rules: RULES,
    learningRate: run.learningRate,
    workers,
    workersChosen: null,
    ...machine,
    fingerprint: run.fingerprint,
    sessions: [...run.sessions, session],
  };
}

/** The record once `--workers auto` has made its choice: of the run, and of its last process. */
export function withChoice(record: Plain, workersChosen: number): Plain {
  const sessions = sessionsOf(record);
  const last = { ...sessions.at(-1), workersChosen };
  return { ...record, workersChosen, sessions: [...sessions.slice(0, -1), last] };
}

/** The processes that worked on a run, as its record has them. */
export function sessionsOf({ sessions }: Plain): Partial<Session>[] {
  return Array.isArray(sessions) ? sessions : [];
}
