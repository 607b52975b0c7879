import { Mistake } from '@groundwork/contract';
import { type Outside, outsideMistakes } from '../outside.ts';

/** Sign-in by OpenID Connect; the client's secret is a late value `grafana/oidc`. */
export interface SignIn {
  /** What the button says, such as `Example SSO`. */
  readonly name: string;
  readonly clientId: string;
  /** Endpoints of the provider, from its `/.well-known/openid-configuration`. */
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly userInfoUrl: string;
  /** Members of this group (claim `groups`) may administer; everybody else who can sign in may look. @default nobody may */
  readonly admins?: string;
  /** Where the provider is, for the NetworkPolicy: Grafana itself asks for the token. */
  readonly egress: Outside;
}

/** Section `auth.generic_oauth` of grafana.ini. @param secretFile file of the client's secret */
export function signInSettings({ name, clientId, authorizeUrl, tokenUrl, userInfoUrl, admins }: SignIn, secretFile: string): Record<string, string> {
  return {
    enabled: 'true',
    name,
    client_id: clientId,
    client_secret: `$__file{${secretFile}}`,
    scopes: 'openid profile email groups',
    auth_url: authorizeUrl,
    token_url: tokenUrl,
    api_url: userInfoUrl,
    use_pkce: 'true',
    // A rule that yields nothing would refuse the sign-in; without one, everybody is a viewer.
    ...(admins === undefined ? {} : { role_attribute_path: `contains(groups[*], '${admins}') && 'Admin' || 'Viewer'`, allow_assign_grafana_admin: 'false' }),
  };
}

export function signInMistakes(where: string, { clientId, admins = '', egress, ...rest }: SignIn): Mistake[] {
  const found = outsideMistakes(`${where} › egress`, [egress]);
  if (clientId === '') found.push(new Mistake(`${where} › clientId`, 'it is empty', 'write the id that the provider gave to this client'));
  if (/['"\n]/.test(admins))
    found.push(new Mistake(`${where} › admins`, `'${admins}' has a quote in it, which would end the rule`, 'choose a group without one'));
  for (const field of ['authorizeUrl', 'tokenUrl', 'userInfoUrl'] as const) {
    if (!/^https:\/\//.test(rest[field]) || !URL.canParse(rest[field])) {
      found.push(new Mistake(`${where} › ${field}`, `'${rest[field]}' is no https URL`, "take it from the provider's /.well-known/openid-configuration"));
    }
  }
  return found;
}
