import { isKind } from '../../../../../constructs/kubernetes/read.ts';
import { derived, grouping } from '../../context.ts';
import { eachRunningPod } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { sample, workload } from '../../samples.ts';

const certificate = (name: string) =>
  sample('cert-manager.io/v1', 'Certificate', name, {
    spec: { secretName: name, uris: ['spiffe://test.town/ns/town/sa/users'] },
  });

/** Certificates by the account at the end of their URIs. */
const byAccount = grouping((object) => {
  const { uris = [] } = (isKind(object, 'Certificate') && object.spec) || {};
  return uris
    .filter((uri) => uri?.includes('/sa/'))
    .map((uri) => `${object.metadata.namespace}/${uri.slice(uri.lastIndexOf('/sa/') + 4)}`);
});

export const oneCertificateEach = rule({
  id: 'one-certificate-each',
  why: 'a workload without a certificate cannot authenticate, and one with two has two identities',
  source: 'SPIFFE X.509-SVID, section 2; NIST SP 800-207, tenet 6',
  fix: 'issue one Certificate whose URI ends in /sa/ and the account',
  severity: 'critical',
  sees: 'environment',
  check: eachRunningPod(({ spec, at }, object, context) => {
    const account = spec.serviceAccountName ?? 'default';
    const own = derived(context, byAccount).get(`${object.metadata.namespace}/${account}`) ?? [];
    return own.length === 1
      ? []
      : [
          {
            field: `${at}.serviceAccountName`,
            what: `is '${account}', which has ${own.length === 0 ? 'no certificate' : `${own.length} certificates`}`,
          },
        ];
  }),
  samples: {
    good: [workload(), certificate('users-identity')],
    bad: [workload()],
    alsoBad: [[workload(), certificate('a'), certificate('b')]],
    nearMisses: [
      [
        workload(),
        certificate('a'),
        sample('cert-manager.io/v1', 'Certificate', 'b', {
          spec: { secretName: 'b', uris: ['spiffe://test.town/ns/town/sa/orders'] },
        }),
      ],
    ],
  },
});
