import { CONSUL } from './consul.ts';
import { GRAFANA } from './grafana.ts';
import type { Procedure } from './procedure.ts';

/** Procedures by the name of the secret. */
export const PROCEDURES: ReadonlyMap<string, Procedure> = new Map(Object.entries({ ...CONSUL, ...GRAFANA }));
