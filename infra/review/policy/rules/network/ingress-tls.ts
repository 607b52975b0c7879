import { ofKind, rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

const ingress = (tls?: object[]) => [
  sample('networking.k8s.io/v1', 'Ingress', 'users', { spec: { rules: [{ host: 'town.example' }], tls } }),
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
        ({ host }) =>
          !tls.some(({ hosts = [], secretName }) => secretName && host !== undefined && hosts.includes(host)),
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
    ],
  },
});
