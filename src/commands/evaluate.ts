/** lockstep evaluate MODEL DATA: the metrics of a model on data with known targets. */
import type { Dataset } from '../data/dataset.js';
import { unitsOf } from '../judge/judge.js';
import { usualMetrics } from '../judge/metrics.js';
import { confusionText, figuresOf, figuresText } from '../report/confusion.js';
import { counted } from '../report/format.js';
import { judgementData, judgementText } from '../report/judgement.js';
import { labelsText } from '../report/labels.js';
import { type TargetFigures, targetFigures, targetsText } from '../report/regression.js';
import { type Evaluation, evaluate } from '../train/jobs/evaluate.js';
import type { Call } from './line/call.js';
import { tellCrowding } from './line/messages.js';
import { print, printJson, say } from './line/print.js';
import { unlessAborted } from './line/signals.js';
import { confusionOf, labelsOf } from './run/final-figures.js';
import { loadFor, openModel } from './run/model.js';
import { pick } from './settings/pick.js';

export async function run({ operands, settings, signal }: Call): Promise<number> {
  return unlessAborted(judge(operands[0]!, operands[1]!, settings), signal);
}

async function judge(model: string, source: string, settings: Call['settings']): Promise<number> {
  const opened = await openModel(model);
  const data = await loadFor(opened, source, settings, { requireTargets: true, isForBlocks: true });
  const machine = pick(settings, 'workers', 'shards', 'backend', 'blas', 'reduction');
  const metrics = settings.metrics ?? usualMetrics(data);
  tellCrowding(settings);
  const evaluation = await evaluate(opened.network, opened.weights, data, { ...machine, metrics });
  const { seconds, description, notice } = evaluation;
  say(notice);
  const detail = detailOf(data, evaluation);
  if (settings.json) {
    printJson({ ...judgementData(evaluation), rows: data.rows, seconds, description, ...detail.data });
  } else {
    const head = `${counted(data.rows, 'row')} of ${data.source}: ${judgementText(evaluation)}`;
    print(detail.text === null ? head : `${head}\n\n${detail.text}`);
  }
  return 0;
}

/** For more targets the table is left out: an autoencoder of images has as many targets as pixels. */
const MOST_TARGETS = 100;

const SCALED = 'Above the table, rmse and mae are in standard deviations of each target.';

/** Everything besides the metrics. */
interface Detail {
  data: Record<string, unknown>;
  /** null if it would be too long to read. */
  text: string | null;
}

function detailOf(data: Dataset, { predictions, targets }: Evaluation): Detail {
  if (targets) return ofTargets(targetFigures(targets, data.encoding.targets), data);
  return data.task === 'multilabel' ? ofLabels(data, predictions) : ofClasses(data, predictions);
}

function ofTargets(targets: TargetFigures[], data: Dataset): Detail {
  const areScaled = unitsOf(data).some(unit => unit !== 1);
  const text = targetsText(targets) + (areScaled ? `\n\n${SCALED}` : '');
  return { data: { targets }, text: targets.length > MOST_TARGETS ? null : text };
}

function ofLabels(data: Dataset, predictions: Float64Array): Detail {
  const labels = labelsOf(data, predictions);
  return { data: { labels }, text: labels.length > MOST_TARGETS ? null : labelsText(labels) };
}

function ofClasses(data: Dataset, predictions: Float64Array): Detail {
  const names = data.encoding.classes;
  const confusion = confusionOf(data, predictions);
  const classes = figuresOf(confusion, names);
  return {
    data: { classes, confusion },
    text: `${confusionText(confusion, names)}\n\n${figuresText(classes)}`,
  };
}
