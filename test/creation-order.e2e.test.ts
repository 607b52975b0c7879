import { randomBytes } from 'node:crypto';
import { fc } from '@fast-check/jest';
import { type Manifest, type System, synthesize, valueAt } from '@groundwork/constructs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ApiObject, App, Chart } from 'cdk8s';
import { Kubectl, type LiveObject } from '../infra/deploy/kubectl.ts';
import { type Dev, devAsItRuns, devDown } from './support/dev.ts';
import { becomes } from './support/until.ts';

/** Unique to this run: names of the whole cluster have it, and all that is left over is found by it. */
const RUN = `order-${randomBytes(4).toString('hex')}`;
const GROUP = `${RUN}.example`;
const CLUSTER_WIDE =
  'namespaces,customresourcedefinitions,clusterroles,clusterrolebindings,priorityclasses,runtimeclasses,storageclasses,validatingwebhookconfigurations,persistentvolumes';
const MINUTES = 60_000;

/** A cluster of any kind with GROUNDWORK_TEST_KUBECONFIG and kubectl on PATH; otherwise dev. */
let dev: Dev | undefined;
let kubectl: Kubectl;
beforeAll(async () => {
  const file = process.env.GROUNDWORK_TEST_KUBECONFIG;
  if (file === undefined) dev = await devAsItRuns();
  kubectl = dev?.kubectl ?? new Kubectl({ kubectl: ['kubectl', '--kubeconfig', file ?? ''] });
}, 30 * MINUTES);
afterAll(async () => {
  await kubectl?.run(['delete', CLUSTER_WIDE, '--selector', `run=${RUN}`, '--wait=false', '--ignore-not-found']);
  await devDown(dev);
}, 2 * MINUTES);

const RBAC = 'rbac.authorization.k8s.io';
const DEFINED = { plural: 'ovens', singular: 'oven', kind: 'Oven', listKind: 'OvenList' };
const SCHEMA = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };

/**
 * Every object of a system whose references Kubernetes enforces; `name` is that of the namespace, and of what is in
 * none. No pod is scheduled: a node would have to have the label.
 */
