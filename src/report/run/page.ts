/**
 * The page of one or several training runs. Pure: turns the contents of their folders into the complete file.
 */
import { describeLoss, type Network } from '../../model/network.js';
import { isPlain } from '../../store/run-files.js';
import { figure, figures } from '../figure.js';
import { counted, formatCount, formatDuration, orDash } from '../format.js';
import { type Content, html } from '../html.js';
import { foldedTable, htmlTable } from '../html-table.js';
import { formatMetric, nameOfMetric } from '../metric.js';
import { renderPage, type Section } from '../page.js';
import type { Chart } from '../plots/chart.js';
import { drawLines } from '../plots/line-chart.js';
import { drawStack } from '../plots/stack-chart.js';
import { configurationTable } from './configuration.js';
import { confusionSection } from './confusion-section.js';
import { figureCharts, noiseChart, rateChart, throughput, throughputChart, timeChart } from './curves.js';
import { labelsSection } from './labels-section.js';
import { phaseChart } from './phases.js';
import { picturesSection } from './pictures-section.js';
import { type EpochRecord, numberOf, type Run, shownEpoch } from './record.js';

/**
 * Renders the page of at least one run.
 * @param begun folders of folds and members that have no epoch yet
 */
export function runPage(runs: readonly Run[], version: string, begun: readonly string[] = []): string {
  const [first] = runs;
  const notes = [
    ...runs.flatMap(warnings),
    ...begun.map(folder => `${folder} has started but has nothing to show yet.`),
  ];
  return renderPage({
    title: runs.length === 1 ? `Training run ${first!.name}` : `${runs.length} training runs`,
    lead: html`${runs.length === 1 ? html`<p class="muted">${sentenceOf(first!)}</p>` : null}${notes.map(note => html`<p class="note">${note}</p>`)}`,
    version,
    sections: [
      ...resultSections(runs),
      { heading: 'Configuration', body: configurationTable(runs) },
      { heading: 'Command', body: commands(runs) },
      ...(runs.length === 1 ? [{ heading: 'Epochs', body: epochTable(first!) }] : []),
    ],
  });
}

/** What came out: figures, curves, and what the validation rows show. */
export function resultSections(runs: readonly Run[]): Section[] {
  const confusion = confusionSection(runs);
  const labels = labelsSection(runs);
  const pictures = picturesSection(runs);
  return [
    { heading: 'Result', body: resultTable(runs) },
    { heading: 'Curves', body: curves(runs) },
    ...(confusion === null ? [] : [{ heading: 'Confusion', body: confusion }]),
    ...(labels === null ? [] : [{ heading: 'Labels', body: labels }]),
    ...(pictures === null ? [] : [{ heading: 'Predictions of the validation rows', body: pictures }]),
  ];
}

/** 784 → 256 → 10, relu, softmax, loss cross-entropy · on mnist/ · 60,000 rows … */
function sentenceOf({ path, config }: Run): string {
  const rows = numberOf(config.rows);
  const parts = [
    networkText(config.network),
    typeof config.data === 'string' ? `on ${config.data}` : null,
    rows === null ? null : counted(rows, 'row'),
    `folder ${path}`,
    typeof config.description === 'string' ? config.description : null,
  ];
  return parts.filter(part => part !== null).join(' · ');
}

/** 784 → 256 → 10, relu, softmax, loss cross-entropy; null if the configuration has no readable network. */
function networkText(network: unknown): string | null {
  if (!isPlain(network) || !Array.isArray(network.layers)) return null;
  const named = (value: unknown) => (Array.isArray(value) ? value.join(', ') : String(value ?? ''));
  const activations = [named(network.hidden), named(network.output)].filter(text => text !== '');
  const loss = isLoss(network) ? [`loss ${describeLoss(network)}`] : [];
  return [network.layers.join(' → '), ...activations, ...loss].join(', ');
}

function isLoss(
  network: Readonly<Record<string, unknown>>,
): network is Pick<Network, 'loss' | 'huberDelta' | 'quantile'> {
  return typeof network.loss === 'string';
}

function warnings(run: Run): string[] {
  const notes = [
    run.summary === null ? `Run ${run.name} is not finished: it is still running, or was interrupted.` : null,
    run.epochs.length === 0 ? `Run ${run.name} has no epoch to show yet.` : null,
    run.unreadable.length > 0
      ? `Run ${run.name}: metrics.jsonl has lines that could not be read and were left out: ${run.unreadable.join(', ')}.`
      : null,
  ];
  return notes.filter(note => note !== null);
}

