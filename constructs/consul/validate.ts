import { Mistake } from '@groundwork/contract';
import { type Resources, resourceMistakes } from '../kubernetes/resources.ts';
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

/** @returns what is wrong with the props: nothing, or a Mistake for each field */
export function consulMistakes(
  where: string,
  { servers, datacenter, storage, resources, agentResources, snapshots, nodes }: Checked,
): Mistake[] {
  const found = [
    ...memoryMistakes(`${where} › resources`, resources),
    ...memoryMistakes(`${where} › agentResources`, agentResources),
    ...storageMistakes(`${where} › storage`, storage),
    ...storageMistakes(`${where} › snapshots.storage`, snapshots.storage),
  ];
  if (![1, 3, 5].includes(servers)) {
    const what = `${servers} is none of 1, 3 and 5: a majority decides, and of an even number no more may fail than of one less`;
    found.push(
      new Mistake(`${where} › servers`, what, 'write 1 for development, 3 otherwise, or 5 to lose two at once'),
    );
  }
  if (!Number.isInteger(nodes) || nodes < 1) {
    found.push(new Mistake(`${where} › nodes`, `${nodes} is no number of nodes from 1`, 'leave it out for 3'));
  }
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(datacenter)) {
    const what = `'${datacenter}' can't be part of a DNS name, and certificates name it`;
    found.push(
      new Mistake(`${where} › datacenter`, what, "write lower-case letters, digits and dashes, such as 'dc1'"),
    );
  }
  if (!Number.isInteger(snapshots.keep) || snapshots.keep < 1) {
    found.push(
      new Mistake(
        `${where} › snapshots.keep`,
        `${snapshots.keep} is no number of snapshots from 1`,
        'leave it out for 48',
      ),
    );
  }
  if (!/^(\S+ ){4}\S+$/.test(snapshots.schedule)) {
    const what = `'${snapshots.schedule}' is no schedule of five fields`;
    found.push(
      new Mistake(
        `${where} › snapshots.schedule`,
        what,
        "write minute, hour, day, month and weekday, such as '17 * * * *'",
      ),
    );
  }
  return found;
}

function memoryMistakes(where: string, resources: Resources): Mistake[] {
  const found = resourceMistakes(where, resources);
  if (found.length > 0 || resources.memory.toKibibytes() >= LEAST_MEMORY.toKibibytes()) return found;
  const what = `${resources.memory.asString()} is less than ${LEAST_MEMORY.asString()}, in which Consul and its probe don't fit`;
  return [new Mistake(`${where} › memory`, what, 'write Size.mebibytes(192) or more')];
}

function storageMistakes(where: string, storage: Size): Mistake[] {
  if (storage.toKibibytes() >= LEAST_STORAGE.toKibibytes()) return [];
  const what = `${storage.asString()} is less than 1Gi: a full volume stops a server`;
  return [new Mistake(where, what, 'write Size.gibibytes(1) or more')];
}
