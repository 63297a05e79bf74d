/** lockstep evaluate MODEL DATA: how good a model is on data whose targets are known. */
import type { Dataset } from '../data/dataset.js';
import { targetsOf } from '../data/reconstruction.js';
import { classesOf, confusionText, countConfusion, figuresOf, figuresText } from '../report/confusion.js';
import { formatCount } from '../report/format.js';
import { judgementData, judgementText } from '../report/judgement.js';
import { labelFigures, labelsText } from '../report/labels.js';
import { targetFigures, targetsText } from '../report/regression.js';
import { evaluate } from '../train/evaluate.js';
import { usualMetrics } from '../train/metrics.js';
import type { Call } from './call.js';
import { loadFor, openModel } from './model.js';
import { print, printJson, printNotice } from './print.js';
import { unlessAborted } from './signals.js';
import { tellCrowding } from './telling.js';

export async function run({ operands, settings, signal }: Call): Promise<number> {
  return unlessAborted(judge(operands[0]!, operands[1]!, settings), signal);
}

async function judge(model: string, source: string, settings: Call['settings']): Promise<number> {
  const opened = await openModel(model);
  const data = await loadFor(opened, source, settings, { requireTargets: true });
  const { workers, shards, backend, blas, reduction } = settings;
  const metrics = settings.metrics ?? usualMetrics(data);
  const machine = { workers, shards, backend, blas, reduction, metrics };
  tellCrowding(settings);
  const evaluation = await evaluate(opened.network, opened.weights, data, machine);
  const { predictions, seconds, description, notice, ...judgement } = evaluation;
  printNotice(notice);
  const detail = detailOf(data, predictions);
  if (settings.json) {
    printJson({ ...judgementData(judgement), rows: data.rows, seconds, description, ...detail.data });
  } else {
    const head = `${formatCount(data.rows)} rows of ${data.source}: ${judgementText(judgement)}`;
    print(detail.text === null ? head : `${head}\n\n${detail.text}`);
  }
  return 0;
}

/** Of more the table is left out: an autoencoder of pixels has as many targets as pixels. */
const MOST_TARGETS = 100;

/** What there is to say besides loss and accuracy or rmse. */
interface Detail {
  data: Record<string, unknown>;
  /** null where it would be more than anybody reads. */
  text: string | null;
}

function detailOf(data: Dataset, predictions: Float32Array): Detail {
  if (data.task === 'regression') return ofTargets(data, predictions);
  return data.task === 'multilabel' ? ofLabels(data, predictions) : ofClasses(data, predictions);
}

function ofLabels({ y, encoding, weights }: Dataset, predictions: Float32Array): Detail {
  const labels = labelFigures(y, predictions, encoding, weights);
  return { data: { labels }, text: labels.length > MOST_TARGETS ? null : labelsText(labels) };
}

function ofClasses({ y, outputs, encoding, weights }: Dataset, predictions: Float32Array): Detail {
  const names = encoding.classes;
  const confusion = countConfusion(y, classesOf(predictions, outputs), names.length, weights);
  const classes = figuresOf(confusion, names);
  return {
    data: { classes, confusion },
    text: `${confusionText(confusion, names)}\n\n${figuresText(classes)}`,
  };
}

function ofTargets(data: Dataset, predictions: Float32Array): Detail {
  const { targets: names, targetScales } = data.encoding;
  const truth = Float64Array.from(targetsOf(data), (value, i) => {
    const { mean, deviation } = targetScales[i % names.length]!;
    return mean + deviation * value;
  });
  const targets = targetFigures(truth, predictions, names, data.weights);
  return {
    data: { targets },
    text: targets.length > MOST_TARGETS ? null : targetsText(targets),
  };
}
