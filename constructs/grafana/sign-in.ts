import { ConfigurationError } from '@groundwork/contract';
import { type ExternalEndpoint, validateExternalEndpoints } from '../kubernetes/network-policy.ts';

/** Sign-in with OpenID Connect; the client's secret is a deploy-time secret `grafana/oidc`. */
export interface SignIn {
  /** Label of the sign-in button, such as `Example SSO`. */
  readonly name: string;
  /** Client id at the provider. */
  readonly clientId: string;
  /** Authorization endpoint of the provider, from its `/.well-known/openid-configuration`. */
  readonly authorizeUrl: string;
  /** Token endpoint. */
  readonly tokenUrl: string;
  /** User info endpoint. */
  readonly userInfoUrl: string;
  /** Group (claim `groups`) whose members are administrators. @default none */
  readonly admins?: string;
  /** Group whose members are viewers; users in neither group are rejected. @default every user who can sign in is a viewer */
  readonly viewers?: string;
  /** Certificate of the provider's authority in PEM, for a private authority. @default those that the image trusts */
  readonly authority?: string;
  /** Networks and ports of the provider, for the NetworkPolicy: Grafana requests tokens from it. */
  readonly egress: ExternalEndpoint;
}

/**
 * Section `auth.generic_oauth` of grafana.ini.
 * @param files paths of the client secret and of the provider's authority
 */
export function signInSettings(
  signIn: SignIn,
  files: { readonly secret: string; readonly authority: string },
): Record<string, string> {
  const { name, clientId, authorizeUrl, tokenUrl, userInfoUrl, authority } = signIn;
  return {
    enabled: 'true',
    name,
    client_id: clientId,
    client_secret: `$__file{${files.secret}}`,
    scopes: 'openid profile email groups',
    auth_url: authorizeUrl,
    token_url: tokenUrl,
    api_url: userInfoUrl,
    use_pkce: 'true',
    ...(authority === undefined ? {} : { tls_client_ca: files.authority }),
    ...roles(signIn),
  };
}

/**
 * Roles as a JMESPath expression; without one, every user is a viewer. Grafana evaluates it for the identity token first
 * and then for the response of the user-info endpoint, and uses the first result: a source without groups has no result.
 */
function roles({ admins, viewers }: SignIn): Record<string, string> {
  if (admins === undefined && viewers === undefined) return {};
  const may = (group: string | undefined, role: string): string[] =>
    group === undefined ? [] : [`contains(groups[*], '${group}') && '${role}'`];
  const rules = [...may(admins, 'Admin'), ...(viewers === undefined ? ["'Viewer'"] : may(viewers, 'Viewer'))];
  return {
    role_attribute_path: `groups && (${rules.join(' || ')})`,
    // If strict, users without a role are rejected; otherwise they are viewers.
    role_attribute_strict: `${viewers !== undefined}`,
    allow_assign_grafana_admin: 'false',
  };
}

export function validateSignIn(
  where: string,
  { clientId, admins = '', viewers = '', authority, egress, ...rest }: SignIn,
): ConfigurationError[] {
  const found = validateExternalEndpoints(`${where} › egress`, [egress]);
  if (clientId === '')
    found.push(
      new ConfigurationError({
        code: 'sign-in-invalid',
        where: `${where} › clientId`,
        problem: 'clientId must not be empty',
        fix: 'write the client id from the provider',
      }),
    );
  for (const [field, group] of Object.entries({ admins, viewers })) {
    const [foreign] = /['"`\\;#%$\n]/.exec(group) ?? [];
    if (foreign === undefined) continue;
    found.push(
      new ConfigurationError({
        code: 'sign-in-invalid',
        where: `${where} › ${field}`,
        problem: `a group must not contain ${JSON.stringify(foreign)}, which could end the expression, got '${group}'`,
        fix: 'use a group without it',
      }),
    );
  }
  if (authority?.includes('-----BEGIN CERTIFICATE-----') === false) {
    found.push(
      new ConfigurationError({
        code: 'certificate-invalid',
        where: `${where} › authority`,
        problem: 'authority must be a certificate in PEM',
        fix: 'pass the content of the file, not its name',
      }),
    );
  }
  for (const field of ['authorizeUrl', 'tokenUrl', 'userInfoUrl'] as const) {
    if (!/^https:\/\//.test(rest[field]) || !URL.canParse(rest[field])) {
      found.push(
        new ConfigurationError({
          code: 'url-invalid',
          where: `${where} › ${field}`,
          problem: `${field} must be an https URL, got '${rest[field]}'`,
          fix: "take it from the provider's /.well-known/openid-configuration",
        }),
      );
    }
  }
  return found;
}
