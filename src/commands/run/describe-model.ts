/** The text of `info` for a model: what it is, its card, and a step of its training. */
import { shellLine, trainLine } from '../../config/flags.js';
import { usageError } from '../../errors.js';
import { membersOf } from '../../model/members.js';
import { countParameters, describeLoss, layersOf, type Network } from '../../model/network.js';
import { makeOptimizer, usualRule } from '../../model/optimizer.js';
import { modelCard } from '../../report/card.js';
import { abridge, inputsText, labelPairs, targetsText } from '../../report/encoding.js';
import { formatCount } from '../../report/format.js';
import { renderStep } from '../../report/pass.js';
import { renderPairs } from '../../report/table.js';
import type { Model } from '../../store/model-file.js';
import { findRunFiles } from '../../store/read-run.js';
import { hashWeights } from '../../store/weights.js';
import { usualBatch } from '../../train/defaults.js';
import { packageVersion } from '../../version.js';
import type { Description } from './describe-folder.js';
import { findModel, isModel, openModel } from './model.js';
import { recordFromHere } from './recorded-files.js';

/** A training step of the model's network, with the default batch and optimizer. @throws usage if there is no model */
export async function describePass(path: string): Promise<Description> {
  const { network } = await openFor('--pass', path);
  const optimizer = makeOptimizer(usualRule(network.hidden.length));
  const batchRows = usualBatch(Number.POSITIVE_INFINITY);
  const step = renderStep(network, { batchRows, optimizer, backend: 'wasm' });
  return { text: step, data: { network, batchRows, optimizer: optimizer.name, step: step.split('\n') } };
}

/** A card in Markdown. @throws usage if there is no model */
export async function describeCard(path: string): Promise<Description> {
  const model = await openFor('--card', path);
  const files = await findRunFiles(path);
  const config = files && (await recordFromHere(path, files.config));
  const { data, options } = config ?? {};
  const facts = {
    ...{ path, model, config, summary: files?.summary ?? null, version: packageVersion() },
    weightsSha256: hashWeights(model.network, model.weights),
    command: config ? trainLine(typeof data === 'string' ? data : 'DATA', { ...(options as object) }) : null,
  };
  const { kind, targetIsInput } = model.encoding;
  const [rows, judged] = kind === 'pixels' ? ['new/', 'test/'] : ['new.csv', 'test.csv'];
  const uses = [
    ['predict', path, rows, '--out', 'predictions.csv'],
    ...(targetIsInput ? [] : [['explain', path, judged]]),
    ['export', path, '--to', 'onnx'],
  ];
  const card = modelCard({ ...facts, uses: uses.map(words => shellLine(['lockstep', ...words])) });
  return { text: card.trimEnd(), data: { card } };
}

/** @throws usage if there is no model for the option */
async function openFor(option: string, path: string): Promise<Model> {
  if (await isModel(path)) return openModel(path);
  throw usageError(
    `${option} needs a model; ${path} is not one.`,
    `Leave ${option} out, or name a run or its model.`,
  );
}

/** The network of a model, its inputs and targets. */
export async function describeModel(path: string): Promise<Description> {
  const model = await findModel(path);
  const { network, task, encoding, weights } = await openModel(path);
  const { length: members } = membersOf(network, weights);
  const parameters = members * countParameters(network);
  const weightsSha256 = hashWeights(network, weights);
  return {
    text: renderPairs([
      ['model', model],
      ['task', task],
      ['network', networkText(network)],
      ...(members > 1
        ? [['members', `${formatCount(members)}, whose predictions are averaged`] as const]
        : []),
      ['parameters', formatCount(parameters)],
      ['inputs', inputsText(encoding, network.layers[0]!)],
      ['targets', targetsText(encoding)],
      ...(encoding.classes.length === 0 ? [] : [['classes', abridge(encoding.classes)] as const]),
      ...labelPairs(encoding),
      ['sha256', weightsSha256],
    ]),
    data: { model, task, network, ...(members > 1 && { members }), parameters, encoding, weightsSha256 },
  };
}

/** 784 → 128 relu → 10 softmax, cross-entropy */
function networkText(network: Network): string {
  const layers = layersOf(network).map(({ outputs, activation }) => `${outputs} ${activation}`);
  return `${[network.layers[0], ...layers].join(' → ')}, ${describeLoss(network)}`;
}
