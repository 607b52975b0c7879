import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing } from '../../samples.ts';

export const noSecretInEnvironment = rule({
  id: 'no-secret-in-environment',
  why: 'environment variables are inherited by child processes, appear in crash reports, and change only with a restart',
  source: 'CIS Kubernetes Benchmark v1.12, 5.4.1; NSA/CISA Kubernetes Hardening Guide v1.2, Secrets',
  fix: 'mount the Secret as a file, and pass its path to the program',
  severity: 'warning',
  check: eachContainer(({ container: { env = [], envFrom = [] }, at }) => [
    ...env
      .filter(({ valueFrom }) => valueFrom?.secretKeyRef)
      .map(({ name }) => ({ field: `${at}.env.${name}`, what: 'comes from a Secret' })),
    ...envFrom
      .filter(({ secretRef }) => secretRef)
      .map(({ secretRef }) => ({ field: `${at}.envFrom.${secretRef?.name}`, what: 'comes from a whole Secret' })),
  ]),
  samples: {
    good: [containing({ env: [{ name: 'PASSWORD_FILE', value: '/var/run/secrets/password' }] })],
    bad: [containing({ env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'users', key: 'password' } } }] })],
    alsoBad: [[containing({ envFrom: [{ secretRef: { name: 'users' } }] })]],
    nearMisses: [[containing({ envFrom: [{ configMapRef: { name: 'users' } }] })]],
  },
});
