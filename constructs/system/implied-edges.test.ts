import { describe, expect, test } from '@jest/globals';
import { ApiObject, App, Chart } from 'cdk8s';
import { synthesize } from '../index.ts';
import { IMPLIED_RULES } from './implied-rules.ts';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

const N = 'bakery';
/** An object `x` of the namespace. */
const make = (apiVersion: string, kind: string, rest: object = {}, metadata: object = {}): Manifest => ({
  apiVersion,
  kind,
  metadata: { name: 'x', namespace: N, ...metadata },
  ...rest,
});
/** An object `x` of the whole cluster. */
const ofCluster = (apiVersion: string, kind: string, rest: object = {}, metadata: object = {}): Manifest => ({
  apiVersion,
  kind,
  metadata: { name: 'x', ...metadata },
  ...rest,
});
const pod = (spec: object): Manifest => make('v1', 'Pod', { spec }, { name: 'pod' });
const RBAC = 'rbac.authorization.k8s.io/v1';
const definition = ofCluster('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
  spec: { group: 'bakery.example', names: { kind: 'Oven' }, scope: 'Namespaced' },
});
const service = make('v1', 'Service', { spec: { selector: { a: 'b' } } });
const headless = make('v1', 'Service', { spec: { clusterIP: 'None' } });
const reference = { service: { namespace: N, name: 'x' } };
const DEFAULT = { 'ingressclass.kubernetes.io/is-default-class': 'true' };

