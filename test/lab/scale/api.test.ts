/** Runs studies through the library, as scripts do. */
import { expect, it } from 'vitest';
import {
  bench,
  fit as fitLaw,
  type ScalingStudy,
  type StudyOptions,
  type StudyRecord,
  study,
  studyCsv,
  studyText,
} from '../../../src/library/lab.js';

it('resumes a study from records, and returns a result that survives JSON', async () => {
  const given: StudyOptions = {
    mode: 'weak',
    networks: [[4, 3]],
    batchSizes: [8],
    workers: [1],
    backends: ['wasm'],
    repeats: 2,
    retakes: 0,
    seconds: 0.01,
    rows: 50,
    seed: 3,
  };
  const first = study(given);
  const records: StudyRecord[] = [];
  // The study starts, measures the roofs and one sample; then the consumer stops listening.
  for (let i = 0; i < 3; i++) {
    const { value } = await first.next();
    records.push((value as { record: StudyRecord }).record);
  }
  await first.return();

  let result!: ScalingStudy;
  let measured = 0;
  for await (const report of study(given, { command: 'again', records })) {
    if (report.type === 'end') {
      result = report.result as ScalingStudy;
    } else {
      if (report.record !== null) measured++;
      expect(report.done).toBe(2 + measured);
    }
  }
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  expect(result.samples[0]).toEqual((records[2] as { sample: unknown }).sample);
  const one = result.samples.filter(
    ({ workers, layers }) => workers === 1 && layers.length === 2 && layers[0] === 4,
  );
  expect(one.map(({ repeat }) => repeat)).toEqual([0, 1]);
  expect(studyText(result)).toContain('8 rows per worker');
  expect(studyCsv(result).split('\n')).toHaveLength(result.samples.length + 2);

  await expect(study({ ...given, seed: 4 }, { records }).next()).rejects.toThrow('seed was 3, and is 4');
});

it('ends a study without a result on a signal', async () => {
  const signal = AbortSignal.abort();
  const ended = study(
    { mode: 'strong', networks: [[4, 3]], batchSizes: [8], workers: [1], rows: 50 },
    { signal },
  );
  await ended.next();
  expect(await ended.next()).toEqual({ done: false, value: { type: 'end', result: null } });
  expect(await ended.next()).toMatchObject({ done: true });
});

it('measures one configuration, and fits a law', async () => {
  const result = await bench({
    layers: [4, 3],
    activation: 'tanh',
    batchSize: 8,
    rows: 50,
    seconds: 0.01,
    update: 'sharded',
    seed: 1,
    workers: 1,
    shards: 1,
    backend: 'wasm',
    blas: null,
  });
  expect(result.samplesPerSecond).toBeGreaterThan(0);
  const observations = [1, 2, 4, 8].map(workers => ({ workers, value: 100 * workers }));
  const law = fitLaw('usl', observations);
  expect(law.fitted && law.parameters.gamma!.value).toBeCloseTo(100, 9);
});
