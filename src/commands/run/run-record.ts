/** The config.json of a run: its options, what auto stood for, and the machine of each session. */
import { resolve } from 'node:path';
import type { Settings } from '../../config/options.js';
import { writeSettings } from '../../config/settings.js';
import type { Dataset } from '../../data/dataset.js';
import type { Network } from '../../model/network.js';
import type { RanksReport } from '../../session/session.js';
import type { DataFingerprint } from '../../store/fingerprint.js';
import { RULES } from '../../store/rules.js';
import type { Plain } from '../../store/run-files.js';
import type { StartReport } from '../../train/reports.js';
import { describeMachine, type MachineRecord } from '../settings/machine.js';
import { settingsToRecord, toRecord } from './recorded-files.js';

/** One process that worked on a run. */
export interface Session extends MachineRecord {
  /** Steps before this session. */
  fromStep: number;
  /** At the start, and as chosen by `auto` after the first steps; null before that, and if the number was given. */
  workers: number;
  workersChosen: number | null;
  began: string;
  /** Those that trained together, if there were several. */
  ranks?: RanksReport;
}

export interface RunFacts {
  /** The run's folder. */
  run: string;
  /** DATA; like the files of the settings, relative to the current folder. */
  source: string;
  settings: Settings;
  network: Network;
  data: Dataset;
  validation: Dataset | null;
  fingerprint: DataFingerprint;
  learningRate: number;
  start: StartReport;
  /** The sessions before, and their steps. */
  sessions: readonly unknown[];
  steps: number;
}

/** The record, which both --config and --resume can read. */
export function describeRun(run: RunFacts): Plain {
  const { type: _, notice: __, workers, ...machine } = run.start;
  const session: Session = {
    fromStep: run.steps,
    workers,
    workersChosen: null,
    began: new Date().toISOString(),
    ...(run.start.ranks && { ranks: run.start.ranks }),
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

/** The record after `--workers auto` has chosen, for the run and its last session. */
export function withChoice(record: Plain, workersChosen: number): Plain {
  const sessions = sessionsOf(record);
  const last = { ...sessions.at(-1), workersChosen };
  return { ...record, workersChosen, sessions: [...sessions.slice(0, -1), last] };
}

/** The recorded sessions of a run. */
export function sessionsOf({ sessions }: Plain): Partial<Session>[] {
  return Array.isArray(sessions) ? sessions : [];
}
