/** Computes points and curves of a strong or weak study from its samples. Pure functions. */

import { RANK_PHASES } from '../../model/plan.js';
import { byPhase } from '../../session/phases.js';
import { median } from '../bench/statistics.js';
import { DISTURBED, disturbanceOf } from '../machine/load.js';
import { efficiencyFactors } from './laws/factors.js';
import { fit as fitLaw, type Observation } from './laws/fit.js';
import { summarizeRepeats } from './laws/repeats.js';
import { partsOfStep } from './laws/roofline.js';
import { strongSerialFraction, weakSerialFraction } from './laws/serial-fraction.js';
import { strongSpeedup, weakSpeedup } from './laws/speedup.js';
import { type CurveSetup, curvesOf, idOf, isCompared, planPoints, scalingPoint, teamsOf } from './points.js';
import {
  barrierCost,
  measureRates,
  type ProjectionBasis,
  predictMeasured,
  predictStep,
  serialOf,
} from './projection.js';
import type {
  Curve,
  Fit,
  LawName,
  Point,
  PointSetup,
  Projection,
  Roofs,
  Sample,
  Scaling,
} from './scaling-schema.js';
import type { NetworkLink, Statistic, StudyConfiguration } from './study-header.js';

/** Statistics of every point, and the curves that they form. */
export function assembleScaling(
  configuration: StudyConfiguration,
  cores: number,
  samples: readonly Sample[],
  roofs: readonly Roofs[],
): { points: Point[]; curves: Curve[] } {
  const points = planPoints(configuration, cores).map(setup =>
    assemblePoint(setup, samplesOf(idOf(setup), samples), cores),
  );
  const byId = new Map(points.map(point => [point.id, point]));
  const measured = { configuration, cores, points: byId, samples, roofs };
  const curves = curvesOf(configuration).map(curve => assembleCurve(measured, curve));
  return { points, curves };
}

function samplesOf(id: string, samples: readonly Sample[]): Sample[] {
  return samples.filter(({ point }) => point === id);
}

/** Measurements shared by all curves of a study. */
interface Measured {
  configuration: StudyConfiguration;
  cores: number;
  points: ReadonlyMap<string, Point>;
  samples: readonly Sample[];
  roofs: readonly Roofs[];
}

function assemblePoint(setup: PointSetup, samples: readonly Sample[], cores: number): Point {
  const summarize = (figure: (sample: Sample) => number) => summarizeRepeats(samples.map(figure));
  const disturbances = samples.map(({ load }) => disturbanceOf(load));
  const stepSeconds = summarize(sample => sample.stepSeconds.median);
  return {
    id: idOf(setup),
    ...setup,
    excluded: exclusionOf(setup, coresOf(samples) ?? cores, samples[0]?.note ?? null),
    samplesPerSecond: summarize(sample => sample.samplesPerSecond),
    stepSeconds,
    gflops: summarize(sample => sample.gflops),
    productGflops: summarize(sample => sample.productGflops),
    imbalance: summarize(sample => sample.imbalance),
    clock: summarize(({ clock }) => (clock.before + clock.after) / 2),
    disturbance: Math.max(0, ...disturbances),
    disturbed: disturbances.filter(share => share > DISTURBED).length,
    peakBytes: summarize(sample => sample.peakBytes),
    phases: typicalPhases(samples, stepSeconds.median),
  };
}

/** @param note how the launcher has bound ranks, which may be why they have so few cores */
function exclusionOf({ workers }: PointSetup, cores: number, note: string | null): string | null {
  if (workers <= cores) return null;
  const reason = `${workers} workers on ${cores} ${cores === 1 ? 'core' : 'cores'}`;
  return note === null ? reason : `${reason}; ${note}`;
}

/** Cores of all ranks; null for one rank, which has those of this process, or if it is not known. */
function coresOf(samples: readonly Sample[]): number | null {
  const [first] = samples;
  return first !== undefined && first.ranks > 1 ? first.cpus : null;
}

/**
 * The median of each phase over the repeats, scaled by a common factor so that they add up to the median
 * step.
 */
function typicalPhases(samples: readonly Sample[], step: number): Point['phases'] {
  const medians = RANK_PHASES.map(phase => median(samples.map(sample => sample.phases[phase] ?? 0)));
  const scale = step / medians.reduce((sum, seconds) => sum + seconds, 0);
  return byPhase(medians.map(seconds => scale * seconds));
}

function assembleCurve(measured: Measured, curve: CurveSetup): Curve {
  const { configuration, points } = measured;
  const serial = serialOf(points, curve);
  const onCurve = teamsOf(configuration, curve).map(
    team => points.get(idOf(scalingPoint(configuration, curve, team)))!,
  );
  const one = onCurve.find(({ workers }) => workers === 1);
  return {
    id: curveId(curve),
    ...curve,
    serialPoint: serial.id,
    onePoint: one?.id ?? null,
    scaling: onCurve.map(point => assembleRow(measured, serial, one, point)),
    fits: assembleFits(measured, serial, onCurve),
    projection: assembleProjection(measured, curve, serial, onCurve),
  };
}

