import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUSYBOX } from '@groundwork/local';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Cluster } from '../infra/deploy/cluster/index.ts';
import { withPeakMemory } from './support/processes.ts';
import { Project } from './support/pulumi.ts';
import { inWords, RunTable } from './support/run-table.ts';
import { separateCluster } from './support/separate-cluster.ts';

/** The same 120 objects in 5 charts by the bridge and, as users write it without cdk8s, by `@pulumi/kubernetes`. */
const separate = await separateCluster();
let cluster: Cluster;
beforeAll(async () => {
  cluster = await separate.up();
}, 30 * 60_000); // may include the builds of Kubernetes and Pulumi
afterAll(() => separate.down());

const PROJECT = 'name: town\nruntime: { name: nodejs, options: { typescript: false } }\nmain: program.ts\n';
const PROGRAMS = {
  bridge: `import { readFileSync } from 'node:fs';
import { deploy, KubernetesProvider } from '@groundwork/pulumi';
import { ApiObject, App, Chart } from 'cdk8s';

const app = new App();
for (const [name, objects] of Object.entries(JSON.parse(readFileSync('charts.json', 'utf8')))) {
  const chart = new Chart(app, name);
  for (const object of objects) new ApiObject(chart, object.kind + object.metadata.name, object);
}
const version = process.env.PROVIDER_VERSION || undefined;
deploy(app, { provider: new KubernetesProvider('cluster', { clusterIdentifier: 'test', version }) });
`,
  plain: `import { readFileSync } from 'node:fs';
import * as kubernetes from '@pulumi/kubernetes';

const version = process.env.PROVIDER_VERSION || undefined;
const provider = new kubernetes.Provider('cluster', { enableServerSideApply: true }, { version });
const make = (object, dependsOn) => {
  const [version, group = 'core'] = object.apiVersion.split('/').reverse();
  const Kind = kubernetes[group.split('.')[0]]?.[version]?.[object.kind] ?? kubernetes.apiextensions.CustomResource;
  return new Kind(object.kind + '-' + object.metadata.name, object, { provider, dependsOn });
};
const objects = Object.values(JSON.parse(readFileSync('charts.json', 'utf8'))).flat();
const isFirst = ({ kind }) => kind === 'Namespace' || kind === 'CustomResourceDefinition';
const first = objects.filter(isFirst).map((object) => make(object, []));
for (const object of objects) if (!isFirst(object)) make(object, first);
`,
};

