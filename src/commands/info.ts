/** lockstep info MODEL|DATA: shows what is in a model or in data, or the progress of a search, study or cross-validation. */
import { needsOf, optionsOf } from '../config/options.js';
import { type LockstepError, usageError } from '../errors.js';
import { leaderOfProcess } from '../session/leader.js';
import type { Call } from './line/call.js';
import { print, printJson } from './line/print.js';
import { unlessAborted } from './line/signals.js';
import { describeThisMachine } from './machine-listing.js';
import { describeMpi } from './mpi-listing.js';
import { describeNative } from './native-listing.js';
import { type DescribedData, describeData } from './run/describe-data.js';
import { describeFolder } from './run/describe-folder.js';
import { describeCard, describeModel, describePass } from './run/describe-model.js';
import { findRun } from './run/find-run.js';
import { isModel } from './run/model.js';
import { checkNeeds } from './settings/needs.js';

export async function run({ operands, settings, signal }: Call): Promise<number> {
  const [path] = operands;
  const { text, data, problem } = await unlessAborted(describe(path, settings), signal);
  if (problem) {
    // The problem is the last thing to be seen.
    if (!settings.json) print(`${text}\n`);
    throw problem;
  }
  if (settings.json) printJson(data);
  else print(text);
  return 0;
}

/** Options that describe the training whose kernels --native lists, or what to do with them. */
const OF_NATIVE = optionsOf('info').filter(key => needsOf(key, 'info').some(([other]) => other === 'native'));

async function describe(path: string | undefined, settings: Call['settings']): Promise<DescribedData> {
  checkNeeds('info', settings, { keys: OF_NATIVE });
  const { native, mpi, machine } = settings;
  const asksMpi = mpi !== null && (mpi !== 'off' || path === undefined);
  if (native === null && !asksMpi && !machine) return describePath(path!, settings);
  if (path !== undefined) throw notBeside(path, settings);
  if (machine && native === null && !asksMpi) return describeThisMachine();
  if (machine) throw notBeside(native ? '--native' : '--mpi', settings);
  return settings.native ? describeNative(settings.native, settings) : describeMpi(leaderOfProcess().ranks);
}

function notBeside(path: string, { native, machine }: Call['settings']): LockstepError {
  const shows = machine ? '--machine shows this machine' : '--mpi shows the ranks';
  return usageError(
    native && !machine
      ? `--native takes the layers of a network, and no MODEL or DATA beside them; got ${path}.`
      : `${shows}, and no MODEL or DATA beside them; got ${path}.`,
    'Leave one of them out.',
  );
}

async function describePath(path: string, settings: Call['settings']): Promise<DescribedData> {
  if (settings.pass) return describePass(await findRun(path));
  if (settings.card) return describeCard(await findRun(path));
  const folder = await describeFolder(path);
  if (folder) return folder;
  return (await isModel(path)) ? describeModel(path) : describeData(path, settings);
}