/** Example: 784,128,10/blas/1024, or over ranks 784,128,10/blas/1024/2 each. */
function curveId({ layers, backend, batchSize, workersPerRank }: CurveSetup): string {
  const each = workersPerRank === null ? '' : `/${workersPerRank} each`;
  return `${layers}/${backend}/${batchSize}${each}`;
}

function assembleRow(
  { configuration: { mode }, samples, roofs }: Measured,
  serial: Point,
  one: Point | undefined,
  point: Point,
): Scaling {
  const { ranks, workers, excluded } = point;
  const speedup = mode === 'weak' ? weakSpeedup : strongSpeedup;
  const serialFraction = mode === 'weak' ? weakSerialFraction : strongSerialFraction;
  const against = (base: Point) => speedup(...independent(base, point), workers);
  const figures = against(serial);
  const base = { seconds: serial.stepSeconds.median, hertz: serial.clock.median };
  const factors = efficiencyFactors(mode === 'weak' ? 'weak' : 'strong', base, point);
  const own = roofs.find(one => one.backend === point.backend && one.workers === workers / ranks);
  const { byBlock } = samples.find(sample => sample.point === point.id)!;
  return {
    ranks,
    workers,
    point: point.id,
    excluded,
    ...figures,
    speedupOverOne: one ? against(one).speedup : null,
    serial: workers === 1 ? null : serialFraction(serial.phases, point.phases, workers),
    clockCorrected: figures.efficiency.value / factors.clock,
    factors,
    roofline: own ? partsOfStep(point, byBlock, own) : [],
  };
}

/**
 * The step times of two points; if they are the same point, without errors, because both are the same
 * measurement.
 */
function independent(base: Point, point: Point): [Statistic, Statistic] {
  const { stepSeconds } = point;
  if (base.id !== point.id) return [base.stepSeconds, stepSeconds];
  const exact = { ...stepSeconds, standardError: null };
  return [exact, exact];
}

/** Fits Amdahl's or Gustafson's law to the speedups, and the Universal Scalability Law to the throughputs. */
function assembleFits({ configuration, samples }: Measured, serial: Point, onCurve: readonly Point[]): Fit[] {
  const { mode, project } = configuration;
  const within = onCurve.filter(({ excluded }) => excluded === null);
  const observe = (figure: (sample: Sample) => number): Observation[] =>
    within.flatMap(({ id, workers }) =>
      samplesOf(id, samples).map(sample => ({ workers, value: figure(sample) })),
    );
  const perStep = serial.samplesPerSecond.median;
  const speedups = observe(({ samplesPerSecond }) => samplesPerSecond / perStep);
  const law: LawName = mode === 'weak' ? 'gustafson' : 'amdahl';
  const upTo = Math.max(...onCurve.map(({ workers }) => workers), ...project);
  const { median, standardError } = serial.stepSeconds;
  return [
    fitLaw(law, speedups, { upTo, serialError: (standardError ?? 0) / median }),
    fitLaw(
      'usl',
      observe(({ samplesPerSecond }) => samplesPerSecond),
      { upTo },
    ),
  ];
}

function assembleProjection(
  measured: Measured,
  curve: CurveSetup,
  serial: Point,
  onCurve: readonly Point[],
): Projection {
  const { configuration, cores, points, samples } = measured;
  const { slabBytes, byBlock } = samples.find(({ point }) => point === serial.id)!;
  const barrier = (workers: number) =>
    [...points.values()].find(
      point => point.role === 'barrier' && point.backend === curve.backend && point.workers === workers,
    );
  const link = linkOf(samples, curve);
  const rates = { ...measureRates(serial, slabBytes, byBlock, barrierCost(barrier(1), barrier(2))), link };
  const basis: ProjectionBasis = { configuration, curve, cores, points, slabBytes, rates };
  return {
    rates,
    heldOut: onCurve
      .filter(point => isCompared(point, cores))
      .flatMap(({ ranks, workers, stepSeconds }) => {
        const prediction = predictMeasured(basis, { ranks, workers }, coresAt(measured, ranks));
        if (prediction === null) return [];
        const { median } = stepSeconds;
        return { prediction, measuredStepSeconds: median, error: prediction.stepSeconds / median - 1 };
      }),
    predictions: configuration.project.flatMap(workers => predictStep(basis, workers) ?? []),
  };
}

/**
 * The link between two ranks, by messages of the size that the steps of the curve exchange, from the launches of the fewest:
 * more of them would compete for the cores.
 */
function linkOf(samples: readonly Sample[], { layers }: CurveSetup): NetworkLink | null {
  const own = samples.filter(sample => sample.layers.join() === layers.join());
  const fewest = Math.min(...own.flatMap(({ link, ranks }) => (link ? ranks : [])));
  const links = own.flatMap(({ link, ranks }) => (link && ranks === fewest ? link : []));
  if (links.length === 0) return null;
  return {
    bytesPerSecond: median(links.map(({ bytesPerSecond }) => bytesPerSecond)),
    latencySeconds: median(links.map(({ latencySeconds }) => latencySeconds)),
  };
}

/** Cores that so many ranks have together. */
function coresAt({ samples, cores }: Measured, ranks: number): number {
  return coresOf(samples.filter(sample => sample.ranks === ranks)) ?? cores * ranks;
}
