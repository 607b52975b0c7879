/** The environments of the shop. */
import { dev } from './dev.ts';
import type { Environment } from './environment.ts';
import { production } from './production.ts';
import { staging } from './staging.ts';

export { deploySettings, type Environment, type ServiceSizing } from './environment.ts';
export { dev, production, staging };

/** All environments by name. */
export const environments = { dev, staging, production } as const satisfies Record<string, Environment>;
