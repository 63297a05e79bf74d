/** lockstep explain MODEL DATA: what a model has learnt, on data with known targets. */
import { filesOf } from '../data/source-files.js';
import { usageError } from '../errors.js';
import { explain, usualMetric } from '../lab/explain/explain.js';
import { explanationText } from '../report/explain/text.js';
import { formatCount } from '../report/format.js';
import { writeAtomically } from '../store/atomic.js';
import { packageVersion } from '../version.js';
import type { Call } from './line/call.js';
import { tellCrowding } from './line/messages.js';
import { print, printJson, withPassingLine } from './line/print.js';
import { unlessAborted } from './line/signals.js';
import { findRun } from './run/find-run.js';
import { checkRun, learningCurveOf } from './run/learning-curve.js';
import { findModel, loadFor, openModel } from './run/model.js';
import { placeOf } from './run/output-file.js';
import { pick } from './settings/pick.js';

export async function run(call: Call): Promise<number> {
  return unlessAborted(explainModel(call), call.signal);
}

async function explainModel(call: Call): Promise<number> {
  const { operands, settings, line: command } = call;
  const source = operands[1]!;
  const path = await findRun(operands[0]!);
  const { out, force, metrics } = settings;
  const inputs = [
    { name: 'DATA', paths: await filesOf(source) },
    { name: 'the model', paths: [await findModel(path)] },
  ];
  const place = out === null ? null : await placeOf({ out, force, replacesPages: true, inputs });
  if (settings.learningCurve) await checkRun(path);
  const model = await openModel(path);
  const data = await loadFor(model, source, settings, { requireTargets: true });
  if (metrics !== null && metrics.length !== 1) {
    throw usageError(
      `--metrics: expected one, by which columns are judged, got ${metrics.length}.`,
      `Try --metrics ${metrics[0]}.`,
    );
  }
  tellCrowding(settings);
  const machine = pick(settings, 'workers', 'shards', 'backend', 'blas');
  const options = {
    ...machine,
    ...pick(settings, 'permutations', 'seed', 'temperature'),
    metric: metrics?.[0] ?? null,
  };
  const found = await withPassingLine(show =>
    explain(model, data, options, (done, all) =>
      show(`${formatCount(done)} of ${formatCount(all)} shuffles`),
    ),
  );
  if (settings.learningCurve) {
    const metric = options.metric ?? usualMetric(model);
    found.learningCurve = await withPassingLine(show => learningCurveOf(path, data, call, metric, show));
  }
  if (place !== null) {
    // The plots of its page take time to load.
    const { explanationPage } = await import('../report/explain/page.js');
    const about = { model: path, data: data.source, command, version: packageVersion() };
    await writeAtomically(place, [explanationPage(found, about)]);
  }
  if (settings.json) printJson({ ...found, ...(out !== null && { out }) });
  else print(`${explanationText(found)}${out === null ? '' : `\n\npage  ${out}`}`);
  return 0;
}
