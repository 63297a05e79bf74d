/** Every kernel of the contract, over fixed inputs of several shapes: names and calls. */
import { ELEMENT_CHECKS } from './element-checks.js';
import { LOSS_CHECKS } from './loss-checks.js';
import { PRODUCT_CHECKS } from './product-checks.js';
import { RULE_CHECKS } from './rule-checks.js';
import type { Sheet } from './sheet.js';

/** What is run, by the name that a difference is reported with. */
export const KERNEL_CHECKS: Readonly<Record<string, (sheet: Sheet) => void>> = {
  ...PRODUCT_CHECKS,
  ...ELEMENT_CHECKS,
  ...LOSS_CHECKS,
  ...RULE_CHECKS,
};
