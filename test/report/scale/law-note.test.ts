import { describe, expect, it } from 'vitest';
import { fit as fitLaw } from '../../../src/lab/scale/laws/fit.js';
import type { FittedLaw, LawName } from '../../../src/lab/scale/scaling-schema.js';
import { lawNote } from '../../../src/report/scale/law-note.js';
import { studyPage } from '../../../src/report/scale/page.js';
import { studyText } from '../../../src/report/scale/text.js';
import { scalingStudy } from './studies.js';

/** A law fitted to the given values at 1, 2, 3, … workers, each measured twice with a small spread. */
function fitted(law: LawName, values: readonly number[], apart = 0.001): FittedLaw {
  const observations = values.flatMap((value, i) =>
    [1 - apart, 1 + apart].map(factor => ({ workers: i + 1, value: value * factor })),
  );
  const found = fitLaw(law, observations);
  if (!found.fitted) throw new Error(found.reason);
  return found;
}

describe('lawNote', () => {
  it.each<[string, FittedLaw, string | null]>([
    ['of Amdahl’s law within its range', fitted('amdahl', [1, 1.8, 2.4, 2.9]), null],
    [
      'of workers that are slower than one',
      fitted('amdahl', [1, 0.7, 0.6, 0.5]),
      's is outside 0 to 1: more workers are slower than one; the law doesn’t describe these measurements',
    ],
    [
      'with superlinear speedup',
      fitted('amdahl', [1, 2.3, 3.6, 5]),
      's is outside 0 to 1: p workers are more than p times as fast as one; the law doesn’t describe these measurements',
    ],
    [
      'near the end of the range',
      fitted('amdahl', [1, 2.02, 3.05], 0.05),
      's is outside 0 to 1, but by less than its error',
    ],
    [
      'of Gustafson’s law',
      fitted('gustafson', [1, 0.7, 0.6, 0.5]),
      's is outside 0 to 1: more workers are slower than one; the law doesn’t describe these measurements',
    ],
    ['of the Universal Scalability Law', fitted('usl', [100, 180, 240, 280, 300]), null],
    [
      'of throughputs that rise faster than the workers',
      fitted('usl', [100, 230, 360, 500, 650]),
      'contention α fixed at 0 and coherency β fixed at 0: a free fit would leave the range 0 to 1, where the law has no meaning',
    ],
  ])('explains a fit %s', (_, found, note) => {
    expect(lawNote(found)).toBe(note);
  });
});

it('appears on the terminal and on the page', () => {
  const study = scalingStudy();
  const [curve] = study.curves;
  const slower = { ...study, curves: [{ ...curve!, fits: [fitted('amdahl', [1, 0.7, 0.6, 0.5])] }] };
  expect(studyText(slower)).toMatch(
    /^Amdahl: serialFraction 2\.\d+ ± .*\n {2}s is outside 0 to 1: more workers are/m,
  );
  expect(studyPage(slower)).toContain('<em>s is outside 0 to 1: more workers are slower than one;');
  expect(studyText(study) + studyPage(study)).not.toContain('outside 0 to 1');
});
