/** A step as people read it: the list of its operations, from the very list that the workers run. Pure functions. */
import { type StepChoice, stepOf } from '../model/lone-step.js';
import { describeLoss, layersOf, type Network } from '../model/network.js';
import type { LayerStep, Operation } from '../model/operations.js';
import type { Optimizer } from '../model/optimizer.js';
import type { Over, Pass } from '../model/pass.js';
import { counted } from './format.js';

/** What one worker alone does in a step. */
export function renderStep(network: Network, { batchRows, optimizer, backend }: StepChoice): string {
  const { shards, byBlock, passes } = stepOf(network, { batchRows, optimizer, backend });
  const { gradient, update } = passes;
  const lines: Line[] = [
    `A step of ${counted(batchRows, 'row')} in ${counted(shards, 'shard')}, ${byBlock ? 'by block' : 'by shard'}, by ${optimizer.name}:`,
    ...passLines('gradient pass', gradient, network, optimizer),
    'all workers meet; if E is not finite, training ends',
    ...passLines('update pass', update, network, optimizer),
    'all workers meet',
  ];
  const width = Math.max(...lines.map(line => (typeof line === 'string' ? 0 : line.name.length)));
  return lines
    .map(line => (typeof line === 'string' ? line : `  ${line.name.padEnd(width)}  ${line.text}`.trimEnd()))
    .join('\n');
}

/** A heading, or an operation and what it does. */
type Line = string | { name: string; text: string };

const WHERE: Readonly<Record<Over, string>> = {
  'micro-batches': 'for each micro-batch of the worker’s shards',
  part: 'for the worker’s part of the rows',
  shards: 'for each of the worker’s shards',
  batch: 'for the batch',
};

function passLines(name: string, pass: Pass, network: Network, optimizer: Optimizer): Line[] {
  return pass.flatMap(({ over, operations }) => {
    const lines = groupsOf(operations).map(group => operationLine(group, network, optimizer));
    return [`${name}, ${WHERE[over]}`, ...lines];
  });
}

/** Operations of the same name between two barriers: the parts in which one is done. */
function groupsOf(operations: readonly Operation[]): Operation[][] {
  const groups: Operation[][] = [];
  let byName = new Map<string, Operation[]>();
  for (const operation of operations) {
    const name = nameOf(operation);
    if (operation.kind === 'barrier') byName = new Map();
    const group = byName.get(name);
    if (group) group.push(operation);
    else {
      groups.push([operation]);
      byName.set(name, groups.at(-1)!);
    }
  }
  return groups;
}

function operationLine(group: readonly Operation[], network: Network, optimizer: Optimizer): Line {
  const [first] = group as [Operation];
  const inParts = group.length > 1 ? `, in ${group.length} parts` : '';
  return { name: nameOf(first), text: `${describe(first, group.at(-1)!, network, optimizer)}${inParts}` };
}

/** The kind, and the layer if it is of one. */
function nameOf(operation: Operation): string {
  return 'layer' in operation ? `${operation.kind} ${operation.layer}` : operation.kind;
}

/** What is computed: of all parts together. */
function describe(first: Operation, last: Operation, network: Network, optimizer: Optimizer): string {
  switch (first.kind) {
    case 'clear':
      return 'E and right rows of the shard ← 0, at its first rows';
    case 'gather':
      return `x, y ← rows of the data: ${counted(first.features, 'feature')}`;
    case 'layer': {
      const { layer: l, outputs } = first;
      // The product with x comes before that with z(l−1), after which z(l) is known.
      const { activation } = last as LayerStep;
      const z = activation === null ? '' : `, z(${l}) ← ${activation}(a + b)`;
      return `a ← ${inputOf(network, l)} W(${l})${z}: ${layersOf(network)[l - 1]!.inputs} → ${outputs}`;
    }
    case 'loss':
      return `E, right rows, δ(${network.layers.length - 1}): ${describeLoss(network)}, ${first.activation}`;
    case 'gradient': {
      const { layer: l, outputs } = first;
      const { inputs } = layersOf(network)[l - 1]!;
      return `∂E/∂W(${l}) ← ${inputOf(network, l)}ᵀ δ(${l}), ∂E/∂b ← Σ δ(${l}): (${inputs} + 1) × ${outputs}`;
    }
    case 'fold':
      return 'gradients of two halves of a block of shards ← their sum, for each block that is complete';
    case 'join':
      return first.of === 'rank'
        ? 'sums of the workers ← added by the tree, up to those to exchange'
        : 'sums that the workers are left with ← added by the tree, all but the last two';
    case 'delta':
      return `δ(${first.layer}) ← δ(${first.layer + 1}) W(${first.layer + 1})ᵀ ⊙ g′: ${first.width}`;
    case 'sum':
      return 'gw ← scale Σ gradients + penalties';
    case 'exchange':
      return 'sums of this rank → all others, and theirs → this one';
    case 'spread':
      return 'what this rank has updated → all others, and theirs → this one';
    case 'norms':
      return 'what the norms make of the gradient and the step';
    case 'direct':
      return 'gw ← the direction of the step';
    case 'apply':
      return `W ← by ${optimizer.name}${first.sums ? ', from the sum of the last two' : ''}`;
    case 'barrier':
      return 'all workers meet';
    default:
      return '';
  }
}

/** What W(l) is multiplied by. */
function inputOf(network: Network, l: number): string {
  return layersOf(network)[l - 1]!.beside === undefined ? `z(${l - 1})` : `[x, z(${l - 1})]`;
}
