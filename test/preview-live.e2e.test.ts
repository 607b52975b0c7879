import type { Manifest } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Kubectl } from '../infra/deploy/kubectl.ts';
import { compareSnapshots } from '../infra/review/preview/findings.ts';
import { json, makePreview, page } from '../infra/review/preview/index.ts';
import { compareAllLive } from '../infra/review/preview/live/all.ts';
import { compareLive, type LiveEnvironment } from '../infra/review/preview/live/index.ts';
import type { Snapshot, SnapshotObject } from '../infra/review/preview/snapshot.ts';
import { type Dev, devAsItRuns, devDown } from './support/dev.ts';
import { TestNamespace } from './support/test-namespace.ts';

const SECRET = 'Short-1'; // does not look like a secret

/** A namespace with a few deployed objects. */
class SampleNamespace extends TestNamespace {
  public constructor(dev: Dev) {
    super(dev.kubectl, 'live');
  }

  /** Objects of the source; `change` edits an object by `Kind/name`, or leaves it out. */
  public source(change: Readonly<Record<string, (manifest: Manifest) => object | undefined>> = {}): Snapshot {
    const objects = this.#objects().flatMap((manifest): SnapshotObject[] => {
      const id = `${manifest.kind}/${manifest.metadata.name}`;
      const edited = change[id] === undefined ? manifest : change[id](structuredClone(manifest));
      return edited === undefined ? [] : [{ chart: 'c', path: id, why: id, manifest: edited as Manifest }];
    });
    return { version: 'source', environments: { live: objects } };
  }

  /** Deploys the source as the apply engine does. */
  public async deploy(): Promise<void> {
    const given = this.#objects().map((manifest) =>
      manifest.kind === 'Secret' ? { ...manifest, stringData: { key: SECRET } } : manifest,
    );
    await this.kubectl.run(['apply', '--server-side', '--force-conflicts', '--field-manager=groundwork', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: given }),
    });
  }

  public async versions(): Promise<string> {
    const kinds = 'configmaps,secrets,services,deployments,resourcequotas,persistentvolumeclaims';
    return this.run(
      'get',
      kinds,
      '-o',
      'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}',
    );
  }

  #objects(): Manifest[] {
    const { namespace } = this;
    const object = (apiVersion: string, kind: string, name: string, rest: object): Manifest =>
      ({
        apiVersion,
        kind,
        metadata: {
          name,
          ...(kind === 'Namespace' ? {} : { namespace }),
          labels: { 'app.kubernetes.io/managed-by': 'groundwork' },
        },
        ...rest,
      }) as unknown as Manifest;
    const labels = { app: 'mill' };
    const container = {
      name: 'mill',
      image: 'registry.example/mill:1',
      resources: { requests: { cpu: '10m', memory: '16Mi' } },
    };
    return [
      object('v1', 'Namespace', namespace, {}),
      object('v1', 'ConfigMap', 'sign', { data: { text: 'welcome' } }),
      object('v1', 'Secret', 'key', { stringData: { key: '<<secret:password:sample/key>>' } }),
      object('v1', 'ResourceQuota', 'sample', { spec: { hard: { 'count/services': '1', pods: '1' } } }),
      object('v1', 'Service', 'mill', { spec: { selector: labels, ports: [{ name: 'http', port: 80 }] } }),
      // It has no pods: the image need not exist.
      object('apps/v1', 'Deployment', 'mill', {
        spec: {
          replicas: 0,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [container] } },
        },
      }),
    ];
  }
}

let dev: Dev;
let sample: SampleNamespace;
beforeAll(async () => {
  dev = await devAsItRuns();
  sample = new SampleNamespace(dev);
  await dev.kubectl.run(['delete', 'namespace', sample.namespace, '--ignore-not-found', '--timeout=120s']);
}, 30 * 60_000);
beforeEach(() => sample.deploy());
afterAll(async () => {
  await sample?.remove();
  await devDown(dev);
}, 120_000);

/** The result of a preview, which must change nothing. */
async function preview(head: Snapshot, base = sample.source(), namespace = sample.namespace) {
  const before = await sample.versions();
  const { remarks, ...compared } = await compareLive(
    { name: 'live', namespace, kubectl: dev.kubectl, context: 'test' },
    { base, head },
  );
  expect(await sample.versions()).toBe(before);
  const made = makePreview({ ...compared, remarks, time: new Date(0) });
  const { findings, environments } = made;
  const changes = (environments[0]?.changes ?? []).map(({ action, id }) => `${action} ${id}`);
  return {
    changes,
    remarks,
    findings,
    shown: [json(made), page(made)].join(),
    reported: findings.map(({ severity, rule, subject }) => `${severity} ${rule} ${subject}`),
  };
}

test('objects that match the source are not reported', async () => {
  expect(await preview(sample.source())).toMatchObject({ changes: [], remarks: [], reported: [] });
});

test('changed, added and removed objects of the head are reported against the cluster', async () => {
  const head = sample.source({
    'Deployment/mill': (mill) => ({
      ...mill,
      spec: { ...(mill as unknown as { spec: object }).spec, minReadySeconds: 5 },
    }),
    'ConfigMap/sign': () => undefined,
  });
  const manifest = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'fresh', namespace: sample.namespace },
    data: { a: 'b' },
  } as Manifest;
  (head.environments.live as SnapshotObject[]).push({ chart: 'c', path: 'fresh', why: 'fresh', manifest });
  const { changes } = await preview(head);
  expect(changes.sort()).toEqual(['create ConfigMap/fresh', 'delete ConfigMap/sign', 'update Deployment/mill']);
});

