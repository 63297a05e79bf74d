/** Draws a confusion matrix: one row for each true class, shaded by the share of its rows in each cell. */

import type { Confusion } from '../confusion.js';
import { formatPercent, formatRows, shorten } from '../format.js';
import { printable } from '../html.js';
import { type Drawing, frame, WIDTH } from './frame.js';
import { colour } from './palette.js';
import { Plot, renderPlot } from './plot.js';

/**
 * Largest number of classes for which counts are written into cells, and for which names are written beside
 * them.
 */
const MOST_COUNTS = 15;
const MOST_NAMES = 30;
/** Up to this many classes, cells have room for four digits at normal size. */
const ROOMY = 10;
const LONGEST_NAME = 12;
/** Above this share, a cell is so dark that its count is written in the paper colour. */
const DARK = 0.5;
/** Opacity of the matrix background, which shows where empty cells are not drawn. */
const FAINT = 0.05;

export function drawMatrix(
  { classes, counts }: { classes: readonly string[]; counts: Confusion },
  title: string,
  id: string,
): Drawing {
  const cells = counts.flatMap((row, truth) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, predicted) => ({
      truth,
      predicted,
      count,
      share: total === 0 ? 0 : count / total,
    }));
  });
  const shown = cells.filter(({ count }) => count > 0);
  const name = (k: number) => shorten(printable(classes[k]!), LONGEST_NAME);
  const longest = classes.length > MOST_NAMES ? 0 : Math.max(...classes.map((_, k) => name(k).length));
  const upright = classes.length * longest * 7 > WIDTH - 120;
  const marginLeft = 24 + 7 * longest;
  const marginBottom = 30 + (upright ? 7 * longest : 12);
  const plotHeight = WIDTH - marginLeft - 16 + 24 + marginBottom;
  const scale = {
    domain: [...classes.keys()],
    tickFormat: name,
    padding: 0.03,
    ...(longest === 0 ? { ticks: [] } : {}),
  };
  const plot = renderPlot({
    width: WIDTH,
    height: plotHeight,
    marginTop: 24,
    marginRight: 16,
    marginLeft,
    marginBottom,
    x: {
      ...scale,
      label: 'predicted class →',
      labelAnchor: 'right',
      ...(upright ? { tickRotate: -90 } : {}),
    },
    y: { ...scale, label: '↓ true class', labelAnchor: 'top' },
    marks: [
      Plot.frame({ stroke: 'none', fill: colour('series-0'), fillOpacity: FAINT }),
      Plot.cell(shown, {
        x: 'predicted',
        y: 'truth',
        fill: colour('series-0'),
        fillOpacity: ({ share }: { share: number }) => share,
        title: ({ truth, predicted, count, share }: (typeof cells)[number]) =>
          `${name(truth)} predicted as ${name(predicted)}: ${formatRows(count)} (${formatPercent(share)})`,
      }),
      ...(classes.length > MOST_COUNTS
        ? []
        : [
            Plot.text(shown, {
              x: 'predicted',
              y: 'truth',
              text: ({ count }: { count: number }) => formatRows(count),
              fontSize: classes.length > ROOMY ? 9 : 11,
              fill: ({ share }: { share: number }) => (share > DARK ? colour('paper') : colour('ink')),
            }),
          ]),
    ],
    opacity: { type: 'identity' },
  });
  const rows = counts.flat().reduce((sum, count) => sum + count, 0);
  const right = counts.reduce((sum, row, k) => sum + row[k]!, 0);
  const description = `Confusion matrix of ${classes.length} classes: ${formatRows(right)} of ${formatRows(rows)} rows on the diagonal.`;
  return frame({ id, title, description, legend: [], plot, plotHeight });
}
