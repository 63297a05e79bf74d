/** A small version of scripts/torture/kills.ts: a few kills, the same bits. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CASES } from '../../../scripts/torture/kills/cases.js';
import { studyKills } from '../../../scripts/torture/kills/study.js';

it('a training that is killed again and again ends with the bits of an undisturbed one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-kills-'));
  try {
    const lamb = CASES.find(({ name }) => name === 'lamb')!;
    const study = await studyKills(folder, { ...lamb, epochsPerKill: 4 }, { kills: 3, seed: 4 });
    expect(study.faults).toEqual([]);
    expect(study.kills.length).toBeGreaterThan(0);
    expect(study.disturbed).toBe(study.undisturbed);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
