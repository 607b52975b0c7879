/** Policy: what every object of every environment must hold to. */
export { enforce } from './enforce.ts';
export type { Exception } from './exceptions.ts';
export { type Check, type Fault, type Rule, SEVERITIES, type Severity } from './rule.ts';
export { groups, rules } from './rules/index.ts';
export { type PolicyOptions, type Violation, violations } from './violations.ts';
