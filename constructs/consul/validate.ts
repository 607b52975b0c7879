import { ConfigurationError } from '@groundwork/contract';
import { type Resources, validateResource } from '../kubernetes/resources.ts';
import { Size } from '../kubernetes/units.ts';

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
  const found = [
    ...validateMemory(`${where} › resources`, resources),
    ...validateMemory(`${where} › agentResources`, agentResources),
    ...validateStorage(`${where} › storage`, storage),
    ...validateStorage(`${where} › snapshots.storage`, snapshots.storage),
  ];
  if (![1, 3, 5].includes(servers)) {
    const what = `servers must be 1, 3 or 5, got ${servers}: an even number tolerates no more failures than one less`;
    found.push(
      new ConfigurationError({
        code: 'consul-invalid',
        where: `${where} › servers`,
        problem: what,
        fix: 'write 1 for development, 3 otherwise, or 5 to tolerate two failures',
      }),
    );
  }
  if (!Number.isInteger(nodes) || nodes < 1) {
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where} › nodes`,
        problem: `nodes must be an integer ≥ 1, got ${nodes}`,
        fix: 'omit it for 3',
      }),
    );
  }
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(datacenter)) {
    const what = `datacenter must be a DNS label, since it is part of DNS names in certificates, got '${datacenter}'`;
    found.push(
      new ConfigurationError({
        code: 'consul-invalid',
        where: `${where} › datacenter`,
        problem: what,
        fix: "write lower-case letters, digits and dashes, such as 'dc1'",
      }),
    );
  }
  if (!Number.isInteger(snapshots.keep) || snapshots.keep < 1) {
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where} › snapshots.keep`,
        problem: `keep must be an integer ≥ 1, got ${snapshots.keep}`,
        fix: 'omit it for 48',
      }),
    );
  }
  if (!/^(\S+ ){4}\S+$/.test(snapshots.schedule)) {
    const what = `schedule must be a cron expression of five fields, got '${snapshots.schedule}'`;
    found.push(
      new ConfigurationError({
        code: 'consul-invalid',
        where: `${where} › snapshots.schedule`,
        problem: what,
        fix: "write minute, hour, day, month and weekday, such as '17 * * * *'",
      }),
    );
  }
  return found;
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
  if (storage.toKibibytes() >= LEAST_STORAGE.toKibibytes()) return [];
  const what = `storage must be at least 1Gi, got ${storage.asString()}: a full volume stops a server`;
  return [
    new ConfigurationError({ code: 'consul-invalid', where, problem: what, fix: 'write Size.gibibytes(1) or more' }),
  ];
}
