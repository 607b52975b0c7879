import type { Manifest } from '@groundwork/constructs';
import { synthesize } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Kubectl } from '../infra/deploy/kubectl.ts';
import { podOf } from '../infra/review/policy/pods.ts';
import { type Environment, environments } from '../stacks/environments/index.ts';
import { shop } from '../stacks/shop.ts';
import { type Dev, devAsItRuns, devDown } from './support/dev.ts';
import { fixedImages } from './support/system.ts';

const NAMESPACE = 'policy-restricted';
const all: readonly Environment[] = Object.values(environments);
const objectsOf = (environment: Environment): readonly Manifest[] =>
  synthesize(shop(environment, fixedImages)).objects.map(({ manifest }) => manifest);

let dev: Dev;
beforeAll(async () => {
  dev = await devAsItRuns();
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } });
  // Pods name the one account that every namespace has; it takes the controller a moment.
  await dev.kubectl.run(['wait', 'serviceaccount/default', '--namespace', NAMESPACE, '--for=create', '--timeout=60s']);
}, 30 * 60_000);
afterAll(async () => {
  await dev?.kubectl.run(['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false']);
  await devDown(dev);
}, 120_000);

const apply = (object: object) =>
  dev.kubectl.run(['apply', '--server-side', '-f', '-'], { input: JSON.stringify(object) });

/** The pod that an object makes, as somebody might make it by hand: admission judges it as it is. */
function bare(prefix: string, object: Manifest): Manifest[] {
  const pod = podOf(object);
  if (pod === undefined) return [];
  const { volumeClaimTemplates: claims = [] } = (object.spec ?? {}) as {
    volumeClaimTemplates?: readonly { metadata: { name: string } }[];
  };
  const volumes = [
    ...(pod.spec.volumes ?? []),
    ...claims.map(({ metadata }) => ({ name: metadata.name, emptyDir: {} })),
  ];
  const name = `${prefix}-${object.kind}-${object.metadata.name}`.toLowerCase().slice(0, 63);
  const spec = { ...pod.spec, serviceAccountName: 'default', volumes };
  return [{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: NAMESPACE }, spec } as unknown as Manifest];
}

/** Sends pods to be judged and thrown away. @returns names of those that were taken, and what was said of the others */
async function judge(kubectl: Kubectl, pods: readonly Manifest[]): Promise<{ taken: readonly string[]; said: string }> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods });
  try {
    const output = await kubectl.run(['create', '--dry-run=server', '-o', 'name', '-f', '-'], { input });
    return {
      taken: output
        .trim()
        .split('\n')
        .map((line) => line.replace('pod/', '')),
      said: '',
    };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { taken: [], said: error.problem };
  }
}

describe.each(all.map((environment) => [environment.name, environment] as const))('%s', (name, environment) => {
  test('every pod is taken where the API server enforces Pod Security restricted', async () => {
    const pods = objectsOf(environment).flatMap((object) => bare(name, object));
    expect(pods.length).toBeGreaterThan(8);
    expect(await judge(dev.kubectl, pods)).toEqual({ taken: pods.map(({ metadata }) => metadata.name), said: '' });
  });

  test('its namespace enforces it', () => {
    const namespaces = objectsOf(environment).filter(({ kind }) => kind === 'Namespace');
    expect(namespaces).toHaveLength(1);
    expect(namespaces[0]?.metadata).toMatchObject({ labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } });
  });
});

describe('so that being taken means something, a pod is refused that', () => {
  const good = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const container = (more: object = {}) => ({
    name: 'c',
    image: 'registry.example/c:1',
    securityContext: { ...good, ...more },
  });
  const safe = {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container()],
  };

  test.each([
    ['is privileged', { containers: [container({ privileged: true, allowPrivilegeEscalation: true })] }, /privileged/],
    ['shares the network of its node', { hostNetwork: true }, /hostNetwork|host namespaces/],
    [
      'mounts a path of its node',
      { volumes: [{ name: 'v', hostPath: { path: '/' } }] },
      /hostPath|restricted volume types/,
    ],
    ['may run as root', { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }, /runAsNonRoot/],
    ['runs as root', { containers: [container({ runAsUser: 0 })] }, /runAsUser=0/],
    ['has no seccomp profile', { securityContext: { runAsNonRoot: true } }, /seccompProfile/],
    [
      'adds a capability',
      { containers: [container({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } })] },
      /capabilities/,
    ],
    ['may gain rights', { containers: [container({ allowPrivilegeEscalation: true })] }, /allowPrivilegeEscalation/],
  ])('%s', async (_, more, why) => {
    const metadata = { name: 'bad', namespace: NAMESPACE };
    const pod = (spec: object): Manifest => ({ apiVersion: 'v1', kind: 'Pod', metadata, spec }) as unknown as Manifest;
    expect(await judge(dev.kubectl, [pod(safe)])).toMatchObject({ taken: ['bad'] });
    const { taken, said } = await judge(dev.kubectl, [pod({ ...safe, ...more })]);
    expect(taken).toEqual([]);
    // The embedded cluster allows no privileged pod at all, and says so before it looks at the namespace.
    expect(said).toMatch(/violates PodSecurity "restricted|disallowed by cluster policy/);
    expect(said).toMatch(why);
  });
});