/** A line for each run: figures of the saved model, and steps and time of the whole run. */
function resultTable(runs: readonly Run[]): Content {
  const names = [...new Set(runs.flatMap(run => run.epochs.flatMap(figuresIn)))];
  return htmlTable({
    caption: 'Figures of the saved model after its epoch; steps and time of the whole run',
    heads: ['run', 'epochs', 'saved', 'steps', 'time', 'samples/s', ...names.map(headOf), 'weights SHA-256'],
    rows: runs.map(run => {
      const last = run.epochs.at(-1);
      const saved = shownEpoch(run);
      const hash = run.summary?.weightsSha256;
      return [
        run.name,
        last ? formatCount(last.epoch) : '0',
        orDash(run.modelEpoch, epoch => `epoch ${formatCount(epoch)}${refitText(run)}`),
        last ? formatCount(last.step) : '0',
        orDash(last?.seconds, formatDuration),
        orDash(last?.samplesPerSecond, formatCount),
        ...names.map(name => orDash(saved, epoch => figureText(epoch, name))),
        typeof hash === 'string' ? html`<code title="${hash}">${hash.slice(0, 12)}…</code>` : '–',
      ];
    }),
  });
}

/** If the saved model was then trained again on all rows: `, then trained again on all 1,000 rows for 12 epochs`. */
function refitText({ summary }: Run): string {
  const refit = isPlain(summary?.refit) ? summary.refit : null;
  const [rows, epochs] = [numberOf(refit?.rows), numberOf(refit?.epochs)];
  if (rows === null || epochs === null) return '';
  return `, then trained again on all ${counted(rows, 'row')} for ${counted(epochs, 'epoch')}`;
}

/** Names of a record's figures: loss, validation loss, … */
function figuresIn({ training, validation }: EpochRecord): string[] {
  return [...Object.keys(training), ...Object.keys(validation).map(name => `validation ${name}`)];
}

function headOf(name: string): string {
  return name.replace(/\S+$/, nameOfMetric);
}

function figureText({ training, validation }: EpochRecord, name: string): string {
  const bare = name.replace(/^validation /, '');
  const value = (bare === name ? training : validation)[bare];
  return orDash(value, figure => formatMetric(bare, figure));
}

function curves(runs: readonly Run[]): Content {
  const drawn: [Chart | null, string][] = [
    ...figureCharts(runs).map((chart): [Chart, string] => [
      chart,
      'Training: mean over the epoch’s batches, each evaluated before its step. Validation: after the epoch.',
    ]),
    [timeChart(runs), 'Training time without loading and evaluation.'],
    [rateChart(runs), 'α in w ← w − α ∇E.'],
    [
      noiseChart(runs),
      'Gradients of much smaller batches are mostly noise; much larger batches waste rows. Bars are 95 % intervals.',
    ],
    [throughputChart(runs), 'Rows of the epoch divided by its time without evaluation.'],
  ];
  const all = drawn.flatMap(([chart, caption], i) =>
    chart === null || chart.series.length === 0 ? [] : [figure(drawLines(chart, `curve-${i}`), caption)],
  );
  const phases = phaseChart(runs);
  if (phases) {
    const caption = 'Averaged over workers and measured steps; forward includes the loss.';
    all.push(figure(drawStack(phases, 'phases'), caption));
  }
  return all.length === 0 ? html`<p>No epoch is finished yet.</p>` : figures(all);
}

function commands(runs: readonly Run[]): Content {
  const lines = runs.map(({ name, command }) => (runs.length === 1 ? command : `# ${name}\n${command}`));
  return html`<pre>${lines.join('\n\n')}</pre>`;
}

const MOST_EPOCHS_OPEN = 40;

function epochTable(run: Run): Content {
  if (run.epochs.length === 0) return html`<p>None yet.</p>`;
  const names = [...new Set(run.epochs.flatMap(figuresIn))];
  const rates = throughput(run);
  const table = {
    marked: new Set(run.epochs.flatMap(({ epoch }, i) => (epoch === run.modelEpoch ? [i] : []))),
    heads: ['epoch', 'step', ...names.map(headOf), 'seconds', 'samples/s'],
    rows: run.epochs.map(record => [
      record.epoch === run.modelEpoch ? `${record.epoch} (saved model)` : String(record.epoch),
      formatCount(record.step),
      ...names.map(name => figureText(record, name)),
      orDash(record.seconds, seconds => seconds.toFixed(2)),
      orDash(rates.get(record.epoch), formatCount),
    ]),
  };
  return foldedTable(table, MOST_EPOCHS_OPEN, counted(run.epochs.length, 'epoch'));
}
