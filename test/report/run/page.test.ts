import { DOMParser } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import { formatFigure, formatPercent } from '../../../src/report/format.js';
import { runPage } from '../../../src/report/run/page.js';
import { toRuns } from '../../../src/report/run/record.js';
import type { RunFiles } from '../../../src/store/read-run.js';
import { runFiles } from './files.js';

const pageOf = (...files: RunFiles[]) =>
  runPage(
    toRuns(
      files,
      files.map(() => 'lockstep train mnist/'),
    ),
    '0.1.0',
  );
/** The drawings contained in the download links. */
const filesIn = (page: string) =>
  [...page.matchAll(/href="data:image\/svg\+xml;base64,([^"]+)"/g)].map(([, data]) =>
    Buffer.from(data!, 'base64').toString(),
  );

describe('the page of a run', () => {
  it('has curves, matrix, configuration and command', () => {
    const page = pageOf(runFiles('runs/a', 5));
    for (const title of [
      'Loss',
      'Accuracy',
      'Learning rate',
      'Throughput',
      'Time of a step by phase',
      'Confusion matrix',
    ]) {
      expect(page).toMatch(new RegExp(`<title id="[\\w-]+">${title}</title>`));
    }
    expect(page).toContain('<pre>lockstep train mnist/</pre>');
    expect(page).toContain('<th scope="row">options.lr</th><td>0.5</td>');
    expect(page).not.toContain('class="note"');
  });

  it('shows the figures of the saved model and marks its epoch', () => {
    const { summary } = runFiles('', 1);
    for (const modelEpoch of [1, 2, 5, 37, 60]) {
      const epochs = Math.max(5, modelEpoch);
      const page = pageOf(runFiles('runs/a', epochs, { summary: { ...summary, modelEpoch } }));
      const result = /<caption>Figures of the saved model.*?<\/table>/s.exec(page)![0];
      expect(result).toContain(`<td>epoch ${modelEpoch}</td>`);
      expect(result).toContain(`<td>${formatFigure(1.1 / modelEpoch)}</td>`);
      expect(result).toContain(`<td>${formatPercent(1 - 0.6 / modelEpoch)}</td>`);
      expect(page.match(/\(saved model\)/g)).toHaveLength(1);
      expect(filesIn(page).filter(file => file.includes(`>saved: epoch ${modelEpoch}<`))).toHaveLength(2);
      expect(page).toContain(`<tr class="differs"><th scope="row">${modelEpoch} (saved model)</th>`);
      // A hollow symbol in loss and accuracy, for training and for validation rows.
      expect(filesIn(page).filter(file => file.includes('epoch of the saved model'))).toHaveLength(2);
    }
  });

  it('shows the last epoch if the run has no model yet', () => {
    const page = pageOf(runFiles('runs/a', 3, { summary: null }));
    expect(page).toContain(`<td>${formatFigure(1.1 / 3)}</td>`);
    expect(page).not.toContain('(saved model)');
    expect(filesIn(page).some(file => file.includes('epoch of the saved model'))).toBe(false);
  });

  it('names network and loss', () => {
    const network = {
      layers: [4, 3, 1],
      hidden: ['relu'],
      output: 'identity',
      loss: 'huber',
      huberDelta: 1.5,
    };
    const page = pageOf(runFiles('runs/a', 1, { config: { network } }));
    expect(page).toContain('4 → 3 → 1, relu, identity, loss huber, delta 1.5 · ');
  });

  it('writes numbers for people, leaves out where a run began, and hides options with their defaults', () => {
    const config = {
      begun: '/home/anne/runs/a',
      parameters: 1234567,
      learningRate: 0.056892417127678285,
      options: { lr: 0.0125, epochs: 7, 'no-shuffle': false },
    };
    const page = pageOf(runFiles('runs/a', 1, { config }));
    const [shown, hidden] = page.split('<details><summary>Options with their defaults');
    expect(page).not.toContain('anne');
    for (const text of ['1,234,567', '>0.05689<', '>0.0125<', 'options.epochs'])
      expect(shown).toContain(text);
    expect(shown).not.toContain('options.no-shuffle');
    expect(hidden).toContain('options.no-shuffle');
  });

  it('says what is missing if the run is not finished', () => {
    const page = pageOf(runFiles('runs/a', 2, { summary: null, unreadable: [3] }));
    expect(page).toContain('Run a is not finished');
    expect(page).toContain('left out: 3.');
    expect(pageOf(runFiles('runs/a', 0, { summary: null }))).toContain('No epoch is finished yet.');
  });

  it('names folds and members that have only started', () => {
    const runs = toRuns([runFiles('cv/fold-1', 1)], ['lockstep train a.csv']);
    expect(runPage(runs, '0.1.0', ['cv/fold-2'])).toContain('cv/fold-2 has started');
  });

  it('accepts anything as a configuration or a record', () => {
    const odd = {
      config: { options: [1, null, { a: [] }], rows: 'many' },
      summary: { confusion: { classes: 3 } },
    };
    const metrics = [{}, { epoch: 'x' }, { epoch: 1, step: 1, loss: null, validation: [], seconds: 'soon' }];
    expect(pageOf(runFiles('a', 0, { ...odd, metrics }))).toContain('1');
  });

  it('escapes everything that comes from names', () => {
    const hostile = `"><script>alert('x')</script><img src=x onerror=alert(1)>\u0000\u202e`;
    const summary = {
      stopped: 'epochs',
      confusion: {
        classes: [hostile, '</svg>'],
        counts: [
          [1, 2],
          [3, 4],
        ],
      },
    };
    const files = runFiles(`runs/${hostile.replaceAll('/', '')}`, 3, { summary });
    const metrics = files.metrics.map(record => ({ ...record, [hostile]: 1 }));
    const config = { ...files.config, data: hostile, [hostile]: hostile };
    const page = runPage(toRuns([{ ...files, metrics, config }, runFiles('b', 2)], [hostile, 'b']), hostile);
    expect(page).not.toMatch(/<script|<img/);
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toContain('\u0000');
    expect(filesIn(page).join('')).not.toMatch(/<script|<img/);
  });
});

it('offers each plot as a well-formed file with a size, a background and plain colours', () => {
  const drawings = filesIn(pageOf(runFiles('runs/a', 30), runFiles('runs/b', 3)));
  expect(drawings.length).toBeGreaterThanOrEqual(7);
  for (const drawing of drawings) {
    const root = new DOMParser().parseFromString(drawing, 'image/svg+xml').documentElement!;
    expect(root.namespaceURI).toBe('http://www.w3.org/2000/svg');
    expect(Number(root.getAttribute('width'))).toBeGreaterThan(400);
    expect(drawing).not.toMatch(/var\(|currentColor|NaN|Infinity/);
    expect(drawing).toContain('fill="#ffffff"');
  }
});
