import type { Construct } from 'constructs';
import type { ServiceAccount } from 'kubernetes-types/core/v1.d.ts';
import type { Identity, IdentityRequest } from '../identity/index.ts';
import { labelsOf } from '../kubernetes/labels.ts';
import { object } from '../kubernetes/object.ts';
import type { Platform } from './index.ts';

/** A service account of a system's own, without a token in its pods, and the certificate that says who it is. */
export function makeAccount(
  scope: Construct,
  platform: Platform,
  account: string,
  dnsNames: readonly string[],
  origin: string,
  more: Pick<IdentityRequest, 'keystores'> = {},
): Identity {
  const { namespace, system, identities } = platform;
  object<ServiceAccount>(scope, 'account', origin, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: account, namespace, labels: labelsOf(system, account) },
    automountServiceAccountToken: false,
  });
  return identities.issue(scope, { account, dnsNames, origin, ...more });
}
