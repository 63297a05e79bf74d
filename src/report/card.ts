/**
 * The card of a model in Markdown: what it predicts from what, how it was trained, how good it is, and how to use it. Only what a
 * run has recorded; what nobody but its author knows is asked for. Pure.
 */
import type { ColumnEncoding, Encoding } from '../data/dataset.js';
import { membersOf } from '../model/members.js';
import { describeLoss, layersOf } from '../model/network.js';
import type { Model } from '../store/model-file.js';
import type { Plain } from '../store/run-files.js';
import { counted, formatCount } from './format.js';
import { formatMetric, nameOfMetric } from './metric.js';

/** Columns and classes that are listed. */
const MOST = 200;
/** Values of a category that are listed. */
const MOST_VALUES = 10;

export interface CardFacts {
  /** As it was typed. */
  path: string;
  model: Model;
  weightsSha256: string;
  /** config.json and summary.json of its run; null if there is only the model file, or the run is not finished. */
  config: Plain | null;
  summary: Plain | null;
  /** The line that repeats the training; null if that is not known. */
  command: string | null;
  /** Lines that use the model. */
  uses: readonly string[];
  version: string;
}

export function modelCard(facts: CardFacts): string {
  const sections = [
    ['', overview(facts)],
    ['Inputs', inputsText(facts.model.encoding)],
    ['Output', outputText(facts.model)],
    ['Figures', figuresText(facts)],
    ['Training', trainingText(facts)],
    ['Use', useText(facts)],
    ['To be added by its author', TO_ADD],
  ] as const;
  const parts = sections.flatMap(([heading, body]) =>
    body === '' ? [] : [heading === '' ? body : `## ${heading}\n\n${body}`],
  );
  return `# Model card: ${inline(facts.path)}\n\n${parts.join('\n\n')}\n`;
}

const TO_ADD = [
  '- What the model is for, and what it must not be used for.',
  '- Where the data comes from, whom it describes, and under which licence.',
  '- For whom the model is worse: `lockstep evaluate` on the rows of each group.',
].join('\n');

function overview({ model: { network, task, weights }, weightsSha256, version }: CardFacts): string {
  const { length: members } = membersOf(network, weights);
  const layers = layersOf(network).map(({ outputs, activation }) => `${outputs} ${activation}`);
  return list([
    ['Task', task],
    ['Network', `${[network.layers[0], ...layers].join(' → ')}, ${describeLoss(network)}`],
    ...(members > 1
      ? [['Ensemble', `${members} such networks, whose predictions are averaged`] as [string, string]]
      : []),
    ['SHA-256 of the weights', `\`${weightsSha256}\``],
    ['Card made by', `lockstep ${version}`],
  ]);
}

function inputsText({ kind, columns, shape, rawPixels }: Encoding): string {
  if (kind === 'pixels') {
    const size = shape ? ` of ${shape.join(' × ')} pixels` : '';
    return `Images${size}${rawPixels ? ', as numbers' : ', from 0 to 255'}.`;
  }
  if (columns.length === 0) return '';
  const rows = columns.slice(0, MOST).map(column => [column.name, kindOf(column), missingOf(column)]);
  return `${table(['column', 'meaning', 'a missing cell'], rows)}${more(columns.length)}`;
}

function kindOf(column: ColumnEncoding): string {
  if (column.kind === 'category') {
    const present = column.values.filter(value => value !== '');
    const rest = present.length > MOST_VALUES ? ', …' : '';
    return `a category: ${present.slice(0, MOST_VALUES).join(', ')}${rest}`;
  }
  if (column.kind === 'hashed') return `a text, hashed into ${column.buckets} buckets`;
  if (column.boolean) return 'yes or no';
  if (column.from) return `${column.from.part} of the date in "${column.from.column}"`;
  if (column.constant) return 'a number, constant in training: without effect';
  const { mean, deviation, clip, edges } = column;
  const [middle, spread] = [mean, deviation].map(value => String(Number(value.toPrecision(4))));
  const bins = edges ? `, in ${edges.length - 1} bins` : '';
  return clip === undefined
    ? `a number, ${middle} ± ${spread} in training${bins}`
    : `a number, median ${middle}, middle half ${spread} wide in training${bins}`;
}