test('a change that the API server rejects is dangerous, with its message: an immutable field, and a quota', async () => {
  const head = sample.source({
    'Deployment/mill': (mill) => {
      const changed = structuredClone(mill) as unknown as {
        spec: { selector: { matchLabels: object }; template: { metadata: { labels: object } } };
      };
      changed.spec.selector.matchLabels = { app: 'other' };
      changed.spec.template.metadata.labels = { app: 'other' };
      return changed;
    },
    'ConfigMap/sign': (sign) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...sign.metadata, name: 'second' },
      spec: { ports: [{ port: 1 }] },
    }),
  });
  const { findings, reported } = await preview(head);
  expect(reported).toEqual(
    expect.arrayContaining(['critical server-refuses Deployment/mill', 'critical server-refuses Service/second']),
  );
  const words = (subject: string) =>
    findings.find((finding) => finding.subject === subject && finding.rule === 'server-refuses')?.what;
  expect(words('Deployment/mill')).toMatch(/immutable/);
  expect(words('Service/second')).toMatch(/exceeded quota/);
});

test('a quota is checked against the usage of the namespace plus the change', async () => {
  const wish = (replicas: number) =>
    sample.source({
      'Deployment/mill': (mill) => ({ ...mill, spec: { ...(mill as unknown as { spec: object }).spec, replicas } }),
    });
  const asked = async (replicas: number) =>
    (await preview(wish(replicas))).findings
      .filter(({ rule, note }) => rule === 'quota' && note?.includes('in use'))
      .map(({ subject, note }) => `${subject} ${note}`);
  expect(await asked(1)).toEqual([]);
  expect(await asked(2)).toEqual(['ResourceQuota/sample 0 in use and 2 more, of 1']);
});

test('environments whose cluster is unreachable are compared by their source, with a remark', async () => {
  const find = async (name: string): Promise<LiveEnvironment> => {
    if (name === 'live') return { name, namespace: sample.namespace, kubectl: dev.kubectl, context: 'test' };
    throw new ConfigurationError({
      code: 'context-unknown',
      where: '--live',
      problem: 'its context is not there',
      fix: 'name another',
    });
  };
  const both = (version: Snapshot): Snapshot => ({
    ...version,
    environments: { ...version.environments, far: version.environments.live ?? [] },
  });
  const source = { base: both(sample.source()), head: both(sample.source({ 'ConfigMap/sign': () => undefined })) };
  const { base, head, remarks } = await compareAllLive(find, undefined, source);
  expect(remarks).toEqual([
    "Environment far is compared by its source alone, as its cluster can't be reached: its context is not there",
  ]);
  expect(
    compareSnapshots(base, head).environments.map(
      ({ name, changes }) => `${name}: ${changes.map(({ action, id }) => `${action} ${id}`)}`,
    ),
  ).toEqual(['live: delete ConfigMap/sign', 'far: delete ConfigMap/sign']);
  await expect(compareAllLive(find, ['live', 'far'], source)).rejects.toThrow(/its context is not there/);
});

test('a manual change is drift, whether a deploy reverts it or not', async () => {
  await sample.run(
    'patch',
    'configmap',
    'sign',
    '--type=merge',
    '--patch',
    '{"data":{"text":"closed","note":"by hand"}}',
  );
  const { findings } = await preview(sample.source());
  const said = findings.map(({ rule, subject, what }) => `${rule} ${subject} ${what}`);
  expect(said).toHaveLength(2);
  expect(said.join('\n')).toMatch(/drift ConfigMap\/sign .*kubectl-patch.*a deploy reverts it: data.text/);
  expect(said.join('\n')).toMatch(/drift ConfigMap\/sign .*kubectl-patch.*no deploy reverts it: data.note/);
  await sample.run('delete', 'configmap', 'sign');
});

test('a value of a secret is neither compared nor shown; a removed key is', async () => {
  const head = sample.source({
    'Secret/key': (key) => ({ ...key, stringData: { other: '<<secret:password:sample/other>>' } }),
  });
  const { changes, shown } = await preview(head);
  expect(changes).toEqual(['update Secret/key']);
  for (const value of [SECRET, Buffer.from(SECRET).toString('base64')]) expect(shown).not.toContain(value);
});

test('objects that cannot be tried are listed: an unknown kind, and a missing namespace', async () => {
  const strange = {
    apiVersion: 'sample.example/v1',
    kind: 'Windmill',
    metadata: { name: 'w', namespace: sample.namespace },
  } as Manifest;
  const head = sample.source();
  const entries = head.environments.live as SnapshotObject[];
  entries.push({ chart: 'c', path: 'w', why: 'w', manifest: strange });
  expect((await preview(head)).remarks).toEqual([
    'Not tried on the cluster, as the cluster does not know the kind Windmill yet: Windmill/w',
  ]);
  const { changes, remarks } = await preview(sample.source(), sample.source(), 'town-not-there');
  expect(changes).toEqual([]);
  expect(remarks.join()).toMatch(/its namespace does not exist yet: .*ConfigMap\/sign/);
});

test('an unreachable cluster is a ConfigurationError with the message of kubectl', async () => {
  const [command, ...rest] = dev.cluster.kubectl as [string, ...string[]];
  const kubectl = new Kubectl({ kubectl: [command, ...rest, '--server=https://127.0.0.1:1'] });
  const source = { base: sample.source(), head: sample.source() };
  await expect(
    compareLive({ name: 'live', namespace: sample.namespace, kubectl, context: 'test' }, source),
  ).rejects.toThrow(/refused|connect/);
});
