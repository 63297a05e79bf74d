/** Results of a batch-size study as tables. */
import type { BatchCurve, BatchPoint, NoiseScale } from '../../lab/scale/batch-schema.js';
import { formatCount, formatFigure, orDash } from '../format.js';
import { type Content, type Html, html } from '../html.js';
import { htmlTable } from '../html-table.js';
import { estimateText } from './scaling-tables.js';

/** The best trial of each batch size. */
export function targetTable({ points }: BatchCurve): Html {
  return htmlTable({
    caption: 'The trial with the fewest steps to the target at each batch size',
    heads: [
      'batch size',
      'trials',
      'reached',
      'diverged',
      'steps',
      'vs. perfect',
      'epochs',
      'seconds',
      'learning rate',
      '',
    ],
    rows: points.map(targetRow),
  });
}

function targetRow({ batchSize, trials, reached, diverged, best, perfectSteps, edge }: BatchPoint): string[] {
  const counts = [batchSize, trials, reached, diverged].map(formatCount);
  if (best === null) return [...counts, 'not reached', '–', '–', '–', '–', ''];
  return [
    ...counts,
    formatCount(best.steps),
    orDash(perfectSteps, steps => `${(best.steps / steps).toFixed(2)} ×`),
    formatFigure(best.epochs),
    best.seconds.toFixed(2),
    formatFigure(best.learningRate),
    edge === null ? '' : `next to the ${edge === 'low' ? 'lowest' : 'highest'} tried`,
  ];
}

/** The gradient noise scale, if it was measured. */
export function noiseTable({ noiseScales }: BatchCurve): Content {
  if (noiseScales.length === 0) return null;
  return html`${htmlTable({
    caption:
      'Gradient noise scale tr Σ / |G|² in rows: beyond about this batch size, larger batches save fewer steps',
    heads: [
      'moment',
      'noise scale',
      'step',
      'learning rate',
      'batch size',
      'tr Σ',
      '|G|²',
      'rows of a small and a large batch',
      'large batches',
    ],
    rows: noiseScales.map(noiseRow),
  })}`;
}

function noiseRow(noise: NoiseScale): string[] {
  const {
    moment,
    scale,
    step,
    learningRate,
    batchSize,
    trace,
    squaredGradient,
    smallRows,
    largeRows,
    batches,
  } = noise;
  return [
    moment,
    scale === null ? 'too noisy to estimate' : estimateText(scale, formatCount),
    formatCount(step),
    formatFigure(learningRate),
    formatCount(batchSize),
    formatFigure(trace),
    formatFigure(squaredGradient),
    `${formatCount(smallRows)}, ${formatCount(largeRows)}`,
    formatCount(batches),
  ];
}
