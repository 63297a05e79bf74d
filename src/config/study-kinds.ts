/** Kinds of values for measurements: networks, ranges, and the link between machines. */
import { type Kind, list, readNumber, whole } from './kinds.js';

/** Layer sizes of one network, or of several: separated by semicolons, or a list of lists. */
export const networks: Kind<number[][]> = {
  values: 'N,…',
  expected: 'layer sizes with commas between them, and semicolons between several networks',
  takesValue: true,
  read: raw => {
    const sizes = list(whole({ from: 1 }), { empty: false });
    const isOne = Array.isArray(raw) && raw.every(item => typeof item === 'number');
    const parts = (Array.isArray(raw) && !isOne ? raw : [raw]).flatMap(part =>
      typeof part === 'string' ? part.split(';') : [part],
    );
    const values = parts.map(part => sizes.read(part));
    return values.length === 0 || values.includes(undefined) ? undefined : (values as number[][]);
  },
  write: value => value.join(';'),
};

/** Two values in ascending order: LOW,HIGH. */
export function orderedPair(item: Kind<number>): Kind<[number, number]> {
  return {
    values: 'LOW,HIGH',
    expected: `${item.expected}, a comma and a larger one`,
    takesValue: true,
    read: raw => {
      const values = list(item, { empty: false }).read(raw);
      return values?.length === 2 && values[0]! < values[1]! ? [values[0]!, values[1]!] : undefined;
    },
  };
}

const BITS = { kbps: 1e3, mbps: 1e6, gbps: 1e9, tbps: 1e12 };
const SECONDS = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1 };

/** The bandwidth and the latency between machines: 25Gbps,10us. */
export const networkLink: Kind<{ bytesPerSecond: number; latencySeconds: number }> = {
  values: 'BANDWIDTH,LATENCY',
  expected: 'a bandwidth in Kbps, Mbps, Gbps or Tbps, a comma and a latency in ns, us, ms or s',
  takesValue: true,
  read: raw => {
    const parts = typeof raw === 'string' ? raw.toLowerCase().split(',') : [];
    const [bits, seconds, ...rest] = parts.map((part, i) => readUnit(part.trim(), i === 0 ? BITS : SECONDS));
    if (bits === undefined || seconds === undefined || bits <= 0 || rest.length > 0) return undefined;
    return { bytesPerSecond: bits / 8, latencySeconds: seconds };
  },
  write: ({ bytesPerSecond, latencySeconds }) => `${(8 * bytesPerSecond) / BITS.gbps}Gbps,${latencySeconds}s`,
};

/** 25gbps → 25e9 */
function readUnit(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, digits, unit] = /^([\d.e+-]+?)\s*([a-zµ]+)$/.exec(text) ?? [];
  const value = readNumber(digits);
  const factor = unit === undefined ? undefined : units[unit];
  return value === undefined || factor === undefined || value < 0 ? undefined : value * factor;
}