interface Item {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** 120 objects: a chart of what all need, and one for each of four districts. */
function charts(namespace: string, color = 'red'): Readonly<Record<string, readonly Item[]>> {
  const group = `${namespace}.example`;
  const object = (apiVersion: string, kind: string, name: string, rest: object = {}): Item => ({
    apiVersion,
    kind,
    metadata: { name, namespace },
    ...rest,
  });
  const unbound = (apiVersion: string, kind: string, name: string, rest: object = {}): Item => ({
    ...object(apiVersion, kind, name, rest),
    metadata: { name },
  });
  const rbac = 'rbac.authorization.k8s.io/v1';
  const roleRef = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const district = (name: string): Item[] => [
    ...['bakery', 'mill'].flatMap((shop, index) => {
      const app = `${name}-${shop}`;
      const pod = {
        metadata: { labels: { app } },
        spec: {
          serviceAccountName: app,
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'main',
              image: BUSYBOX,
              command: ['sleep', '86400'],
              envFrom: [{ configMapRef: { name: `${app}-0` } }],
            },
          ],
        },
      };
      return [
        object('v1', 'ServiceAccount', app),
        object('apps/v1', 'Deployment', app, {
          spec: { replicas: 1, selector: { matchLabels: { app } }, template: pod },
        }),
        object('v1', 'Service', app, { spec: { selector: { app }, ports: [{ port: 80 }] } }),
        object(rbac, 'Role', app, { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }] }),
        object(rbac, 'RoleBinding', app, {
          roleRef: roleRef('Role', app),
          subjects: [{ kind: 'ServiceAccount', name: app, namespace }],
        }),
        object('policy/v1', 'PodDisruptionBudget', app, {
          spec: { maxUnavailable: 1, selector: { matchLabels: { app } } },
        }),
        ...[0, 1, 2, 3].map((number) =>
          object('v1', 'ConfigMap', `${app}-${number}`, { data: { color: index + number === 0 ? color : 'blue' } }),
        ),
        ...[0, 1].map((number) => object('v1', 'Secret', `${app}-${number}`, { stringData: { recipe: 'rye' } })),
        object(`${group}/v1`, 'Oven', app, { spec: { degrees: 250 } }),
      ];
    }),
    object('networking.k8s.io/v1', 'NetworkPolicy', name, {
      spec: { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] },
    }),
    object('autoscaling/v2', 'HorizontalPodAutoscaler', name, {
      spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: `${name}-mill` } },
    }),
    object('batch/v1', 'CronJob', name, {
      spec: {
        suspend: true,
        schedule: '0 3 * * *',
        jobTemplate: {
          spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: BUSYBOX }] } } },
        },
      },
    }),
  ];
  return {
    base: [
      unbound('v1', 'Namespace', namespace),
      unbound('apiextensions.k8s.io/v1', 'CustomResourceDefinition', `ovens.${group}`, {
        spec: {
          group,
          scope: 'Namespaced',
          names: { kind: 'Oven', plural: 'ovens', singular: 'oven', listKind: 'OvenList' },
          versions: [{ name: 'v1', served: true, storage: true, schema }],
        },
      }),
      unbound(rbac, 'ClusterRole', namespace, { rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['list'] }] }),
      unbound(rbac, 'ClusterRoleBinding', namespace, {
        roleRef: roleRef('ClusterRole', namespace),
        subjects: [{ kind: 'ServiceAccount', name: 'north-mill', namespace }],
      }),
    ],
    ...Object.fromEntries(['north', 'east', 'south', 'west'].map((name) => [name, district(name)])),
  };
}

type Way = keyof typeof PROGRAMS;
const WAYS: readonly Way[] = ['bridge', 'plain'];

/** Runs `pulumi` in a project, and measures the memory of all processes that take part. */
async function measured(project: Project, command: string) {
  const started = performance.now();
  const { result, megabytes } = await withPeakMemory(project.backend, () => project.pulumi(command));
  return { summary: result.summary, seconds: (performance.now() - started) / 1000, megabytes };
}

test('the bridge does what plain resources do, step by step', async () => {
  const table = new RunTable(
    'foreign',
    WAYS.flatMap((way) => [`${way} s`, `${way} MB`]),
  );
  const projects = new Map<Way, Project>();
  for (const way of WAYS) {
    const project = await Project.of({ 'Pulumi.yaml': PROJECT, 'program.ts': PROGRAMS[way] }, cluster.kubeconfig);
    projects.set(way, project);
    await project.pulumi('stack init dev');
  }
  const write = (color?: string) => {
    for (const [way, { folder }] of projects)
      writeFileSync(join(folder, 'charts.json'), JSON.stringify(charts(way, color)));
  };
  write();
  expect(Object.values(charts('bridge')).flat()).toHaveLength(120);
  const step = async (name: string, command: string) => {
    const runs = [];
    for (const way of WAYS) runs.push(await measured(projects.get(way) as Project, command));
    // The bridge has its five charts as components besides.
    table.row(
      name,
      runs.map(({ summary }) => inWords(summary)).join(' · '),
      runs.flatMap(({ seconds, megabytes }) => [seconds.toFixed(1), `${megabytes}`]),
    );
  };
  await step('up', 'up --yes --skip-preview');
  await step('up again', 'up --yes --skip-preview');
  write('green');
  await step('up, a value changed', 'up --yes --skip-preview');
  await step('refresh', 'refresh --yes --skip-preview');
  await step('destroy', 'destroy --yes --skip-preview');
  const { page, run } = table.compared();
  expect(run).toEqual(page);
});
