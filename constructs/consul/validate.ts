import { ConfigurationError } from '@groundwork/contract';
import { type Resources, validateResource } from '../kubernetes/resources.ts';
import { Size } from '../kubernetes/units.ts';

const LEAST_STORAGE = Size.gibibytes(1);
const LEAST_MEMORY = Size.mebibytes(96);

/** What can be wrong with a Consul. */
export interface Checked {
  readonly servers: number;
  readonly datacenter: string;
  readonly storage: Size;
  readonly resources: Resources;
  readonly agentResources: Resources;
  readonly nodes: number;
  readonly snapshots: { readonly schedule: string; readonly keep: number; readonly storage: Size };
}

/** @returns what is wrong with the props: nothing, or a ConfigurationError for each field */
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
    const what = `${servers} is none of 1, 3 and 5: a majority decides, and of an even number no more may fail than of one less`;
    found.push(
      new ConfigurationError({
        code: 'consul-invalid',
        where: `${where} › servers`,
        problem: what,
        fix: 'write 1 for development, 3 otherwise, or 5 to lose two at once',
      }),
    );
  }
  if (!Number.isInteger(nodes) || nodes < 1) {
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where} › nodes`,
        problem: `${nodes} is no number of nodes from 1`,
        fix: 'leave it out for 3',
      }),
    );
  }
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(datacenter)) {
    const what = `'${datacenter}' can't be part of a DNS name, and certificates name it`;
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
        problem: `${snapshots.keep} is no number of snapshots from 1`,
        fix: 'leave it out for 48',
      }),
    );
  }
  if (!/^(\S+ ){4}\S+$/.test(snapshots.schedule)) {
    const what = `'${snapshots.schedule}' is no schedule of five fields`;
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
  const what = `${resources.memory.asString()} is less than ${LEAST_MEMORY.asString()}, in which Consul and its probe don't fit`;
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
  const what = `${storage.asString()} is less than 1Gi: a full volume stops a server`;
  return [
    new ConfigurationError({ code: 'consul-invalid', where, problem: what, fix: 'write Size.gibibytes(1) or more' }),
  ];
}
