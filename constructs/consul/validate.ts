import { ConfigurationError } from '@groundwork/contract';
import { type Resources, validateResource } from '../kubernetes/resources.ts';
import { Size } from '../kubernetes/units.ts';
import { errorIf, validateInteger } from '../kubernetes/validate.ts';

const LEAST_STORAGE = Size.gibibytes(1);
const LEAST_MEMORY = Size.mebibytes(96);

/** Props to validate. */
export interface Checked {
  readonly servers: number;
  readonly datacenter: string;
  readonly storage: Size;
  readonly resources: Resources;
  readonly agentResources: Resources;
  readonly nodes: number;
  readonly snapshots: { readonly schedule: string; readonly keep: number; readonly storage: Size };
}

/** @returns one ConfigurationError for each invalid field */
export function validateConsul(
  where: string,
  { servers, datacenter, storage, resources, agentResources, snapshots, nodes }: Checked,
): ConfigurationError[] {
  return [
    ...validateMemory(`${where} › resources`, resources),
    ...validateMemory(`${where} › agentResources`, agentResources),
    ...validateStorage(`${where} › storage`, storage),
    ...validateStorage(`${where} › snapshots.storage`, snapshots.storage),
    ...errorIf(![1, 3, 5].includes(servers), {
      code: 'consul-invalid',
      where: `${where} › servers`,
      problem: `servers must be 1, 3 or 5, got ${servers}: an even number tolerates no more failures than one less`,
      fix: 'write 1 for development, 3 otherwise, or 5 to tolerate two failures',
    }),
    ...validateInteger(`${where} › nodes`, nodes, [1], 'omit it for 3'),
    ...errorIf(!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(datacenter), {
      code: 'consul-invalid',
      where: `${where} › datacenter`,
      problem: `datacenter must be a DNS label, since it is part of DNS names in certificates, got '${datacenter}'`,
      fix: "write lower-case letters, digits and dashes, such as 'dc1'",
    }),
    ...validateInteger(`${where} › snapshots.keep`, snapshots.keep, [1], 'omit it for 48'),
    ...errorIf(!/^(\S+ ){4}\S+$/.test(snapshots.schedule), {
      code: 'consul-invalid',
      where: `${where} › snapshots.schedule`,
      problem: `schedule must be a cron expression of five fields, got '${snapshots.schedule}'`,
      fix: "write minute, hour, day, month and weekday, such as '17 * * * *'",
    }),
  ];
}

function validateMemory(where: string, resources: Resources): ConfigurationError[] {
  const found = validateResource(where, resources);
  if (found.length > 0 || resources.memory.toKibibytes() >= LEAST_MEMORY.toKibibytes()) return found;
  const what = `memory must be at least ${LEAST_MEMORY.asString()} for Consul and its probe, got ${resources.memory.asString()}`;
  return [
    new ConfigurationError({
      code: 'consul-invalid',
      where: `${where} › memory`,
      problem: what,
      fix: 'write Size.mebibytes(192) or more',
    }),
  ];
}

function validateStorage(where: string, storage: Size): ConfigurationError[] {
  return errorIf(storage.toKibibytes() < LEAST_STORAGE.toKibibytes(), {
    code: 'consul-invalid',
    where,
    problem: `storage must be at least 1Gi, got ${storage.asString()}: a full volume stops a server`,
    fix: 'write Size.gibibytes(1) or more',
  });
}
