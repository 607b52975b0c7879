import type { ConsulDesiredState } from '@groundwork/contract/desired-state';
import type { Consul } from './client.ts';
import { MARK, nameOf, SYSTEM, type SystemToken, serviceRules } from './rules.ts';

/** Secrets that the provisioner applies, and the credentials with which Consul verifies Kubernetes tokens. */
export interface Secrets {
  /** SecretID of each system token. */
  readonly tokens: Readonly<Record<SystemToken, string>>;
  /** Token of the account that may create Kubernetes TokenReviews. */
  readonly reviewer: string;
  /** Authority of the API server, PEM. */
  readonly clusterCa: string;
}

interface Named {
  readonly ID: string;
  readonly Name: string;
  readonly Description: string;
}

/** Reconciles policies, roles, tokens and the login with the desired state. Idempotent. */
export async function reconcile(
  consul: Consul,
  desiredState: ConsulDesiredState,
  secrets: Secrets,
  say: (line: string) => void,
): Promise<void> {
  for (const [name, rules] of Object.entries(SYSTEM)) await makePolicy(consul, `system-${name}`, rules);
  for (const [name, secret] of Object.entries(secrets.tokens)) await makeToken(consul, `system-${name}`, secret, say);
  for (const service of desiredState.services) {
    await makePolicy(consul, nameOf(service.name), serviceRules(service));
    await makeRole(consul, nameOf(service.name));
  }
  await makeLogin(consul, desiredState, secrets);
  await removeOthers(consul, new Set(desiredState.services.map(({ name }) => nameOf(name))), say);
}

async function makePolicy(consul: Consul, name: string, rules: string): Promise<void> {
  const there = await consul.get<Named & { Rules: string }>(`/v1/acl/policy/name/${name}`);
  const policy = { Name: name, Description: MARK, Rules: rules };
  if (there === undefined) await consul.put('/v1/acl/policy', policy);
  else await consul.put(`/v1/acl/policy/${there.ID}`, { ID: there.ID, ...policy });
}

async function makeRole(consul: Consul, name: string): Promise<void> {
  const there = await consul.get<Named>(`/v1/acl/role/name/${name}`);
  const role = { Name: name, Description: MARK, Policies: [{ Name: name }] };
  if (there === undefined) await consul.put('/v1/acl/role', role);
  else await consul.put(`/v1/acl/role/${there.ID}`, { ID: there.ID, ...role });
}

/** Ensures one token for the policy. After a rotation of its secret the old one is deleted, and rejected from then on. */
async function makeToken(consul: Consul, policy: string, secret: string, say: (line: string) => void): Promise<void> {
  const tokens =
    (await consul.get<{ AccessorID: string; SecretID: string; Description: string; Policies?: Named[] }[]>(
      '/v1/acl/tokens',
    )) ?? [];
  const own = tokens.filter(
    ({ Description, Policies = [] }) => Description === MARK && Policies.some(({ Name }) => Name === policy),
  );
  if (!own.some(({ SecretID }) => SecretID === secret)) {
    await consul.put('/v1/acl/token', { SecretID: secret, Description: MARK, Policies: [{ Name: policy }] });
    say(`token of ${policy}: created`);
  }
  for (const { AccessorID, SecretID } of own)
    if (SecretID !== secret) await consul.delete(`/v1/acl/token/${AccessorID}`);
}

/** A pod logs in with its account's token, and gets the role with the account's name, if it exists. */
async function makeLogin(
  consul: Consul,
  { authMethod, namespace }: ConsulDesiredState,
  { reviewer, clusterCa }: Secrets,
): Promise<void> {
  const method = {
    Name: authMethod,
    Type: 'kubernetes',
    Description: MARK,
    MaxTokenTTL: '24h',
    Config: { Host: 'https://kubernetes.default.svc', CACert: clusterCa, ServiceAccountJWT: reviewer },
  };
  const there = await consul.get(`/v1/acl/auth-method/${authMethod}`);
  await consul.put(there === undefined ? '/v1/acl/auth-method' : `/v1/acl/auth-method/${authMethod}`, method);
  const rule = {
    AuthMethod: authMethod,
    Description: MARK,
    Selector: `serviceaccount.namespace=="${namespace}"`,
    BindType: 'role',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Consul fills it in
    BindName: nameOf('${serviceaccount.name}'),
  };
  const rules = (await consul.get<{ ID: string }[]>(`/v1/acl/binding-rules?authmethod=${authMethod}`)) ?? [];
  const [first, ...more] = rules;
  if (first === undefined) await consul.put('/v1/acl/binding-rule', rule);
  else await consul.put(`/v1/acl/binding-rule/${first.ID}`, { ID: first.ID, ...rule });
  for (const { ID } of more) await consul.delete(`/v1/acl/binding-rule/${ID}`);
}

/** Removes the rights of services without a contract. */
async function removeOthers(consul: Consul, wanted: ReadonlySet<string>, say: (line: string) => void): Promise<void> {
  const isOld = ({ Name, Description }: Named) =>
    Description === MARK && Name.startsWith(nameOf('')) && !wanted.has(Name);
  for (const [what, list] of [
    ['role', 'roles'],
    ['policy', 'policies'],
  ] as const) {
    const there = (await consul.get<Named[]>(`/v1/acl/${list}`)) ?? [];
    for (const { ID, Name } of there.filter(isOld)) {
      await consul.delete(`/v1/acl/${what}/${ID}`);
      say(`${what} ${Name}: removed, since no contract has its name`);
    }
  }
}
