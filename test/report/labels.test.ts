import { describe, expect, it } from 'vitest';
import { labelFigures, labelsText } from '../../src/report/labels.js';
import { runPage } from '../../src/report/run/page.js';
import { toRuns } from '../../src/report/run/record.js';
import { runFiles } from './run/files.js';

// Four rows of two labels: three rows have the first label right; the second neither occurs nor is predicted.
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

describe('label figures', () => {
  it('refer to class 1 of each label, and are null if the denominator is 0', () => {
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

  it('appear as a table on the page of a run, unless they are unreadable', () => {
    const pageOf = (labels: unknown) => {
      const files = runFiles('runs/a', 2, { summary: { stopped: 'epochs', labels } });
      return runPage(toRuns([files], ['lockstep train a.csv']), '0.1.0');
    };
    const page = pageOf(figures);
    expect(page).toContain('Labels, validation rows');
    expect(page).toContain('<th scope="row">wet</th><td>wet</td><td>75.00 %</td><td>100.00 %</td>');
    expect(page).not.toContain('labels</summary>');
    expect(pageOf(Array(16).fill(figures[0]))).toContain('<summary>All 16 labels</summary>');
    for (const odd of [3, [], [null], [{ label: 'a' }], [{ accuracy: 'high', positives: 1 }]]) {
      expect(pageOf(odd)).not.toContain('Each label');
    }
  });
});
