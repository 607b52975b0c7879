import { readFileSync } from 'node:fs';
import type { Dev } from '../dev.ts';
import type { Attempt, Result } from './matrix.ts';

/** A pod that attempts forbidden operations. */
export interface Caller {
  /** Row of the matrix, such as `no identity`. */
  readonly title: string;
  /** Secret with `tls.crt` and `tls.key`. @default no certificate */
  readonly identity?: string;
  /** Service account whose token it has, for the login to Consul. @default none */
  readonly account?: string;
  /** Workload whose labels it has, and so whose NetworkPolicies apply. @default none */
  readonly place?: string;
  /** Whether NetworkPolicies are lifted for it, to test the next layer. */
  readonly network: 'closed' | 'open';
}

export const LOGIN_TOKEN = '/trust-login/token';
const OPEN = { 'groundwork.test/network': 'open' };
const SCRIPT = readFileSync(new URL('probe.mjs', import.meta.url), 'utf8');

/** Policies that allow all traffic of pods with the label, for the duration of a test. */
export function openNetwork(namespace: string): object[] {
  const anyPort = [{ ports: [{ protocol: 'TCP', port: 1, endPort: 65535 }] }];
  const policy = (name: string, spec: object) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace },
    spec,
  });
  return [
    policy('trust-out', { podSelector: { matchLabels: OPEN }, policyTypes: ['Egress'], egress: anyPort }),
    policy('trust-in', {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: { matchLabels: OPEN } }], ...anyPort[0] }],
    }),
  ];
}

/**
 * Runs a caller's attempts in a new pod.
 * @returns the layer that rejected each, or `open`
 */
export async function attempt(
  { kubectl, namespace }: Dev,
  image: string,
  name: string,
  caller: Caller,
  attempts: readonly Attempt[],
): Promise<Map<string, Result>> {
  const { identity, account, place, network } = caller;
  const metadata = { name, namespace };
  const input = JSON.stringify({ attempts, ...(identity === undefined ? {} : { identity: '/trust-identity' }) });
  const labels = {
    ...(network === 'open' ? OPEN : {}),
    ...(place === undefined ? {} : { 'app.kubernetes.io/name': place, 'app.kubernetes.io/part-of': 'shop' }),
  };
  const volumes = [
    { name: 'trust', configMap: { name } },
    ...(identity === undefined ? [] : [{ name: 'identity', secret: { secretName: identity, defaultMode: 0o440 } }]),
    ...(account === undefined
      ? []
      : [{ name: 'login', projected: { defaultMode: 0o440, sources: [{ serviceAccountToken: { path: 'token' } }] } }]),
  ];
  const paths: Readonly<Record<string, string>> = {
    trust: '/trust',
    identity: '/trust-identity',
    login: '/trust-login',
  };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, labels },
    spec: {
      restartPolicy: 'Never',
      ...(account === undefined ? {} : { serviceAccountName: account }),
      automountServiceAccountToken: false,
      // Never ready: it may have the labels of a service, but must receive no requests.
      readinessGates: [{ conditionType: 'groundwork.test/never' }],
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        fsGroup: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'trust',
          image,
          command: ['node', '/trust/probe.mjs'],
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          resources: { requests: { cpu: '10m', memory: '128Mi' }, limits: { memory: '128Mi' } },
          volumeMounts: volumes.map(({ name: volume }) => ({ name: volume, mountPath: paths[volume], readOnly: true })),
        },
      ],
      volumes,
    },
  };
  const files = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'probe.mjs': SCRIPT, 'input.json': input } };
  const scope = ['--namespace', namespace];
  await kubectl.run(['create', '-f', '-'], { input: `${JSON.stringify(files)}\n---\n${JSON.stringify(pod)}` });
  try {
    await kubectl.run(['wait', `pod/${name}`, ...scope, '--for=jsonpath={.status.phase}=Succeeded', '--timeout=120s']);
    const lines = (await kubectl.run(['logs', name, ...scope])).split('\n').filter((line) => line.startsWith('{'));
    return new Map(
      lines.map((line) => JSON.parse(line) as { id: string; result: Result }).map(({ id, result }) => [id, result]),
    );
  } finally {
    await kubectl.run(['delete', `pod/${name}`, `configmap/${name}`, ...scope, '--wait', '--grace-period=0']);
  }
}