const objectsOf = (name: string) => {
  const inNone = <T extends object>(apiVersion: string, kind: string, rest: T, own = name) => ({
    apiVersion,
    kind,
    metadata: { name: own, labels: { run: RUN } },
    ...rest,
  });
  const inside = <T extends object>(apiVersion: string, kind: string, rest: T, metadata: object = {}) => ({
    apiVersion,
    kind,
    metadata: { name: 'x', namespace: name, ...metadata },
    ...rest,
  });
  const service = { namespace: name, name: 'x', path: '/', port: 443 };
  const spec = {
    serviceAccountName: 'x',
    priorityClassName: name,
    runtimeClassName: name,
    nodeSelector: { [GROUP]: 'none' },
    imagePullSecrets: [{ name: 'pull' }],
    containers: [
      {
        name: 'x',
        image: 'none.invalid/none',
        env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'key', key: 'key' } } }],
        envFrom: [{ configMapRef: { name: 'x' } }],
        resources: { requests: { cpu: '1m', memory: '1Mi' } },
      },
    ],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'x' } }],
  };
  const claim = {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Mi' } },
    storageClassName: name,
  };
  const template = { metadata: { labels: { app: 'x' } }, spec };
  return {
    namespace: inNone('v1', 'Namespace', {}),
    definition: inNone(
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      {
        spec: {
          group: `${name}.${GROUP}`,
          names: DEFINED,
          scope: 'Namespaced',
          versions: [{ name: 'v1', served: true, storage: true, schema: SCHEMA }],
        },
      },
      `ovens.${name}.${GROUP}`,
    ),
    custom: inside(`${name}.${GROUP}/v1`, 'Oven', {}),
    account: inside('v1', 'ServiceAccount', { imagePullSecrets: [{ name: 'pull' }] }),
    token: inside(
      'v1',
      'Secret',
      { type: 'kubernetes.io/service-account-token' },
      { name: 'token', annotations: { 'kubernetes.io/service-account.name': 'x' } },
    ),
    pull: inside('v1', 'Secret', { type: 'Opaque' }, { name: 'pull' }),
    key: inside('v1', 'Secret', { stringData: { key: 'x' } }, { name: 'key' }),
    settings: inside('v1', 'ConfigMap', { data: { a: 'b' } }),
    role: inside(`${RBAC}/v1`, 'Role', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }),
    binding: inside(`${RBAC}/v1`, 'RoleBinding', {
      roleRef: { apiGroup: RBAC, kind: 'Role', name: 'x' },
      subjects: [{ kind: 'ServiceAccount', name: 'x', namespace: name }],
    }),
    clusterRole: inNone(`${RBAC}/v1`, 'ClusterRole', { rules: [] }),
    clusterBinding: inNone(`${RBAC}/v1`, 'ClusterRoleBinding', {
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
      subjects: [],
    }),
    priority: inNone('scheduling.k8s.io/v1', 'PriorityClass', { value: 1 }),
    runtime: inNone('node.k8s.io/v1', 'RuntimeClass', { handler: 'none' }),
    storage: inNone('storage.k8s.io/v1', 'StorageClass', {
      provisioner: `${GROUP}/none`,
      volumeBindingMode: 'WaitForFirstConsumer',
    }),
    claim: inside('v1', 'PersistentVolumeClaim', { spec: claim }),
    limits: inside('v1', 'LimitRange', {
      spec: { limits: [{ type: 'Container', default: { cpu: '7m', memory: '7Mi' } }] },
    }),
    quota: inside('v1', 'ResourceQuota', { spec: { hard: { pods: '10', 'limits.cpu': '1' } } }),
    policy: inside('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {}, policyTypes: ['Ingress'] } }),
    service: inside('v1', 'Service', { spec: { clusterIP: 'None', ports: [{ port: 443 }] } }),
    webhook: inNone('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
      webhooks: [
        {
          name: `x.${GROUP}`,
          clientConfig: { service },
          rules: [{ apiGroups: [GROUP], apiVersions: ['*'], operations: ['CREATE'], resources: ['none'] }],
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          failurePolicy: 'Ignore',
        },
      ],
    }),
    pod: inside('v1', 'Pod', { spec }),
    deployment: inside('apps/v1', 'Deployment', { spec: { selector: { matchLabels: { app: 'x' } }, template } }),
    statefulSet: inside('apps/v1', 'StatefulSet', {
      spec: {
        serviceName: 'x',
        selector: { matchLabels: { app: 'x' } },
        template,
        volumeClaimTemplates: [{ metadata: { name: 'more' }, spec: claim }],
      },
    }),
    job: inside('batch/v1', 'Job', { spec: { template: { spec: { ...spec, restartPolicy: 'Never' } } } }),
  };
};
type Part = keyof ReturnType<typeof objectsOf>;
const PARTS = Object.keys(objectsOf('x')) as Part[];

/** The system of the objects; each is in a chart by itself, so that only what Kubernetes implies orders them. */
function systemOf(name: string): System {
  const app = new App();
  for (const [part, manifest] of Object.entries(objectsOf(name)))
    new ApiObject(new Chart(app, part), 'object', { ...manifest });
  return synthesize(app);
}

/** One of the orders that the edges allow: of all objects that could be next, the one with the lowest number. */
function orderOf({ objects, edges }: System, numbers: readonly number[]): Manifest[] {
  const numberOf = new Map(objects.map(({ id }, index) => [id, numbers[index] ?? index]));
  const waiting = new Map(objects.map((object) => [object.id, object]));
  const order: Manifest[] = [];
  while (waiting.size > 0) {
    const [next] = [...waiting.values()]
      .filter(({ id }) => !edges.some(({ from, to }) => from === id && waiting.has(to)))
      .sort((a, b) => (numberOf.get(a.id) ?? 0) - (numberOf.get(b.id) ?? 0));
    if (next === undefined) throw new Error('the edges have a cycle');
    waiting.delete(next.id);
    order.push(next.manifest);
  }
  return order;
}

const create = async (manifest: object, ...flags: readonly string[]): Promise<LiveObject> =>
  JSON.parse(await kubectl.run(['create', '-f', '-', '-o', 'json', ...flags], { input: JSON.stringify(manifest) }));

