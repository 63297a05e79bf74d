/** Times calls for all benches: tinybench's median after a warm-up. */
import { Bench } from 'tinybench';

const MILLISECONDS = 400;

/** Median seconds of one call. A call shorter than a few µs should repeat its work. */
export async function medianSeconds(call: () => unknown): Promise<number> {
  const bench = new Bench({ time: MILLISECONDS, warmupTime: MILLISECONDS / 4 });
  bench.add('call', call);
  const [task] = await bench.run();
  const result = task!.result;
  if ('error' in result) throw result.error;
  if (!('latency' in result)) throw new Error(`the bench ended as ${result.state}`);
  return result.latency.p50 / 1000;
}
