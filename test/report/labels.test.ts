import { describe, expect, it } from 'vitest';
import { labelFigures, labelsText } from '../../src/report/labels.js';
import { runPage } from '../../src/report/run/page.js';
import { toRuns } from '../../src/report/run/record.js';
import { runFiles } from './run/files.js';

// Four rows of two labels by hand: the first is told right in three, the second never there nor taken for it.
const encoding = {
  targets: ['wet', 'hot'],
  labelClasses: [
    ['dry', 'wet'],
    ['0', '1'],
  ] as const,
};
const figures = labelFigures(
  [1, 0, 1, 0, 0, 0, 1, 0],
  Float32Array.of(0.9, 0.1, 0.5, 0.1, 0.2, 0.1, 0.6, 0.1),
  encoding,
);

describe('the figures of labels', () => {
  it('are those of class 1 of each, null where there is nothing to divide by', () => {
    expect(figures).toEqual([
      { label: 'wet', positive: 'wet', accuracy: 0.75, precision: 1, recall: 2 / 3, f1: 0.8, positives: 3 },
      { label: 'hot', positive: '1', accuracy: 1, precision: null, recall: null, f1: null, positives: 0 },
    ]);
    expect(labelsText(figures)).toBe(
      [
        'label  positive  accuracy  precision   recall       F1  positives',
        'wet         wet   75.00 %   100.00 %  66.67 %  80.00 %          3',
        'hot           1  100.00 %          –        –        –          0',
      ].join('\n'),
    );
  });

  it('are a table of the page of a run, and none where they can’t be read', () => {
    const pageOf = (labels: unknown) => {
      const files = runFiles('runs/a', 2, { summary: { stopped: 'epochs', labels } });
      return runPage(toRuns([files], ['lockstep train a.csv']), '0.1.0');
    };
    const page = pageOf(figures);
    expect(page).toContain('Each label, validation rows');
    expect(page).toContain('<th scope="row">wet</th><td>wet</td><td>75.00 %</td><td>100.00 %</td>');
    expect(page).not.toContain('<summary>');
    expect(pageOf(Array(16).fill(figures[0]))).toContain('<summary>Each of 16 labels</summary>');
    for (const odd of [3, [], [null], [{ label: 'a' }], [{ accuracy: 'high', positives: 1 }]]) {
      expect(pageOf(odd)).not.toContain('Each label');
    }
  });
});
