import { cassandra, type Need, postgres } from '@groundwork/contract';
import type { ServicePlan } from './plan.ts';

/** Connections of a pod: few, so that a new service fits into most environments. */
export const POOL_SIZE = 5;

/** Folder of the service's migrations. */
export function migrationsOf({ layout, name }: Pick<ServicePlan, 'layout' | 'name'>): string {
  return `${layout.folder}/${name}/migrations`;
}

/** What the contract of the new service owns. */
export function needOf(plan: ServicePlan): readonly Need[] {
  const migrations = migrationsOf(plan);
  if (plan.store === 'postgres') return [postgres({ migrations, poolSize: POOL_SIZE })];
  return plan.store === 'cassandra' ? [cassandra({ migrations })] : [];
}
