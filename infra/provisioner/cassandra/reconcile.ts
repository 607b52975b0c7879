import type { CassandraDesiredState, DesiredRole } from '@groundwork/contract/desired-state';
import type { Client } from 'cassandra-driver';

/** Keyspaces of Cassandra whose replicas must survive the loss of a node as well: without roles, nobody can log in. */
const SYSTEM_KEYSPACES = ['system_auth', 'system_distributed', 'system_traces'];

/** The role that runs this. */
const PROVISIONER = 'provisioner';

type Say = (line: string) => void;
type Login = Pick<DesiredRole, 'name' | 'identity'>;

/**
 * Reconciles a cluster with the desired state. Idempotent, and safe to run concurrently with the same state. Never drops a
 * keyspace.
 *
 * No role may log in before its provisioning is complete: it can only log in by an identity, which is added last. First of
 * all, identities and permissions that are not desired are removed.
 * @param say receives a line for each change, and for each keyspace that is not desired
 */
export async function reconcile(cluster: Client, desired: CassandraDesiredState, say: Say): Promise<void> {
  await reconcileReplication(cluster, desired, say);
  await reportOrphans(cluster, desired, say);
  const roles = [...desired.accounts, ...desired.keyspaces.flatMap((keyspace) => keyspace.roles)];
  await removeIdentities(cluster, roles, say);
  await removeRoles(cluster, [...roles.map(({ name }) => name), ...desired.keptRoles], say);
  for (const account of desired.accounts) await reconcileRole(cluster, undefined, { ...account, permissions: [] }, say);
  for (const keyspace of desired.keyspaces) {
    for (const role of keyspace.roles) await reconcileRole(cluster, keyspace.name, role, say);
  }
}

/** Creates missing keyspaces, and corrects the number of replicas of others; a repair copies rows to new replicas. */
async function reconcileReplication(
  cluster: Client,
  { keyspaces, datacenter, replicas }: CassandraDesiredState,
  say: Say,
): Promise<void> {
  const wanted = `{'class': 'NetworkTopologyStrategy', '${datacenter}': ${replicas}}`;
  const found = new Map(
    (await cluster.execute('SELECT keyspace_name, replication FROM system_schema.keyspaces')).rows.map((row) => [
      `${row.keyspace_name}`,
      row.replication as Readonly<Record<string, string>>,
    ]),
  );
  for (const name of [...SYSTEM_KEYSPACES, ...keyspaces.map((keyspace) => keyspace.name)]) {
    const now = found.get(name);
    if (now === undefined) {
      await cluster.execute(`CREATE KEYSPACE IF NOT EXISTS ${name} WITH replication = ${wanted}`);
      say(`keyspace '${name}': created, ${replicas} replicas`);
    } else if (!now.class?.endsWith('NetworkTopologyStrategy') || now[datacenter] !== `${replicas}`) {
      await cluster.execute(`ALTER KEYSPACE ${name} WITH replication = ${wanted}`);
      say(`keyspace '${name}': ${replicas} replicas in ${datacenter}`);
    }
  }
}

async function reportOrphans(cluster: Client, { keyspaces }: CassandraDesiredState, say: Say): Promise<void> {
  const { rows } = await cluster.execute('SELECT keyspace_name FROM system_schema.keyspaces');
  const names = new Set(keyspaces.map(({ name }) => name));
  for (const { keyspace_name: name } of rows) {
    if (!names.has(name) && !/^system(_|$)/.test(name))
      say(`keyspace '${name}': no contract owns it; it is kept. fix: drop it by hand, or restore its contract`);
  }
}

/** Removes identities that are not desired, or are those of another role. */
async function removeIdentities(cluster: Client, roles: readonly Login[], say: Say): Promise<void> {
  const wanted = new Map(roles.map(({ identity, name }) => [identity, name]));
  for (const [identity, role] of await identitiesOf(cluster)) {
    if (role === PROVISIONER || wanted.get(identity) === role) continue;
    await cluster.execute(`DROP IDENTITY IF EXISTS '${identity.replaceAll("'", "''")}'`);
    say(`identity ${identity}: no longer logs in as '${role}'`);
  }
}

