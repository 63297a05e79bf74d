import { describe, expect, it } from 'vitest';
import { fit as fitLaw } from '../../../src/lab/scale/laws/fit.js';
import type { FittedLaw, LawName } from '../../../src/lab/scale/scaling-schema.js';
import { lawNote } from '../../../src/report/scale/law-note.js';
import { studyPage } from '../../../src/report/scale/page.js';
import { studyText } from '../../../src/report/scale/text.js';
import { scalingStudy } from './studies.js';

/** A law fitted to values of 1, 2, 3, … workers, each measured twice, a little apart. */
function fitted(law: LawName, values: readonly number[], apart = 0.001): FittedLaw {
  const observations = values.flatMap((value, i) =>
    [1 - apart, 1 + apart].map(factor => ({ workers: i + 1, value: value * factor })),
  );
  const found = fitLaw(law, observations);
  if (!found.fitted) throw new Error(found.reason);
  return found;
}

describe('a fit', () => {
  it.each<[string, FittedLaw, string | null]>([
    ['of Amdahl, within its law', fitted('amdahl', [1, 1.8, 2.4, 2.9]), null],
    [
      'of workers that are slower than one',
      fitted('amdahl', [1, 0.7, 0.6, 0.5]),
      's is outside 0 to 1: more workers are slower than one; the law doesn’t describe these measurements',
    ],
    [
      'of workers that are faster than as many',
      fitted('amdahl', [1, 2.3, 3.6, 5]),
      's is outside 0 to 1: p workers are more than p times as fast as one; the law doesn’t describe these measurements',
    ],
    [
      'near the end of its law',
      fitted('amdahl', [1, 2.02, 3.05], 0.05),
      's is outside 0 to 1, but by less than its error',
    ],
    [
      'of Gustafson',
      fitted('gustafson', [1, 0.7, 0.6, 0.5]),
      's is outside 0 to 1: more workers are slower than one; the law doesn’t describe these measurements',
    ],
    ['of the Universal Scalability Law', fitted('usl', [100, 180, 240, 280, 300]), null],
    [
      'of throughputs that rise faster than the workers',
      fitted('usl', [100, 230, 360, 500, 650]),
      'contention α held at 0 and coherency β held at 0: left free, the fit ends outside 0 to 1, which the law gives no meaning',
    ],
  ])('%s', (_, found, note) => {
    expect(lawNote(found)).toBe(note);
  });
});

it('is told so on the terminal and on the page', () => {
  const study = scalingStudy();
  const [curve] = study.curves;
  const slower = { ...study, curves: [{ ...curve!, fits: [fitted('amdahl', [1, 0.7, 0.6, 0.5])] }] };
  expect(studyText(slower)).toMatch(
    /^Amdahl: serialFraction 2\.\d+ ± .*\n {2}s is outside 0 to 1: more workers are/m,
  );
  expect(studyPage(slower)).toContain('<em>s is outside 0 to 1: more workers are slower than one;');
  expect(studyText(study) + studyPage(study)).not.toContain('outside 0 to 1');
});
