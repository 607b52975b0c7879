import { ConfigurationError, Duration } from '@groundwork/contract';
import { type Resources, validateResource } from '../kubernetes/resources.ts';
import { Size } from '../kubernetes/units.ts';
import { errorIf } from '../kubernetes/validate.ts';
import type { CassandraCluster } from './spec.ts';

const LEAST_STORAGE = Size.gibibytes(1);
const LEAST_MEMORY = Size.gibibytes(1);

/** @returns one ConfigurationError for each invalid field */
export function validateCluster(where: string, cluster: CassandraCluster): ConfigurationError[] {
  const { nodes, storage, resources, repairEvery } = cluster;
  return [
    ...errorIf(!Number.isInteger(nodes) || nodes < 1 || nodes > 99 || nodes === 2, {
      code: 'value-out-of-range',
      where: `${where} › nodes`,
      problem: `nodes must be 1, or an integer from 3 to 99, got ${nodes}: with two, a quorum needs both`,
      fix: 'write 1 for development, otherwise 3',
    }),
    ...errorIf(storage.toKibibytes() < LEAST_STORAGE.toKibibytes(), {
      code: 'storage-invalid',
      where: `${where} › storage`,
      problem: `storage must be at least ${LEAST_STORAGE.asString()}, got ${storage.asString()}: a full volume stops a node`,
      fix: 'write Size.gibibytes(10) or more',
    }),
    ...validateMemory(`${where} › resources`, resources),
    ...errorIf(repairEvery.toMilliseconds() < DAY || repairEvery.toMilliseconds() > 9 * DAY, {
      code: 'value-out-of-range',
      where: `${where} › repairEvery`,
      problem: `repairEvery must be from 1 to 9 days, got ${repairEvery}: Cassandra forgets deletions after 10 days`,
      fix: 'omit it for 3 days',
    }),
  ];
}

const DAY = Duration.days(1).toMilliseconds();

function validateMemory(where: string, resources: Resources): ConfigurationError[] {
  const found = validateResource(where, resources);
  if (found.length > 0 || resources.memory.toKibibytes() >= LEAST_MEMORY.toKibibytes()) return found;
  return [
    new ConfigurationError({
      code: 'resources-invalid',
      where: `${where} › memory`,
      problem: `memory must be at least ${LEAST_MEMORY.asString()}, since the heap is 40 % of it, got ${resources.memory.asString()}`,
      fix: 'write Size.mebibytes(1280) for development, Size.gibibytes(4) or more otherwise',
    }),
  ];
}