function missingOf(column: ColumnEncoding): string {
  if (column.kind === 'category') return column.values.includes('') ? 'is a separate value' : 'is refused';
  if (column.kind === 'hashed') return 'is the empty text';
  return column.fill === null ? 'is refused' : `is replaced by ${Number(column.fill.toPrecision(4))}`;
}

function outputText({ encoding, task }: Model): string {
  const { targets, classes, labelClasses = [] } = encoding;
  if (encoding.targetIsInput) return 'The inputs themselves, as the network reconstructs them.';
  if (task === 'regression') return `Numbers: ${names(targets)}.`;
  if (task === 'multilabel') {
    return table(
      ['target', 'classes'],
      targets.map((name, k) => [name, labelClasses[k]!.join(' or ')]),
    );
  }
  return `${inline(targets[0]!)}, one of ${counted(classes.length, 'class', 'classes')}: ${names(classes)}.`;
}

function figuresText({ summary, config }: CardFacts): string {
  if (summary === null) return '';
  const ofRows = (rows: unknown, name: string) =>
    typeof rows === 'number' ? `${name} (${counted(rows, 'row')})` : name;
  const lines = [
    ...figureRows(summary, ofRows(config?.rows, 'training')),
    ...figureRows(summary.validation as Plain | null, ofRows(config?.validationRows, 'validation')),
  ];
  const { baseline } = summary as { baseline?: { figure: string; value: number } };
  const compared = baseline
    ? `\n\nWithout looking at the inputs, ${nameOfMetric(baseline.figure)} would be ${formatMetric(baseline.figure, baseline.value)}.`
    : '';
  return `${table(['rows', 'figure', 'value'], lines)}${compared}`;
}

/** Loss, accuracy, RMSE and further metrics. */
function figureRows(judged: Plain | null | undefined, rows: string): string[][] {
  if (!judged) return [];
  const { metrics } = judged as { metrics?: Record<string, unknown> };
  const all = Object.entries({ loss: judged.loss, accuracy: judged.accuracy, rmse: judged.rmse, ...metrics });
  return all.flatMap(([name, value]) =>
    typeof value === 'number' ? [[rows, nameOfMetric(name), formatMetric(name, value)]] : [],
  );
}

function trainingText({ config, summary, command }: CardFacts): string {
  if (config === null) return '';
  const { fingerprint } = config as { fingerprint?: { training?: { sha256?: string } } };
  const number = (value: unknown) => (typeof value === 'number' ? formatCount(value) : null);
  const facts: [string, string | null][] = [
    ['Data', typeof config.data === 'string' ? `\`${config.data}\`` : null],
    [
      'SHA-256 of the encoded rows',
      fingerprint?.training?.sha256 ? `\`${fingerprint.training.sha256}\`` : null,
    ],
    ['Epochs', number(summary?.epochs)],
    ['Epoch of the model', number(summary?.modelEpoch)],
    [
      'Epochs of the training on all rows',
      number((summary?.refit as { epochs?: unknown } | undefined)?.epochs),
    ],
    ['Why it ended', typeof summary?.stopped === 'string' ? summary.stopped : null],
    ['Backend', typeof config.description === 'string' ? config.description : null],
  ];
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== null);
  return `${list(known)}${command === null ? '' : `\n\n\`\`\`\n${command}\n\`\`\``}`;
}

function useText({ uses }: CardFacts): string {
  return `\`\`\`\n${uses.join('\n')}\n\`\`\``;
}

function list(facts: readonly (readonly [string, string])[]): string {
  return facts.map(([name, value]) => `- ${name}: ${value}`).join('\n');
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(inline).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

function names(all: readonly string[]): string {
  return `${all.slice(0, MOST).map(inline).join(', ')}${all.length > MOST ? `, … (${formatCount(all.length)})` : ''}`;
}

function more(count: number): string {
  return count > MOST ? `\n\nand ${formatCount(count - MOST)} more.` : '';
}

/** Text within a line or a cell of a table: names come from files and may hold anything. */
function inline(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\|`*<>[\]]/g, '\\$&');
}
