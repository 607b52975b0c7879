import { ofKind, rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

const ingress = (tls?: object[], host = 'town.example') => [
  sample('networking.k8s.io/v1', 'Ingress', 'users', { spec: { rules: [{ host }], tls } }),
];

export const ingressTls = rule({
  id: 'ingress-tls',
  why: 'without TLS intermediaries can read passwords and tokens',
  source: 'NSA/CISA Kubernetes Hardening Guide v1.2, Network separation and hardening',
  fix: 'list the host in spec.tls with the Secret of its certificate',
  severity: 'critical',
  check: ofKind('Ingress', ({ spec: { rules = [], tls = [] } = {} }) =>
    rules
      .filter(
        ({ host }) => !tls.some(({ hosts = [], secretName }) => secretName && hosts.some((one) => covers(one, host))),
      )
      .map(({ host }) => ({ field: 'spec.tls', what: `does not cover ${host ?? 'the rule for all hosts'}` })),
  ),
  samples: {
    good: ingress([{ hosts: ['town.example'], secretName: 'town-tls' }]),
    bad: ingress(),
    alsoBad: [
      ingress([{ hosts: ['town.example'] }]),
      ingress([{ hosts: ['other.example'], secretName: 'tls' }]),
      [sample('networking.k8s.io/v1', 'Ingress', 'users', { spec: { rules: [{}], tls: [{ secretName: 'tls' }] } })],
      ingress([{ hosts: ['*.town.example'], secretName: 'tls' }]),
      ingress([{ hosts: ['*.example'], secretName: 'tls' }], 'a.town.example'),
      ingress([{ hosts: ['town.example'], secretName: 'tls' }], '*.town.example'),
    ],
    nearMisses: [
      ingress([{ hosts: ['*.example'], secretName: 'tls' }]),
      ingress([{ hosts: ['*.town.example'], secretName: 'tls' }], '*.town.example'),
    ],
  },
});

/** Whether a certificate for a host, such as `*.town.example`, is valid for another: a wildcard stands for one label. */
function covers(certified: string, host: string | undefined): boolean {
  if (host === undefined) return false;
  return certified === host || (certified.startsWith('*.') && certified === host.replace(/^[^.*]+/, '*'));
}
