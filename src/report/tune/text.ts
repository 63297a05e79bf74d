/** Results of a search as text for the terminal. Pure functions. */
import type { Tuning } from '../../lab/tune/schema.js';
import { renderTable } from '../table.js';
import { bestText, byPlace, searchText, trialRows, whyBestText } from './words.js';

const MOST_ROWS = 10;

/** The best trials, and the command that repeats the best one. */
export function tuneText(tuning: Tuning): string {
  const { best, trials, configuration } = tuning;
  const shown = byPlace(tuning).slice(0, MOST_ROWS);
  const { heads, rows } = trialRows(tuning, shown);
  const more = trials.length - shown.length;
  return [
    searchText(tuning),
    renderTable(heads, rows) + (more > 0 ? `\nand ${more} more: tune.csv` : ''),
    ...(best === null
      ? []
      : [`best: ${bestText(best, configuration.metric)}: ${whyBestText(tuning)}\n${best.command}`]),
  ].join('\n\n');
}
