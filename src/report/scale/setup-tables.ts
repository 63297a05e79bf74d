/** The machine and the configuration of a study as tables. */

import type { Study } from '../../lab/scale/schema.js';
import type { NetworkLink, SearchConfiguration, StudyConfiguration } from '../../lab/scale/study-header.js';
import { isRising } from '../../model/metric.js';
import { counted, formatBytes, formatCount } from '../format.js';
import { type Content, html } from '../html.js';
import { htmlTable } from '../html-table.js';
import { topologyPairs } from '../machine.js';
import { nameOfMetric } from '../metric.js';
import { withoutFolders } from './public-text.js';

export function setupTables({ machine, configuration, startedAt, finishedAt }: Study): Content {
  const { cpu, cores, usableCores, memoryBytes, topology, os, node, lockstep, backends } = machine;
  const machineRows = [
    ['processor', cpu],
    ['logical processors', `${cores}, ${usableCores} of them usable`],
    ['memory', formatBytes(memoryBytes)],
    ...topologyPairs(topology),
    ['system', os],
    ['Node.js', node],
    ['lockstep', lockstep],
    ...Object.entries(backends).map(([name, text]) => [name, withoutFolders(text)]),
    ['started', timeText(startedAt)],
    ['finished', timeText(finishedAt)],
  ];
  return html`<div class="figures"><div>${pairTable('machine', machineRows)}</div><div>${pairTable(
    'configuration',
    configurationRows(configuration),
  )}</div></div>`;
}

/** 2026-12-01 14:16:14 UTC */
function timeText(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

function pairTable(name: string, rows: readonly (readonly string[])[]): Content {
  return htmlTable({ heads: [name, ''], rows, words: true });
}

function configurationRows(configuration: StudyConfiguration): string[][] {
  const { mode, networks, activation, batchSizes, workers, shards, backends, update } = configuration;
  const { repeats, retakes, seconds, rows, data, seed, project, network, search, ranks, launcher } =
    configuration;
  const isOnRanks = ranks.some(count => count > 1);
  return [
    ['mode', mode],
    ['networks', networks.map(layers => layers.join(',')).join('; ')],
    ['activation', activation],
    [mode === 'weak' ? 'batch size per worker' : 'batch sizes', batchSizes.map(formatCount).join('; ')],
    [isOnRanks ? 'workers of each rank' : 'workers', workers.join(', ')],
    ...(isOnRanks ? [['ranks', ranks.join(', ')]] : []),
    ...(launcher === null ? [] : [['launcher', withoutFolders(launcher)]]),
    ['shards', String(shards)],
    ['backends', backends.join(', ')],
    ['update', update],
    ['data', data === null ? `${formatCount(rows)} random rows` : withoutFolders(data)],
    ['seed', String(seed)],
    ...(search === null
      ? [
          [
            'repeats',
            `${repeats}, ${seconds} s each; ${retakes === 0 ? 'never taken again' : `taken again at most ${counted(retakes, 'time')} if disturbed`}`,
          ],
        ]
      : searchRows(search)),
    ...(project.length === 0 ? [] : [['projected to', `${project.join(', ')} workers`]]),
    ...(network === null ? [] : [['network', linkText(network)]]),
  ];
}

function linkText({ bytesPerSecond, latencySeconds }: NetworkLink): string {
  return `${formatBytes(bytesPerSecond)}/s, ${(latencySeconds * 1e6).toFixed(1)} µs`;
}

function searchRows(search: SearchConfiguration): string[][] {
  const { target, searches, learningRates, maxEpochs, maxSteps } = search;
  const budget = `${formatCount(maxEpochs)} epochs${maxSteps === null ? '' : `, ${formatCount(maxSteps)} steps`}`;
  return [
    ['target', targetText(target)],
    ['learning rates', `${searches} per batch size, from ${learningRates.low} to ${learningRates.high}`],
    ['budget of a trial', budget],
  ];
}

/** validation accuracy of at least 0.97 */
export function targetText({ metric, value }: SearchConfiguration['target']): string {
  return `validation ${nameOfMetric(metric)} of at ${isRising(metric) ? 'least' : 'most'} ${value}`;
}
