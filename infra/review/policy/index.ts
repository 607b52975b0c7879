/** Policy: the rules for every object of every environment. */
export { enforce } from './enforce.ts';
export type { Exception } from './exceptions.ts';
export { type Check, type Fault, type Rule, SEVERITIES, type Severity } from './rule.ts';
export { groups, rules } from './rules/index.ts';
export { type PolicyOptions, type Violation, violations } from './violations.ts';
