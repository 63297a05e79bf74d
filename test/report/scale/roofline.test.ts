/** Shares of the roofs: only of parts that are timed separately. */
import { describe, expect, it } from 'vitest';
import type { StepPart } from '../../../src/lab/scale/scaling-schema.js';
import { studyPage } from '../../../src/report/scale/page.js';
import { ROOFLINE_HEADS, ROOFLINE_NOTE, rooflineRows } from '../../../src/report/scale/roofline.js';
import { studyText } from '../../../src/report/scale/text.js';
import { scalingStudy } from './studies.js';

const part = (name: string, phase: StepPart['phase'], attainableGflops: number): StepPart => {
  return { name, phase, intensity: 4, gflops: 60, bound: 'memory', attainableGflops };
};
const shareOf = (row: readonly string[] | undefined) => row?.[ROOFLINE_HEADS.indexOf('of roof')];

describe('the table of the roofline', () => {
  it('has no share for parts of one phase, which are not timed separately', () => {
    const parts = [part('forward 1', 'forward', 100), part('forward 2', 'forward', 50)];
    expect(rooflineRows(parts).map(shareOf)).toEqual(['–', '–']);
  });

  it('has the share of a part that is the only one of its phase, which a cache can lift above the roof', () => {
    const parts = [part('forward 1', 'forward', 100), part('update', 'update', 40)];
    expect(rooflineRows(parts).map(shareOf)).toEqual(['60.00 %', '150.00 %']);
  });

  it('is explained on the page and in the text', () => {
    const study = scalingStudy();
    expect(studyPage(study)).toContain(ROOFLINE_NOTE);
    expect(studyText(study)).toContain(ROOFLINE_NOTE);
  });
});
