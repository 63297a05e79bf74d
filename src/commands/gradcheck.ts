/**
 * lockstep gradcheck: compares, layer by layer, the gradient of the kernels, computed exactly as in training, with that of a
 * computational graph, and the graph with central differences.
 */
import { messageInFlags } from '../config/flags.js';
import { targetsOf } from '../data/reconstruction.js';
import { LockstepError } from '../errors.js';
import { chooseBackend } from '../kernels/choose.js';
import { BACKENDS, type BackendName } from '../kernels/kernels.js';
import { drawFor, type GradcheckCase, gradcheckCases } from '../lab/gradcheck-cases.js';
import { describeLoss } from '../model/network.js';
import { checkGradient, checkScale, type GradientCheck } from '../reference/gradient-check.js';
import { formatCount } from '../report/format.js';
import { renderTable } from '../report/table.js';
import type { MachineOptions } from '../session/machine.js';
import { computeGradient, computeScaleGradient, scaleInputs } from '../train/jobs/gradient.js';
import type { Call } from './line/call.js';
import { tellCrowding } from './line/messages.js';
import { print, printJson, say, withPassingLine } from './line/print.js';
import { unlessAborted } from './line/signals.js';

/** The kernels compute in float32, whose unit roundoff is 6e-8; a gradient of this size takes some dozens of roundings. */
const FAST_TOLERANCE = 1e-5;
/** Both are in float64. Central differences with h = 7.6e-6 are exact to about 1e-10, less what cancellation takes. */
const DIFFERENCES_TOLERANCE = 1e-6;

const REDUCTION = 'mean';

interface Verdict extends GradientCheck {
  backend: string;
  network: GradcheckCase['network'];
  /** What is unusual about rows, targets or hidden units, if anything. */
  special: string | null;
  passed: boolean;
}

export async function run({ settings, signal }: Call): Promise<number> {
  const { backend, blas, seed, workers, shards, json } = settings;
  // With several backends, --blas is for blas only.
  const blasOf = (name: BackendName) => (name === 'blas' || name === backend ? blas : null);
  const backends = backend === 'auto' ? BACKENDS.filter(name => isThere(name, blasOf(name))) : [backend];
  const cases = gradcheckCases(seed);
  const verdicts: Verdict[] = [];
  tellCrowding(settings);
  await withPassingLine(async show => {
    for (const one of cases) {
      for (const name of backends) {
        const machine = { backend: name, blas: blasOf(name), workers, shards };
        verdicts.push(await unlessAborted(check(one, machine), signal));
      }
      show(`${verdicts.length} of ${cases.length * backends.length}`);
    }
  });
  const passed = verdicts.every(verdict => verdict.passed);
  if (json) {
    const tolerances = { fastToGraph: FAST_TOLERANCE, graphToDifferences: DIFFERENCES_TOLERANCE };
    printJson({ passed, tolerances, checks: verdicts });
  } else {
    print(verdictsText(verdicts));
  }
  return passed ? 0 : 1;
}

/** Whether the backend loads; if not, tells why it is left out. @throws failed if its path was given */
function isThere(name: BackendName, blas: string | null): boolean {
  try {
    chooseBackend(name, blas);
    return true;
  } catch (error) {
    if (blas !== null || !(error instanceof LockstepError)) throw error;
    say(`left out: ${messageInFlags(error)}`);
    return false;
  }
}

async function check(one: GradcheckCase, machine: MachineOptions): Promise<Verdict> {
  const { network, weights: unscaled, scale, data, perturbation, emphasis } = one;
  const weights = scale ? scaleInputs(network, unscaled, scale) : unscaled;
  const options = { ...machine, ...emphasis, reduction: REDUCTION, perturbation } as const;
  const fast = await computeGradient(network, weights, data, options);
  const { x, factor } = drawFor(one);
  const { rowWeights, labelWeights } = emphasis ?? {};
  const y = targetsOf(data);
  const result = checkGradient(network, weights, x, y, {
    ...{ fast, reduction: REDUCTION, l2: 0, factor, smoothing: emphasis?.labelSmoothing ?? 0 },
    ...(rowWeights && { rowWeights }),
    ...(labelWeights && { labelWeights }),
  });
  if (scale) {
    const ofScale = await computeScaleGradient(network, unscaled, scale, data, {
      ...machine,
      reduction: REDUCTION,
    });
    const given = { unscaled, scale, scaled: weights };
    result.layers.unshift(checkScale(network, given, x, y, { fast: ofScale, reduction: REDUCTION, l2: 0 }));
  }
  const passed =
    result.loss.difference <= FAST_TOLERANCE &&
    result.layers.every(
      layer => layer.fastToGraph <= FAST_TOLERANCE && layer.graphToDifferences <= DIFFERENCES_TOLERANCE,
    );
  return { backend: machine.backend, network, special: specialOf(one), passed, ...result };
}

function specialOf({ network, perturbation, scale, emphasis }: GradcheckCase): string | null {
  if (perturbation) return 'dropout';
  if (scale) return 'scale layer';
  if (network.waves) return 'waves';
  return emphasis?.name ?? null;
}

/** One line per layer; those of failed networks are marked. */
function verdictsText(verdicts: readonly Verdict[]): string {
  const rows = verdicts.flatMap(({ backend, network, special, layers, loss, passed }) =>
    layers.map(({ layer, fastToGraph, graphToDifferences }) => [
      `${network.layers.join('-')} ${network.hidden[0] ?? 'no hidden layer'}, ${network.output} + ${describeLoss(network)}${special === null ? '' : `, ${special}`}`,
      backend,
      layer === 0 ? 'scale' : String(layer),
      ...[fastToGraph, graphToDifferences, loss.difference].map(difference => difference.toExponential(1)),
      passed ? 'ok' : 'FAILED',
    ]),
  );
  const heads = ['network', 'backend', 'layer', 'kernels – graph', 'graph – differences', 'loss', ''];
  const failed = verdicts.filter(({ passed }) => !passed).length;
  const outcome = failed === 0 ? 'all within tolerance' : `${formatCount(failed)} FAILED`;
  return [
    renderTable(heads, rows),
    '',
    `${formatCount(verdicts.length)} networks, ${formatCount(rows.length)} layers: ${outcome} ` +
      `(kernels – graph ${FAST_TOLERANCE}, graph – differences ${DIFFERENCES_TOLERANCE}).`,
  ].join('\n');
}
