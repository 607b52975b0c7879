import type { Preview } from '../preview.ts';

/** The preview for programs: findings and changes, without the objects themselves. */
export function json({ environments, ...preview }: Preview): string {
  const slim = environments.map(({ name, changes, totals, cost }) => ({
    name,
    totals,
    cost,
    changes: changes.map(({ id, action, why, fields }) => ({ id, action, why, fields })),
  }));
  return `${JSON.stringify({ ...preview, environments: slim }, null, 2)}\n`;
}