/** By the need of a rule: pairs of an object and one that comes before it. */
const CASES: Readonly<Record<string, readonly (readonly [from: Manifest, to: Manifest])[]>> = {
  'its Namespace': [[make('v1', 'ConfigMap'), ofCluster('v1', 'Namespace', {}, { name: N })]],
  'the CustomResourceDefinition of its kind': [[make('bakery.example/v2', 'Oven'), definition]],
  'the APIService of its group and version': [
    [
      make('bakery.example/v1', 'Mill'),
      ofCluster('apiregistration.k8s.io/v1', 'APIService', {}, { name: 'v1.bakery.example' }),
    ],
  ],
  'the ServiceAccount whose token it holds': [
    [
      make(
        'v1',
        'Secret',
        { type: 'kubernetes.io/service-account-token' },
        { annotations: { 'kubernetes.io/service-account.name': 'x' } },
      ),
      make('v1', 'ServiceAccount'),
    ],
  ],
  'the Role or ClusterRole that it grants': [
    [make(RBAC, 'RoleBinding', { roleRef: { kind: 'Role', name: 'x' } }), make(RBAC, 'Role')],
    [make(RBAC, 'RoleBinding', { roleRef: { kind: 'ClusterRole', name: 'x' } }), ofCluster(RBAC, 'ClusterRole')],
    // A chart's namespace does not make it namespaced.
    [make(RBAC, 'ClusterRoleBinding', { roleRef: { kind: 'ClusterRole', name: 'x' } }), make(RBAC, 'ClusterRole')],
  ],
  'the ServiceAccount, PriorityClass and RuntimeClass of its pods': [
    [pod({ serviceAccountName: 'x' }), make('v1', 'ServiceAccount')],
    [pod({}), make('v1', 'ServiceAccount', {}, { name: 'default' })],
    [pod({ priorityClassName: 'x' }), ofCluster('scheduling.k8s.io/v1', 'PriorityClass')],
    [pod({ runtimeClassName: 'x' }), ofCluster('node.k8s.io/v1', 'RuntimeClass')],
    ...['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'].map(
      (kind) =>
        [
          make('apps/v1', kind, { spec: { template: { spec: { serviceAccountName: 'x' } } } }),
          make('v1', 'ServiceAccount'),
        ] as const,
    ),
    [
      make('batch/v1', 'Job', { spec: { template: { spec: { serviceAccountName: 'x' } } } }),
      make('v1', 'ServiceAccount'),
    ],
    [
      make('batch/v1', 'CronJob', { spec: { jobTemplate: { spec: { template: { spec: { serviceAccount: 'x' } } } } } }),
      make('v1', 'ServiceAccount'),
    ],
  ],
  'the Secrets, ConfigMaps, claims and trust bundles that its pods use and that are not optional': [
    [pod({ imagePullSecrets: [{ name: 'x' }] }), make('v1', 'Secret')],
    [pod({ volumes: [{ secret: { secretName: 'x' } }] }), make('v1', 'Secret')],
    [pod({ volumes: [{ configMap: { name: 'x' } }] }), make('v1', 'ConfigMap')],
    [pod({ volumes: [{ projected: { sources: [{ secret: { name: 'x' } }] } }] }), make('v1', 'Secret')],
    [pod({ volumes: [{ projected: { sources: [{ configMap: { name: 'x' } }] } }] }), make('v1', 'ConfigMap')],
    [
      pod({ volumes: [{ projected: { sources: [{ clusterTrustBundle: { name: 'x' } }] } }] }),
      ofCluster('certificates.k8s.io/v1beta1', 'ClusterTrustBundle'),
    ],
    [pod({ volumes: [{ persistentVolumeClaim: { claimName: 'x' } }] }), make('v1', 'PersistentVolumeClaim')],
    [
      pod({ volumes: [{ ephemeral: { volumeClaimTemplate: { spec: { storageClassName: 'x' } } } }] }),
      ofCluster('storage.k8s.io/v1', 'StorageClass'),
    ],
    [pod({ volumes: [{ csi: { nodePublishSecretRef: { name: 'x' } } }] }), make('v1', 'Secret')],
    [pod({ volumes: [{ azureFile: { secretName: 'x' } }] }), make('v1', 'Secret')],
    [pod({ volumes: [{ rbd: { secretRef: { name: 'x' } } }] }), make('v1', 'Secret')],
    [pod({ containers: [{ env: [{ valueFrom: { secretKeyRef: { name: 'x' } } }] }] }), make('v1', 'Secret')],
    [pod({ initContainers: [{ env: [{ valueFrom: { configMapKeyRef: { name: 'x' } } }] }] }), make('v1', 'ConfigMap')],
    [pod({ containers: [{ envFrom: [{ secretRef: { name: 'x' } }] }] }), make('v1', 'Secret')],
    [pod({ containers: [{ envFrom: [{ configMapRef: { name: 'x' } }] }] }), make('v1', 'ConfigMap')],
    [pod({ resourceClaims: [{ resourceClaimName: 'x' }] }), make('resource.k8s.io/v1', 'ResourceClaim')],
    [
      pod({ resourceClaims: [{ resourceClaimTemplateName: 'x' }] }),
      make('resource.k8s.io/v1', 'ResourceClaimTemplate'),
    ],
  ],
  'the Secrets with which its pods pull images': [
    [make('v1', 'ServiceAccount', { imagePullSecrets: [{ name: 'x' }] }), make('v1', 'Secret')],
  ],
  'the headless Service that gives its pods their names': [
    [make('apps/v1', 'StatefulSet', { spec: { serviceName: 'x' } }), headless],
  ],
  'its StorageClass, VolumeAttributesClass and PersistentVolume': [
    [
      make('v1', 'PersistentVolumeClaim', { spec: { storageClassName: 'x' } }),
      ofCluster('storage.k8s.io/v1', 'StorageClass'),
    ],
    [
      make('v1', 'PersistentVolumeClaim', { spec: { volumeAttributesClassName: 'x' } }),
      ofCluster('storage.k8s.io/v1', 'VolumeAttributesClass'),
    ],
    [make('v1', 'PersistentVolumeClaim', { spec: { volumeName: 'x' } }), ofCluster('v1', 'PersistentVolume')],
  ],
  'what the claims that it makes need': [
    [
      make('apps/v1', 'StatefulSet', { spec: { volumeClaimTemplates: [{ spec: { storageClassName: 'x' } }] } }),
      ofCluster('storage.k8s.io/v1', 'StorageClass'),
    ],
  ],
  'the LimitRanges and ResourceQuotas of its namespace': [
    [pod({}), make('v1', 'LimitRange')],
    [pod({}), make('v1', 'ResourceQuota')],
    [make('v1', 'PersistentVolumeClaim'), make('v1', 'LimitRange')],
  ],
  'the NetworkPolicies for all pods of its namespace': [
    [pod({}), make('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {} } })],
    [pod({}), make('networking.k8s.io/v1', 'NetworkPolicy', { spec: {} })],
  ],
  'the default PriorityClass, unless its pods name one': [
    [pod({}), ofCluster('scheduling.k8s.io/v1', 'PriorityClass', { globalDefault: true })],
  ],
  'its IngressClass, or the default one': [
    [
      make('networking.k8s.io/v1', 'Ingress', { spec: { ingressClassName: 'x' } }),
      ofCluster('networking.k8s.io/v1', 'IngressClass'),
    ],
    [
      make('networking.k8s.io/v1', 'Ingress'),
      ofCluster('networking.k8s.io/v1', 'IngressClass', {}, { annotations: DEFAULT }),
    ],
  ],
  'the Services of its webhooks': ['Mutating', 'Validating'].map((type) => [
    ofCluster('admissionregistration.k8s.io/v1', `${type}WebhookConfiguration`, {
      webhooks: [{ clientConfig: { url: 'https://elsewhere.example' } }, { clientConfig: reference }],
    }),
    service,
  ]),
  'the Service that it forwards to': [
    [ofCluster('apiregistration.k8s.io/v1', 'APIService', { spec: reference }), service],
  ],
};

/** Pairs that wait for nothing, as any order ends in the same state. */
const NO_EDGE: readonly (readonly [why: string, from: Manifest, to: Manifest])[] = [
  [
    'an autoscaler tries again',
    make('autoscaling/v2', 'HorizontalPodAutoscaler', {
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' } },
    }),
    make('apps/v1', 'Deployment'),
  ],
  [
    'the reference is optional',
    pod({ volumes: [{ secret: { secretName: 'x', optional: true } }] }),
    make('v1', 'Secret'),
  ],
  [
    'the variable is optional',
    pod({ containers: [{ env: [{ valueFrom: { secretKeyRef: { name: 'x', optional: true } } }] }] }),
    make('v1', 'Secret'),
  ],
  [
    'the Secret is in another namespace',
    pod({ volumes: [{ secret: { secretName: 'x' } }] }),
    make('v1', 'Secret', {}, { namespace: 'other' }),
  ],
  [
    'Pulumi waits for the pods of the Service',
    make('apps/v1', 'StatefulSet', { spec: { serviceName: 'x', template: { metadata: { labels: { a: 'b' } } } } }),
    service,
  ],
  [
    'the policy only allows more',
    pod({}),
    make('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: { matchLabels: { a: 'b' } } } }),
  ],
  [
    'the pods name a class',
    pod({ priorityClassName: 'other' }),
    ofCluster('scheduling.k8s.io/v1', 'PriorityClass', { globalDefault: true }),
  ],
  ['the class is not the default one', pod({}), ofCluster('scheduling.k8s.io/v1', 'PriorityClass')],
  [
    'the Ingress names another class',
    make('networking.k8s.io/v1', 'Ingress', { spec: { ingressClassName: 'other' } }),
    ofCluster('networking.k8s.io/v1', 'IngressClass', {}, { annotations: DEFAULT }),
  ],
  ['the Secret holds no token', make('v1', 'Secret'), make('v1', 'ServiceAccount')],
  [
    'a Namespace of another group is none',
    make('v1', 'ConfigMap'),
    ofCluster('tenancy.example/v1', 'Namespace', {}, { name: N }),
  ],
  [
    'a Deployment of another group makes no pods',
    make('tenancy.example/v1', 'Deployment', { spec: { template: { spec: { serviceAccountName: 'x' } } } }),
    make('v1', 'ServiceAccount'),
  ],
];

/** A system in which the object that waits comes first in the tree, and is in another chart. */
function systemOf(...manifests: readonly Manifest[]) {
  const app = new App();
  for (const [index, manifest] of manifests.entries())
    new ApiObject(new Chart(app, `chart${index}`), 'object', { ...manifest });
  return synthesize(app);
}
const idOf = (manifest: Manifest): string => systemOf(manifest).objects[0]?.id ?? '';

test('law: each rule has a case, and each case a rule', () => {
  expect(Object.keys(CASES).sort()).toEqual(IMPLIED_RULES.map(({ needs }) => needs).sort());
});

const cases = Object.entries(CASES).flatMap(([needs, pairs]) =>
  pairs.map(([from, to]) => ({ needs, from, to, name: `${from.kind} → ${to.kind}` })),
);
test.each(cases)('$name: it comes after $needs', ({ from, to }) => {
  const system = systemOf(from, to);
  expect(system.edges).toEqual([{ from: idOf(from), to: idOf(to) }]);
  expect(system.objects.map(({ id }) => id)).toEqual([idOf(to), idOf(from)]);
  expect(system.charts.flatMap(({ dependsOn }) => dependsOn)).toEqual([]);
});

const named = cases.filter(
  ({ needs }) => !/ of its namespace$|^the default |^the CustomResourceDefinition /.test(needs),
);
test.each(named)('$name: not after $needs if that has another name', ({ from, to }) => {
  const isDefault = to.metadata.annotations === DEFAULT;
  const other = { ...to, metadata: isDefault ? { name: 'x' } : { ...to.metadata, name: 'other' } };
  expect(systemOf(from, other).edges).toEqual([]);
});

const ofNamespace = cases.filter(({ needs }) => / of its namespace$/.test(needs));
test.each(ofNamespace)('$name: not after those of another namespace', ({ from, to }) => {
  expect(systemOf(from, { ...to, metadata: { name: 'x', namespace: 'other' } }).edges).toEqual([]);
});

test.each(NO_EDGE)('no order where %s', (_, from, to) => {
  expect(systemOf(from, to).edges).toEqual([]);
});

test.each([
  ...['Deployment', 'StatefulSet'].map((kind) => make('apps/v1', kind)),
  make('batch/v1', 'CronJob', { spec: { jobTemplate: 'text' } }),
  pod({ volumes: 'text', containers: [null, 7] }),
  make('autoscaling/v2', 'HorizontalPodAutoscaler'),
  make('networking.k8s.io/v1', 'Ingress', { spec: [] }),
  ofCluster('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', { webhooks: [{}] }),
])('a malformed $kind is left to the API server', (manifest) => {
  expect(systemOf(manifest).edges).toEqual([]);
});

describe('against a declared dependency in the opposite direction', () => {
  const opposite = (from: Manifest, to: Manifest) => {
    const app = new App();
    const [a, b] = [from, to].map(
      (manifest, index) => new ApiObject(new Chart(app, `c${index}`), 'object', { ...manifest }),
    );
    b?.addDependency(a as ApiObject);
    return app;
  };

  test('what an object can exist without gives way', () => {
    const deployment = make('apps/v1', 'Deployment', {
      spec: { template: { spec: { volumes: [{ secret: { secretName: 'x' } }] } } },
    });
    const system = synthesize(opposite(deployment, make('v1', 'Secret')));
    expect(system.objects.map(({ id }) => id)).toEqual([idOf(deployment), 'Secret/bakery/x']);
    expect(system.charts).toContainEqual({ path: 'c1', dependsOn: ['c0'] });
    expect(system.edges).toEqual([]);
  });

  test('what an object cannot exist without is an error that names both', () => {
    const account = make('v1', 'ServiceAccount');
    const token = make(
      'v1',
      'Secret',
      { type: 'kubernetes.io/service-account-token' },
      { annotations: { 'kubernetes.io/service-account.name': 'x' } },
    );
    expect(() => synthesize(opposite(token, account))).toThrow(
      'these wait for each other: ServiceAccount/bakery/x → Secret/bakery/x → ServiceAccount/bakery/x',
    );
  });

  test('of a whole chart it holds for all but the objects that the other chart needs', () => {
    const app = new App();
    const [config, run] = [new Chart(app, 'config'), new Chart(app, 'run')];
    const needed = make('v1', 'Secret');
    const other = make('v1', 'ConfigMap');
    const user = pod({ volumes: [{ secret: { secretName: 'x' } }] });
    for (const [chart, manifest] of [
      [config, needed],
      [config, other],
      [run, user],
    ] as const)
      new ApiObject(chart, manifest.kind, { ...manifest });
    config.addDependency(run);
    expect(synthesize(app).edges).toEqual([
      { from: idOf(user), to: idOf(needed) },
      { from: idOf(other), to: idOf(user) },
    ]);
  });
});

test('what is implied is between objects, and does not make one chart wait for another', () => {
  const app = new App();
  const [platform, shop] = [new Chart(app, 'platform'), new Chart(app, 'shop', { namespace: N })];
  new ApiObject(platform, 'namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: N } });
  new ApiObject(platform, 'slow', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'slow' } });
  new ApiObject(shop, 'settings', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } });
  const { charts, edges } = synthesize(app);
  expect(charts.map(({ dependsOn }) => dependsOn)).toEqual([[], []]);
  expect(edges).toEqual([{ from: 'ConfigMap/bakery/settings', to: 'Namespace/bakery' }]);
});
