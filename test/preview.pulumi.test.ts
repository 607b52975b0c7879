import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '@groundwork/constructs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Finding } from '../infra/review/preview/index.ts';
import { joinPulumi } from '../infra/review/preview/pulumi/index.ts';
import type { SnapshotObject } from '../infra/review/preview/snapshot.ts';
import { Project } from './support/pulumi.ts';
import { separateCluster } from './support/separate-cluster.ts';

const separate = await separateCluster();

const namespace = 'preview-pulumi';
/** A program that deploys the objects of a file the way the shop does. */
const PROGRAM = `import { readFileSync } from 'node:fs';
import { deploy, KubernetesProvider } from '@groundwork/pulumi';
import { ApiObject, App, Chart } from 'cdk8s';

const app = new App();
const chart = new Chart(app, 'town');
for (const object of JSON.parse(readFileSync('objects.json', 'utf8'))) new ApiObject(chart, object.kind + object.metadata.name, object);
if (process.env.BREAK !== undefined) throw new Error(process.env.BREAK);
const version = process.env.PROVIDER_VERSION || undefined;
deploy(app, { provider: new KubernetesProvider('cluster', { clusterIdentifier: 'test', version }), protectData: ({ kind }) => kind === 'PersistentVolumeClaim' });
`;
const FILES = {
  'Pulumi.yaml': 'name: town\nruntime: { name: nodejs, options: { typescript: false } }\nmain: program.ts\n',
  'program.ts': PROGRAM,
};

/** Objects without waiting: readiness is not tested here. */
const object = (apiVersion: string, kind: string, name: string, rest: object): Manifest =>
  ({
    apiVersion,
    kind,
    metadata: { name, namespace, annotations: { 'pulumi.com/skipAwait': 'true' } },
    ...rest,
  }) as Manifest;
const hours = (close: string) => object('v1', 'ConfigMap', 'hours', { data: { open: '9', close } });
const service = (port = 80) =>
  object('v1', 'Service', 'web', { spec: { selector: { a: 'b' }, ports: [{ name: 'http', port }] } });
/** A Job is replaced if its template changes. */
const job = (command: string) => {
  const spec = {
    restartPolicy: 'Never',
    containers: [{ name: 'main', image: 'example.com/none', command: [command] }],
  };
  return object('batch/v1', 'Job', 'import', { spec: { template: { spec } } });
};
const claim = object('v1', 'PersistentVolumeClaim', 'disk', {
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '64Mi' } } },
});
const login = (password: string) => object('v1', 'Secret', 'login', { stringData: { password } });
const namespaceObject: Manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
const BASE = [namespaceObject, hours('18'), service(), job('one'), claim, login('hunter-two')];

const entries = (manifests: readonly Manifest[]): SnapshotObject[] =>
  manifests.map((manifest) => ({
    chart: 'town',
    path: manifest.metadata.name,
    why: `prop '${manifest.metadata.name}'`,
    manifest,
  }));
const lines = (findings: readonly Finding[]): string[] =>
  findings.map(({ severity, subject, what }) => `${severity} ${subject}: ${what}`);

describe("a preview joined with the real engine's", () => {
  let project: Project;
  const before = { ...process.env };

  beforeAll(async () => {
    const { kubeconfig } = await separate.up();
    project = await Project.of(FILES, kubeconfig);
    Object.assign(process.env, project.environment);
    write(BASE);
    await project.pulumi('stack init dev');
    await project.pulumi('up --yes --skip-preview');
  }, 30 * 60_000); // may include the builds of Kubernetes and Pulumi

  afterAll(async () => {
    process.env = before;
    await separate.down();
  });

  const write = (manifests: readonly Manifest[]) =>
    writeFileSync(join(project.folder, 'objects.json'), JSON.stringify(manifests));
  const joined = (head: readonly Manifest[], base: readonly Manifest[] = BASE) => {
    write(head);
    const version = (manifests: readonly Manifest[]) => ({
      version: 'x',
      environments: { dev: entries(manifests), staging: entries(manifests) },
    });
    return joinPulumi(project.folder, undefined, { base: version(base), head: version(head) });
  };
  const SKIPPED = "pulumi preview of stack staging skipped: there is no stack 'staging'.";

  test('reports nothing for a stack at the base, and that the other stack does not exist', async () => {
    expect(await joined(BASE)).toEqual({
      findings: [],
      remarks: ['Joined with pulumi preview of stack dev: 6 same.', SKIPPED],
      stacks: { dev: { create: 0, update: 0, replace: 0, delete: 0, same: 6 } },
    });
  });

  test('does not repeat what the rules predict, such as a changed value of a secret', async () => {
    const { findings, stacks } = await joined([
      namespaceObject,
      hours('20'),
      service(),
      job('two'),
      claim,
      login('hunter-three'),
    ]);
    expect(findings).toEqual([]);
    expect(stacks.dev).toEqual({ create: 0, update: 2, replace: 1, delete: 0, same: 3 });
  });

  test('reports that a protected claim would be deleted, and that the deploy stops there', async () => {
    expect(lines((await joined(BASE.filter((each) => each !== claim))).findings)).toEqual([
      'critical PersistentVolumeClaim/disk: it is protected, but the deploy would delete it: Pulumi rejects this, and the whole deploy stops',
    ]);
  });

  test('reports what else a deploy changes in a stack that is not at the base', async () => {
    const base = [
      namespaceObject,
      hours('20'),
      service(),
      job('two'),
      claim,
      object('v1', 'ConfigMap', 'new', { data: { a: 'b' } }),
    ];
    expect(lines((await joined(base, base)).findings)).toEqual([
      "warning Job/import: Pulumi replaces it, which the sources alone don't show",
      'critical Secret/login: Pulumi deletes it, although the base does not have it: another version created it',
      'warning stack dev: it is not at the base, so a deploy changes more than this preview shows: 2 different (ConfigMap/hours, Job/import), ' +
        '1 not deployed (ConfigMap/new), 1 that the base does not have (Secret/login)',
    ]);
  });

  test('reports what the provider rejects, without its message', async () => {
    const { findings, remarks } = await joined([
      namespaceObject,
      hours('18'),
      service('hunter-port' as never),
      claim,
      login('hunter-two'),
    ]);
    expect(lines(findings)).toEqual(["critical Service/web: Pulumi's provider rejects it or cannot preview it"]);
    expect(remarks).toContain(
      'The preview of stack dev does not show all objects: it failed, or ran without --show-sames.',
    );
    expect(JSON.stringify([findings, remarks])).not.toContain('hunter');
  });

  test('is skipped for a program that fails, without its message', async () => {
    process.env.BREAK = 'hunter2';
    const { findings, remarks } = await joined(BASE);
    delete process.env.BREAK;
    expect(findings).toEqual([]);
    expect(remarks[0]).toMatch(/^pulumi preview of stack dev skipped: pulumi preview ended with/);
    expect(JSON.stringify(remarks)).not.toContain('hunter2');
  });
});
