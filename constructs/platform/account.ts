import type { Construct } from 'constructs';
import type { Identity, IdentityRequest } from '../identity/index.ts';
import { labelsOf, object } from '../kubernetes/object.ts';
import type { Platform } from './index.ts';

/** Creates a service account, without a token in its pods, and issues its certificate. */
export function makeAccount(
  scope: Construct,
  platform: Platform,
  account: string,
  dnsNames: readonly string[],
  origin: string,
  more: Pick<IdentityRequest, 'keystores'> = {},
): Identity {
  const { namespace, system, identities } = platform;
  object(scope, 'account', origin, 'ServiceAccount', {
    metadata: { name: account, namespace, labels: labelsOf(system, account) },
    automountServiceAccountToken: false,
  });
  return identities.issue(scope, { account, dnsNames, origin, ...more });
}
