import type { DesiredRight } from '@groundwork/contract/desired-state';
import {
  type Acl,
  AclOperations,
  AclPermissionTypes,
  type Admin,
  ResourcePatternTypes,
  ResourceTypes,
} from '@platformatic/kafka';

const ON = { topic: ResourceTypes.TOPIC, group: ResourceTypes.GROUP } as const;
const OPERATION = { read: AclOperations.READ, write: AclOperations.WRITE, describe: AclOperations.DESCRIBE } as const;

/**
 * Grants the desired rights, and revokes all others in the cluster. Grants first, so that a right that only changes its
 * form is never missing.
 * @returns log lines about the changes
 */
export async function reconcileRights(admin: Admin, desired: readonly DesiredRight[]): Promise<string[]> {
  const wanted = new Map(desired.map((right) => [key(acl(right)), acl(right)]));
  const found = new Map((await everyAcl(admin)).map((one) => [key(one), one]));
  const missing = [...wanted].filter(([one]) => !found.has(one));
  const excess = [...found].filter(([one]) => !wanted.has(one));
  if (missing.length > 0) await admin.createAcls({ creations: missing.map(([, one]) => one) });
  if (excess.length > 0) await admin.deleteAcls({ filters: excess.map(([, one]) => one) });
  return [...missing.map(([one]) => `right granted: ${one}`), ...excess.map(([one]) => `right revoked: ${one}`)];
}

function acl({ user, on, name, operation }: DesiredRight): Acl {
  return {
    resourceType: ON[on],
    resourceName: name,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: `User:${user}`,
    host: '*',
    operation: OPERATION[operation],
    permissionType: AclPermissionTypes.ALLOW,
  };
}

async function everyAcl(admin: Admin): Promise<Acl[]> {
  const found = await admin.describeAcls({
    filter: {
      resourceType: ResourceTypes.ANY,
      resourceName: null,
      resourcePatternType: ResourcePatternTypes.ANY,
      principal: null,
      host: null,
      operation: AclOperations.ANY,
      permissionType: AclPermissionTypes.ANY,
    },
  });
  return found.flatMap(({ acls, resourceType, resourceName, resourcePatternType }) =>
    acls.map((one) => ({ ...one, resourceType, resourceName, resourcePatternType })),
  );
}

/** An ACL as text, for comparisons and the log. */
function key({
  principal,
  permissionType,
  operation,
  resourceType,
  resourcePatternType,
  resourceName,
  host,
}: Acl): string {
  const allowed = name(AclPermissionTypes, permissionType);
  const pattern =
    resourcePatternType === ResourcePatternTypes.LITERAL ? '' : `${name(ResourcePatternTypes, resourcePatternType)} `;
  return `${principal} ${allowed} ${name(AclOperations, operation)} ${name(ResourceTypes, resourceType)} ${pattern}'${resourceName}' from ${host}`;
}

function name(values: Readonly<Record<string, number>>, value: number): string {
  return (Object.entries(values).find(([, one]) => one === value)?.[0] ?? `${value}`).toLowerCase();
}
