/** AdamW (Loshchilov and Hutter 2019): Adam with decoupled weight decay, w ← (1 − α λ) w beside its step. */
import { ADAM_CONSTANTS, adamSlabs, adamStep } from './adam.js';
import { defineRule } from './rule.js';

export const adamw = defineRule({
  name: 'adamw',
  constants: { ...ADAM_CONSTANTS, weightDecay: 0.01 },
  learningRate: 0.001,
  wholeBatches: null,
  slabs: adamSlabs,
  step: adamStep,
});
