import type { ConsulDesiredState } from '@groundwork/contract/desired-state';
import { expect, test } from '@jest/globals';
import type { Consul } from './client.ts';
import { reconcile } from './reconcile.ts';

interface Entity {
  readonly ID: string;
  readonly Name: string;
  readonly [field: string]: unknown;
}

const LISTS: Readonly<Record<string, string>> = {
  policies: 'policy',
  roles: 'role',
  tokens: 'token',
  'binding-rules': 'binding-rule',
};

/**
 * Consul's ACLs in memory, with its rules for references: the policies of a role or token must exist, as must the auth
 * method of a binding rule; a login needs a binding to an existing role, and its token has the role's ID.
 */
class FakeConsul implements Consul {
  readonly #tables = new Map<string, Map<string, Entity>>();
  readonly #afterWrite: () => void;
  #ids = 0;

  public constructor(afterWrite: () => void) {
    this.#afterWrite = afterWrite;
  }

  /** Logs in as a pod of the account. @returns the ID of its token's role; undefined if the login is rejected */
  public login(account: string): string | undefined {
    const roles = [...this.#table('binding-rule').values()].map(({ BindName }) =>
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Consul fills it in
      this.#named('role', `${BindName}`.replace('${serviceaccount.name}', account)),
    );
    return roles.find((role) => role !== undefined)?.ID;
  }

  /** Current rules of a token with this role. */
  public rulesOf(role: string): string {
    const policies = (this.#table('role').get(role)?.Policies ?? []) as readonly Entity[];
    return policies.map(({ ID }) => this.#table('policy').get(ID)?.Rules).join('\n');
  }

  public async get<T>(path: string): Promise<T | undefined> {
    const [kind, ...rest] = segments(path);
    const list = LISTS[kind];
    if (list !== undefined) return [...this.#table(list).values()] as T;
    const [by, name] = rest;
    return (by === 'name' ? this.#named(kind, `${name}`) : this.#table(kind).get(`${by}`)) as T | undefined;
  }

  public async put<T>(path: string, body: { Name?: string; Policies?: Entity[]; AuthMethod?: string }): Promise<T> {
    const [kind, id] = segments(path);
    const { Name = '', Policies, AuthMethod } = body;
    if (id !== undefined && !this.#table(kind).has(id)) fail(`nothing at ${path}`);
    if (AuthMethod !== undefined && !this.#table('auth-method').has(AuthMethod)) fail(`no auth method ${AuthMethod}`);
    const linked = Policies?.map((link) => this.#named('policy', link.Name) ?? fail(`no policy ${link.Name}`));
    this.#ids += 1;
    const ID = id ?? (kind === 'auth-method' ? Name : `${kind}-${this.#ids}`);
    const entity = { ...body, ID, Name, ...(linked === undefined ? {} : { Policies: linked }) };
    this.#table(kind).set(ID, entity);
    this.#afterWrite();
    return entity as T;
  }

  public async delete(path: string): Promise<void> {
    const [kind, id] = segments(path);
    this.#table(kind).delete(`${id}`);
    this.#afterWrite();
  }

  public async close(): Promise<void> {}

  #table(kind: string): Map<string, Entity> {
    const table = this.#tables.get(kind) ?? new Map<string, Entity>();
    this.#tables.set(kind, table);
    return table;
  }

  #named(kind: string, name: string): Entity | undefined {
    return [...this.#table(kind).values()].find(({ Name }) => Name === name);
  }
}

/** Of `/v1/acl/role/name/users` that is `role`, `name`, `users`. */
function segments(path: string): [string, ...string[]] {
  const [kind = '', ...rest] = new URL(path, 'http://consul').pathname.split('/').slice(3);
  return [kind, ...rest];
}

function fail(message: string): never {
  throw new Error(message);
}

const desiredState = (services: ConsulDesiredState['services']): ConsulDesiredState => ({
  address: 'https://consul:8501',
  serverName: 'server.dc1.consul',
  namespace: 'shop-dev',
  authMethod: 'kubernetes',
  services,
});
const secrets = {
  tokens: { agent: 'a', metrics: 'm', probe: 'p', snapshot: 's' },
  reviewer: 'jwt',
  clusterCa: 'pem',
};
const USERS = { name: 'users', reads: [] };
const CATALOG = { name: 'catalog', reads: [] };
const CALLING = { name: 'catalog', reads: ['users'] };

test.each<[string, readonly ConsulDesiredState['services'][]]>([
  ['the first state', [[USERS, CALLING]]],
  ['a state with another service', [[USERS], [USERS, CALLING]]],
  [
    'a state with another call',
    [
      [USERS, CATALOG],
      [USERS, CALLING],
    ],
  ],
  ['a service that was removed before', [[USERS, CALLING], [USERS], [USERS, CALLING]]],
])('a pod that logs in at any step of %s is rejected, or its token has all rights in the end', async (_, plans) => {
  const last = plans.at(-1) ?? [];
  const tokens: { readonly account: string; readonly role: string }[] = [];
  let watched = false;
  const consul = new FakeConsul(() => {
    for (const { name: account } of watched ? last : []) {
      const role = consul.login(account);
      if (role === undefined) continue;
      expect(consul.rulesOf(role)).toContain(`service "${account}" { policy = "write" }`);
      tokens.push({ account, role });
    }
  });
  for (const services of plans) {
    watched = services === last;
    await reconcile(consul, desiredState(services), secrets, () => undefined);
  }
  for (const { name, reads } of last) {
    const rules = tokens.filter(({ account }) => account === name).map(({ role }) => consul.rulesOf(role));
    expect(rules).not.toEqual([]);
    for (const callee of reads)
      expect(rules).toEqual(rules.map(() => expect.stringContaining(`service "${callee}" { policy = "read" }`)));
  }
});

test('a second run changes no role or token, so that logged-in pods keep their rights', async () => {
  const consul = new FakeConsul(() => undefined);
  await reconcile(consul, desiredState([USERS, CALLING]), secrets, () => undefined);
  const [role, tokens] = [consul.login('catalog') as string, await consul.get('/v1/acl/tokens')];
  await reconcile(consul, desiredState([USERS, CALLING]), secrets, () => undefined);
  expect(consul.login('catalog')).toBe(role);
  expect(consul.rulesOf(role)).toContain('service "users"');
  expect(await consul.get('/v1/acl/tokens')).toEqual(tokens);
});
