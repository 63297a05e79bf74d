/** The page that follows a run while it trains: a frame that stays, and its content, which is sent anew. Pure. */
import { partOf } from '../../store/run-files.js';
import { formatCount, formatDuration } from '../format.js';
import { type Content, Html, html } from '../html.js';
import { formatMetric, nameOfMetric } from '../metric.js';
import { PAGE_STYLE } from '../page-style.js';
import { resultSections } from './page.js';
import { type EpochRecord, numberOf, type Run } from './record.js';

/** What is known of a run besides its files. */
export type State = 'waiting' | 'training' | 'finished' | 'stopped';

const STYLE = `
.state{font-weight:600}
.lost{color:var(--series-1);font-weight:600}
progress{width:100%;max-width:640px;height:12px;accent-color:var(--series-0)}
`;

/** Replaces the content by what the server sends. Errors come when the server has ended; the browser then tries again. */
const SCRIPT = `
const main = document.querySelector('main');
const lost = document.querySelector('.lost');
const events = new EventSource('events');
events.onmessage = ({ data }) => {
  const { title, body } = JSON.parse(data);
  document.title = title;
  main.innerHTML = body;
  lost.hidden = true;
};
events.onerror = () => { lost.hidden = false; };
`;

/** The frame. @param nonce of the script, as the policy of the page has it */
export function livePage(name: string, version: string, nonce: string): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${name}</title>
<style>${new Html(PAGE_STYLE + STYLE)}</style>
</head>
<body>
<header><h1>Training run ${name}</h1><p class="lost" hidden>lockstep watch has ended. This is what it sent last.</p></header>
<main><p class="muted">Waiting for the first message.</p></main>
<footer>Made by lockstep ${version}. Served on this machine only.</footer>
<script nonce="${nonce}">${new Html(SCRIPT)}</script>
</body>
</html>
`.text;
}

/** Title and content of the page, for the browser's script. */
export function liveContent(
  name: string,
  runs: readonly Run[],
  state: State,
): { title: string; body: string } {
  const last = runs.at(-1);
  const percent = last ? shareOf(last) : 0;
  const title = `${state === 'training' ? `${Math.floor(100 * percent)} % ` : ''}${name}: ${state}`;
  const sections = runs.some(({ epochs }) => epochs.length > 0) ? resultSections(runs) : [];
  const body = html`<p class="state">${sentenceOf(last, state)}</p>${
    last && state === 'training' ? html`<progress max="1" value="${percent}"></progress>` : null
  }${logOf(last)}${sections.map(({ heading, body }) => html`<section><h2>${heading}</h2>${body}</section>`)}`;
  return { title, body: body.text };
}

function sentenceOf(run: Run | undefined, state: State): string {
  if (!run) return 'Waiting for the run to begin.';
  const { epochs, config, summary } = run;
  const last = epochs.at(-1);
  const step = formatCount(last?.step ?? 0);
  const part = partOf(run.name) === null ? '' : `, ${run.name}`;
  if (state === 'finished') {
    const saved =
      run.modelEpoch === null ? '' : ` The saved model is that of epoch ${formatCount(run.modelEpoch)}.`;
    return `Finished${part} after ${step} steps: ${String(summary?.stopped ?? 'done')}.${saved}`;
  }
  if (state === 'stopped') {
    return `Stopped${part} after ${step} steps without an end: it was interrupted or killed. It can be resumed from its newest checkpoint.`;
  }
  const total = numberOf(config.totalSteps);
  const of = total === null ? '' : ` of ${formatCount(total)}`;
  const left = secondsLeft(run);
  return `Training${part}: step ${step}${of}${left === null ? '' : `, about ${formatDuration(left)} left`}.`;
}

/** Share of all steps that are done. */
function shareOf({ epochs, config }: Run): number {
  const total = numberOf(config.totalSteps);
  return total ? Math.min((epochs.at(-1)?.step ?? 0) / total, 1) : 0;
}

/** Epochs whose speed counts. */
const RECENT = 10;

/** At the speed of the last epochs; null if it is not known yet. */
function secondsLeft({ epochs, config }: Run): number | null {
  const total = numberOf(config.totalSteps);
  const [first, last] = [epochs.at(-RECENT - 1) ?? epochs[0], epochs.at(-1)];
  if (!first || !last || total === null || first.seconds === null || last.seconds === null) return null;
  const rate = (last.seconds - first.seconds) / (last.step - first.step);
  return Number.isFinite(rate) ? Math.max(0, rate * (total - last.step)) : null;
}

const LOG_LINES = 8;

/** The newest epochs as lines. */
function logOf(run: Run | undefined): Content {
  if (!run || run.epochs.length === 0) return null;
  return html`<pre>${run.epochs.slice(-LOG_LINES).map(lineOf).join('\n')}</pre>`;
}

function lineOf({ epoch, training, validation, samplesPerSecond }: EpochRecord): string {
  const figures = (all: Readonly<Record<string, number>>) =>
    Object.entries(all)
      .map(([name, value]) => `${nameOfMetric(name)} ${formatMetric(name, value)}`)
      .join(', ');
  const parts = [
    `epoch ${formatCount(epoch)}`,
    figures(training),
    ...(Object.keys(validation).length > 0 ? [`validation ${figures(validation)}`] : []),
    ...(samplesPerSecond === null ? [] : [`${formatCount(samplesPerSecond)} samples/s`]),
  ];
  return parts.join('  ');
}
