/** The views of a run that options ask for: event files of TensorBoard, and a run on an MLflow server. */
import { resolve } from 'node:path';
import { shellLine } from '../../config/flags.js';
import { OPTIONS, type Settings } from '../../config/options.js';
import { failure, usageError } from '../../errors.js';
import { readRunFiles } from '../../store/read-run.js';
import { MLflow } from '../../views/mlflow.js';
import { TensorBoard } from '../../views/tensorboard.js';
import { nameOfRun, type View } from '../../views/view.js';
import { Views } from '../../views/views.js';
import { say } from '../line/print.js';

type Asked = Pick<Settings, 'tensorboard' | 'mlflow' | 'mlflowExperiment'>;

/** The views of a training that is under way. A problem is said once, with what shows the run later. */
export function openViews(run: string, asked: Asked): Views {
  return new Views(run, viewsOf(run, asked), (view, problem) => {
    const { tensorboard, mlflowExperiment } = asked;
    const isUsual = mlflowExperiment === OPTIONS.mlflowExperiment.default;
    const words =
      view instanceof MLflow
        ? ['--mlflow', view.address, ...(isUsual ? [] : ['--mlflow-experiment', mlflowExperiment])]
        : ['--tensorboard', tensorboard!];
    say(
      `warning: ${view.name}: ${problem}. The training goes on without it; later: ${shellLine(['lockstep', 'report', run, ...words])}`,
    );
  });
}

/** Shows runs as they are. Returns the names of the views. @throws failed if a view cannot be written or reached */
export async function showRuns(runs: readonly string[], asked: Asked): Promise<string[]> {
  if (asked.tensorboard !== null) refuseSameNames(runs);
  const names: string[] = [];
  for (const run of runs) {
    const files = await readRunFiles(run);
    for (const view of viewsOf(run, asked)) {
      try {
        await view.begin(files);
        await view.end(files.summary ? 'finished' : 'interrupted', files);
      } catch (error) {
        const cause = error instanceof Error && error.cause instanceof Error ? error.cause : (error as Error);
        throw failure(`${view.name}: ${cause.message}.`, 'See that it can be reached and takes runs.', cause);
      }
      names.push(view.name);
    }
  }
  return names;
}

/** @throws usage if event files of one run would replace those of another */
function refuseSameNames(runs: readonly string[]): void {
  const known = new Map<string, string>();
  for (const run of runs) {
    const name = nameOfRun(run);
    const other = known.get(name) ?? run;
    if (resolve(other) !== resolve(run)) {
      throw usageError(
        `--tensorboard: ${other} and ${run} would both be ${name}.`,
        'Give each a folder of its own, one command after the other.',
      );
    }
    known.set(name, run);
  }
}

function viewsOf(run: string, { tensorboard, mlflow, mlflowExperiment }: Asked): View[] {
  return [
    ...(tensorboard === null ? [] : [new TensorBoard(tensorboard, run)]),
    ...(mlflow === null ? [] : [new MLflow(urlOf(mlflow), mlflowExperiment, resolve(run))]),
  ];
}

/** @throws usage if it is no address of a server */
export function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && ['http:', 'https:'].includes(url.protocol)) {
    if ([url.username, url.password].every(isCoded)) return url;
    throw usageError(
      '--mlflow: expected a user and a password in which each % begins a code.',
      'Write % as %25, @ as %40 and : as %3A in them.',
    );
  }
  throw usageError(
    `--mlflow: expected the address of a server, got ${text}.`,
    'Try --mlflow http://127.0.0.1:5000.',
  );
}

function isCoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
