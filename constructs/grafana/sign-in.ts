import { ConfigurationError } from '@groundwork/contract';
import { type ExternalEndpoint, validateExternalEndpoints } from '../kubernetes/network-policy.ts';

/** Sign-in by OpenID Connect; the client's secret is a deploy-time secret `grafana/oidc`. */
export interface SignIn {
  /** What the button says, such as `Example SSO`. */
  readonly name: string;
  readonly clientId: string;
  /** Endpoints of the provider, from its `/.well-known/openid-configuration`. */
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly userInfoUrl: string;
  /** Members of this group (claim `groups`) may administer. @default nobody may */
  readonly admins?: string;
  /** Members of this group may look, and whoever is in neither is turned away. @default everybody who can sign in may look */
  readonly viewers?: string;
  /** Authority that signed the provider's certificate, in PEM, where it is one of your own. @default those that the image trusts */
  readonly authority?: string;
  /** Where the provider is, for the NetworkPolicy: Grafana itself asks for the token. */
  readonly egress: ExternalEndpoint;
}

/** Section `auth.generic_oauth` of grafana.ini. @param files where the client's secret and the provider's authority are */
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
 * Who may do what, by a rule in JMESPath; without one, everybody is a viewer. Grafana puts it to the identity token first
 * and to what the user-info endpoint says next, and takes the first answer: where a source knows no groups, there is none.
 */
function roles({ admins, viewers }: SignIn): Record<string, string> {
  if (admins === undefined && viewers === undefined) return {};
  const may = (group: string | undefined, role: string): string[] =>
    group === undefined ? [] : [`contains(groups[*], '${group}') && '${role}'`];
  const rules = [...may(admins, 'Admin'), ...(viewers === undefined ? ["'Viewer'"] : may(viewers, 'Viewer'))];
  return {
    role_attribute_path: `groups && (${rules.join(' || ')})`,
    // Whoever has no role by the rule is turned away, and a viewer otherwise.
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
        problem: 'it is empty',
        fix: 'write the id that the provider gave to this client',
      }),
    );
  for (const [field, group] of Object.entries({ admins, viewers })) {
    const [foreign] = /['"`\\;#%$\n]/.exec(group) ?? [];
    if (foreign === undefined) continue;
    found.push(
      new ConfigurationError({
        code: 'sign-in-invalid',
        where: `${where} › ${field}`,
        problem: `'${group}' has a ${JSON.stringify(foreign)} in it, which could end the rule`,
        fix: 'choose a group without it',
      }),
    );
  }
  if (authority?.includes('-----BEGIN CERTIFICATE-----') === false) {
    found.push(
      new ConfigurationError({
        code: 'certificate-invalid',
        where: `${where} › authority`,
        problem: 'it holds no certificate in PEM',
        fix: 'give the text of the file, not its name',
      }),
    );
  }
  for (const field of ['authorizeUrl', 'tokenUrl', 'userInfoUrl'] as const) {
    if (!/^https:\/\//.test(rest[field]) || !URL.canParse(rest[field])) {
      found.push(
        new ConfigurationError({
          code: 'url-invalid',
          where: `${where} › ${field}`,
          problem: `'${rest[field]}' is no https URL`,
          fix: "take it from the provider's /.well-known/openid-configuration",
        }),
      );
    }
  }
  return found;
}
