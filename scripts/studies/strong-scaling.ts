/**
 * Strong scaling of four networks, from one that fits into a core's first-level cache to one with 2.9 million
 * parameters.
 *
 *     node dist/scripts/studies/strong-scaling.js [FOLDER]
 *
 * After about ten minutes it prints for each network a table of samples/s, speedup, efficiency and serial
 * fraction by worker count; Amdahl's law, and with four cores or more the Universal Scalability Law; and
 * predictions for 64 workers on one machine. The large networks scale almost perfectly (a speedup of 1.9 or
 * more on two cores), with a serial fraction of a few hundredths; the smallest one, whose step takes tens of
 * microseconds, gains least, and loses most of its time waiting at the barrier. Last comes a line for each
 * network with the serial fraction of Amdahl's law.
 */
import { runStudy } from './run.js';

const result = await runStudy(
  {
    mode: 'strong',
    networks: [
      [784, 30, 10],
      [784, 128, 10],
      [784, 512, 512, 10],
      [784, 1024, 1024, 1024, 10],
    ],
    activation: 'tanh',
    batchSizes: [1024],
    project: [64],
    seconds: 2,
  },
  process.argv[2] ?? 'studies/strong-scaling',
);

if (result.mode !== 'batch') {
  for (const { id, fits } of result.curves) {
    const amdahl = fits.find(({ law }) => law === 'amdahl');
    const s = amdahl?.fitted ? amdahl.parameters.serialFraction : undefined;
    console.log(
      `${id}: ${s === undefined ? 'no fit' : `s between ${s.low.toFixed(4)} and ${s.high.toFixed(4)}`}`,
    );
  }
}