async function removeRoles(cluster: Client, kept: readonly string[], say: Say): Promise<void> {
  const wanted = new Set(kept);
  for (const { role } of (await cluster.execute('SELECT role FROM system_auth.roles')).rows) {
    if (role === PROVISIONER || wanted.has(role)) continue;
    await cluster.execute(`DROP ROLE IF EXISTS "${`${role}`.replaceAll('"', '""')}"`);
    say(`role '${role}': removed`);
  }
}

async function reconcileRole(
  cluster: Client,
  keyspace: string | undefined,
  { name, identity, permissions }: DesiredRole,
  say: Say,
): Promise<void> {
  const plain = { superuser: 'false', login: 'true' };
  const options = Object.entries(plain).map(([option, value]) => `${option.toUpperCase()} = ${value}`);
  const [found] = (
    await cluster.execute('SELECT is_superuser, can_login, member_of FROM system_auth.roles WHERE role = ?', [name])
  ).rows;
  if (found === undefined) {
    await cluster.execute(`CREATE ROLE IF NOT EXISTS ${name} WITH ${options.join(' AND ')}`);
    say(`role '${name}': created`);
  } else if (found.is_superuser || !found.can_login) {
    await cluster.execute(`ALTER ROLE ${name} WITH ${options.join(' AND ')}`);
    say(`role '${name}': corrected`);
  }
  for (const other of (found?.member_of as string[] | null) ?? []) {
    await cluster.execute(`REVOKE "${other}" FROM ${name}`);
    say(`role '${name}': no longer has '${other}'`);
  }
  await reconcilePermissions(cluster, name, `data/${keyspace ?? ''}`, permissions, say);
  if ((await identitiesOf(cluster)).get(identity) === name) return;
  await cluster.execute(`ADD IDENTITY IF NOT EXISTS '${identity}' TO ROLE '${name}'`);
  say(`identity ${identity}: logs in as '${name}'`);
}

/** Grants what is missing on the keyspace, and revokes what was granted by hand, there and elsewhere. */
async function reconcilePermissions(
  cluster: Client,
  role: string,
  resource: string,
  wanted: readonly string[],
  say: Say,
): Promise<void> {
  const { rows } = await cluster.execute(
    'SELECT resource, permissions FROM system_auth.role_permissions WHERE role = ?',
    [role],
  );
  const found = new Map(rows.map((row) => [`${row.resource}`, row.permissions as readonly string[]]));
  for (const permission of wanted) {
    if (found.get(resource)?.includes(permission)) continue;
    await cluster.execute(`GRANT ${permission} ON ${statementOn(resource)} TO ${role}`);
    say(`right granted: '${role}' ${permission} on ${resource}`);
  }
  for (const [on, permissions] of found) {
    // The role that creates a table or a type gets all permissions on it: those of an owner are its own.
    if (on.startsWith(`${resource}/`) && wanted.includes('CREATE')) continue;
    for (const permission of permissions) {
      if (on === resource && wanted.includes(permission)) continue;
      const statement = statementOn(on);
      if (statement === undefined) continue;
      await cluster.execute(`REVOKE ${permission} ON ${statement} FROM ${role}`);
      say(`right revoked: '${role}' ${permission} on ${on}`);
    }
  }
}

async function identitiesOf(cluster: Client): Promise<ReadonlyMap<string, string>> {
  const { rows } = await cluster.execute('SELECT identity, role FROM system_auth.identity_to_role');
  return new Map(rows.map(({ identity, role }) => [`${identity}`, `${role}`]));
}

/** A resource of `role_permissions` as CQL names it; undefined for single functions, which services do not have. */
function statementOn(resource: string): string | undefined {
  const [kind = '', keyspace, table, ...rest] = resource.split('/');
  if (rest.length > 0) return undefined;
  if (keyspace === undefined) return { data: 'ALL KEYSPACES', roles: 'ALL ROLES', functions: 'ALL FUNCTIONS' }[kind];
  if (kind === 'roles') return `ROLE "${keyspace}"`;
  if (kind === 'functions') return table === undefined ? `ALL FUNCTIONS IN KEYSPACE "${keyspace}"` : undefined;
  if (kind !== 'data') return undefined;
  return table === undefined ? `KEYSPACE "${keyspace}"` : `TABLE "${keyspace}"."${table}"`;
}