/** Creates an object as Pulumi does: the next one is created when it can be used. */
async function deployed(manifest: Manifest): Promise<LiveObject> {
  const made = await create(manifest);
  const condition = READY[manifest.kind];
  const { name, namespace = 'default' } = manifest.metadata;
  if (condition !== undefined)
    await kubectl.run(['wait', `${manifest.kind}/${name}`, '--namespace', namespace, condition, '--timeout=60s']);
  return made;
}
const READY: Readonly<Record<string, string>> = {
  CustomResourceDefinition: '--for=condition=Established',
  ResourceQuota: '--for=jsonpath={.status.hard}',
};

async function live(manifests: readonly object[]): Promise<readonly LiveObject[]> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests });
  const answer: LiveObject | { readonly items: readonly LiveObject[] } = JSON.parse(
    await kubectl.run(['get', '-f', '-', '-o', 'json'], { input }),
  );
  return 'items' in answer ? answer.items : [answer];
}

const tokenOf = async (namespace: string) => (await kubectl.get('secret', 'token', namespace))?.data?.token;

let runs = 0;
test(
  'law: in every order that the edges allow, the API server accepts all objects and no controller deletes one',
  async () => {
    const numbers = fc.array(fc.nat(), { minLength: PARTS.length, maxLength: PARTS.length });
    await fc.assert(
      fc.asyncProperty(numbers, async (priorities) => {
        const name = `${RUN}-${runs++}`;
        const order = orderOf(systemOf(name), priorities);
        const made: LiveObject[] = [];
        for (const manifest of order) made.push(await deployed(manifest));
        // The controller that deletes tokens without an account has seen this one.
        await becomes('the token is issued', async () => (await tokenOf(name)) !== undefined, MINUTES);
        const found = await live(order);
        expect(found.map(({ metadata: { uid } }) => uid)).toEqual(made.map(({ metadata: { uid } }) => uid));
        expect(found.filter(({ metadata }) => metadata.deletionTimestamp !== undefined)).toEqual([]);
        const pod = found.find(({ kind }) => kind === 'Pod');
        expect(valueAt(pod?.spec, 'containers', '0', 'resources', 'limits')).toEqual({ cpu: '7m', memory: '7Mi' });
        await kubectl.run(['delete', 'namespace', name, '--wait=false']);
      }),
      { numRuns: 6, endOnFailure: true },
    );
  },
  15 * MINUTES,
);

test.each<[Part, Part]>([
  ['settings', 'namespace'],
  ['custom', 'definition'],
  ['pod', 'account'],
  ['pod', 'priority'],
  ['pod', 'runtime'],
])('the API server rejects the object `%s` before the object `%s`', async (part, without) => {
  const name = `${RUN}-${part}-${without}`;
  const system = systemOf(name);
  const idOf = (chart: string) => system.objects.find((object) => object.chart === chart)?.id ?? '';
  const needed = new Set([idOf(part)]);
  // Iteration over a Set also visits what is added meanwhile.
  for (const id of needed)
    for (const { from, to } of system.edges) if (from === id && to !== idOf(without)) needed.add(to);
  needed.delete(idOf(part));
  for (const { id, manifest } of system.objects) if (needed.has(id)) await deployed(manifest);
  await expect(create(objectsOf(name)[part])).rejects.toThrow(/not found|no matches for kind|no PriorityClass/);
});

test('a controller deletes the Secret of a token before its ServiceAccount', async () => {
  const name = `${RUN}-token`;
  const { namespace, token } = objectsOf(name);
  await create(namespace);
  await create(token);
  await becomes(
    'the Secret is deleted',
    async () => (await kubectl.get('secret', 'token', name)) === undefined,
    MINUTES,
  );
});

test('the API server rejects a RoleBinding before its Role, from a user who may not bind all roles', async () => {
  const name = `${RUN}-binding`;
  const { namespace, account, role, binding } = objectsOf(name);
  const own = { ...role, metadata: { name: 'deployer', namespace: name } };
  const rules = [...role.rules, { apiGroups: [RBAC], resources: ['roles', 'rolebindings'], verbs: ['create'] }];
  await create(namespace);
  await create(account);
  await create({ ...own, rules });
  await create({ ...binding, metadata: own.metadata, roleRef: { ...binding.roleRef, name: 'deployer' } });
  const user = `--as=system:serviceaccount:${name}:x`;
  await expect(create(binding, user)).rejects.toThrow(/"x" not found/);
  await create(role, user);
  await create(binding, user);
});
