import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { TrainProgress } from '../../src/report/progress.js';
import { epochReport, START } from './reports.js';

/** A stream that remembers its output and can pretend to be a terminal. */
function makeStream(isTTY: boolean) {
  let written = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      written += chunk;
      done();
    },
  });
  return Object.assign(stream, { isTTY, columns: 120, written: () => written });
}

/** Two epochs with a few reports in between. */
function show(progress: TrainProgress): void {
  progress.show(START);
  progress.show({ type: 'progress', epoch: 1, step: 5, samples: 500, seconds: 0.5, loss: 0.75 });
  progress.show(epochReport(1));
  progress.show({ type: 'progress', epoch: 2, step: 15, samples: 1500, seconds: 1.5, loss: 0.375 });
  progress.show(epochReport(2));
  progress.stop();
}

describe('progress in a pipe', () => {
  it('writes a line for each epoch', () => {
    const stream = makeStream(false);
    show(new TrainProgress(2, stream));
    expect(stream.written().split('\n')).toEqual([
      'epoch 1/2  loss 0.5, accuracy 90.00 %  validation loss 0.6, accuracy 85.00 %  1,000 samples/s',
      'epoch 2/2  loss 0.25, accuracy 90.00 %  validation loss 0.6, accuracy 85.00 %  1,000 samples/s',
      '',
    ]);
  });
});

it('says once how long a long training takes at most, unless a bar shows it', () => {
  const outputs = [false, true].map(isTTY => {
    const stream = makeStream(isTTY);
    const progress = new TrainProgress(2, stream);
    progress.show({ ...START, totalSteps: 2000, totalSamples: 200_000 });
    for (const step of [5, 10, 15, 20, 25, 30]) {
      const [samples, seconds] = [100 * step, step / 10];
      progress.show({ type: 'progress', epoch: 1, step, samples, seconds, loss: 0.5 });
    }
    progress.stop();
    return stream.written();
  });
  // 1,000 of 200,000 rows are done after 1 s.
  expect(outputs[0]).toBe('about 3 min 19 s more at most\n');
  expect(outputs[1]).not.toContain('at most');
});

it('reports which worker was lost, and where', () => {
  const stream = makeStream(false);
  const progress = new TrainProgress(2, stream);
  const lost = { type: 'lost', epoch: 2, step: 1501, reason: 'no progress for 60 s', times: 1 } as const;
  progress.show({ ...lost, worker: 3, phase: 'training' });
  progress.show({ ...lost, worker: null, phase: 'validation' });
  expect(stream.written().split('\n')).toEqual([
    'step 1,501 (epoch 2): worker 3 was lost (no progress for 60 s); continuing with new threads',
    'validation of epoch 2: a worker was lost (no progress for 60 s); continuing with new threads',
    '',
  ]);
});

describe('progress on a terminal', () => {
  it('shows a bar with rate and remaining time below the lines of the epochs', () => {
    const stream = makeStream(true);
    show(new TrainProgress(2, stream));
    expect(stream.written()).toContain('epoch 1/2  loss 0.5, accuracy 90.00 %');
    expect(stream.written()).toContain('epoch 2/2  loss 0.25, accuracy 90.00 %');
  });
});

it('shows the loss of the current epoch in the bar', () => {
  const stream = makeStream(true);
  const progress = new TrainProgress(2, stream);
  progress.show(START);
  progress.show({ type: 'progress', epoch: 1, step: 0, samples: 0, seconds: 0.1, loss: null });
  progress.show({ type: 'progress', epoch: 1, step: 5, samples: 500, seconds: 0.5, loss: 0.7512 });
  progress.stop();
  expect(stream.written()).toContain('loss 0.7512');
});

it('shows nothing without a stream', () => {
  show(new TrainProgress(2, null));
});

it('can be stopped before it starts, and twice', () => {
  const progress = new TrainProgress(2, makeStream(true));
  progress.stop();
  progress.show(START);
  progress.stop();
  progress.stop();
});
