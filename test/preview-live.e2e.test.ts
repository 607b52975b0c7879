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
import { OwnNamespace } from './support/own-namespace.ts';

const SECRET = 'Short-1'; // nothing that looks like a secret

/** A namespace with a few objects as a deploy leaves them. */
class Village extends OwnNamespace {
  public constructor(dev: Dev) {
    super(dev.kubectl, 'live');
  }

  /** What the source says; `change` edits an object by `Kind/name`, or leaves it out. */
  public source(change: Readonly<Record<string, (manifest: Manifest) => object | undefined>> = {}): Snapshot {
    const objects = this.#objects().flatMap((manifest): SnapshotObject[] => {
      const id = `${manifest.kind}/${manifest.metadata.name}`;
      const edited = change[id] === undefined ? manifest : change[id](structuredClone(manifest));
      return edited === undefined ? [] : [{ chart: 'c', path: id, why: id, manifest: edited as Manifest }];
    });
    return { version: 'source', environments: { live: objects } };
  }

  /** Deploys what the source says, as the apply engine does. */
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
      object('v1', 'Secret', 'key', { stringData: { key: '<<secret:password:village/key>>' } }),
      object('v1', 'ResourceQuota', 'village', { spec: { hard: { 'count/services': '1', pods: '1' } } }),
      object('v1', 'Service', 'mill', { spec: { selector: labels, ports: [{ name: 'http', port: 80 }] } }),
      // None of its pods is wanted: no image has to be there.
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
let village: Village;
beforeAll(async () => {
  dev = await devAsItRuns();
  village = new Village(dev);
  await dev.kubectl.run(['delete', 'namespace', village.namespace, '--ignore-not-found', '--timeout=120s']);
}, 30 * 60_000);
beforeEach(() => village.deploy());
afterAll(async () => {
  await village?.remove();
  await devDown(dev);
}, 120_000);

/** What a preview says, and that nothing changed by asking. */
async function preview(head: Snapshot, base = village.source(), namespace = village.namespace) {
  const before = await village.versions();
  const { remarks, ...compared } = await compareLive(
    { name: 'live', namespace, kubectl: dev.kubectl, context: 'test' },
    { base, head },
  );
  expect(await village.versions()).toBe(before);
  const made = makePreview({ ...compared, remarks, time: new Date(0) });
  const { findings, environments } = made;
  const changes = (environments[0]?.changes ?? []).map(({ action, id }) => `${action} ${id}`);
  return {
    changes,
    remarks,
    findings,
    shown: [json(made), page(made)].join(),
    told: findings.map(({ severity, rule, subject }) => `${severity} ${rule} ${subject}`),
  };
}

test('of what runs as the source says, nothing is told', async () => {
  expect(await preview(village.source())).toMatchObject({ changes: [], remarks: [], told: [] });
});

test('what the head changes, adds and leaves out is told against what runs', async () => {
  const head = village.source({
    'Deployment/mill': (mill) => ({
      ...mill,
      spec: { ...(mill as unknown as { spec: object }).spec, minReadySeconds: 5 },
    }),
    'ConfigMap/sign': () => undefined,
  });
  const manifest = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'fresh', namespace: village.namespace },
    data: { a: 'b' },
  } as Manifest;
  (head.environments.live as SnapshotObject[]).push({ chart: 'c', path: 'fresh', why: 'fresh', manifest });
  const { changes } = await preview(head);
  expect(changes.sort()).toEqual(['create ConfigMap/fresh', 'delete ConfigMap/sign', 'update Deployment/mill']);
});

test('what the API server refuses is dangerous, with its own words: a field that can not change, and a quota', async () => {
  const head = village.source({
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
  const { findings, told } = await preview(head);
  expect(told).toEqual(
    expect.arrayContaining(['critical server-refuses Deployment/mill', 'critical server-refuses Service/second']),
  );
  const words = (subject: string) =>
    findings.find((finding) => finding.subject === subject && finding.rule === 'server-refuses')?.what;
  expect(words('Deployment/mill')).toMatch(/immutable/);
  expect(words('Service/second')).toMatch(/exceeded quota/);
});

test('a quota is judged by what the namespace uses and what the change asks for on top', async () => {
  const wish = (replicas: number) =>
    village.source({
      'Deployment/mill': (mill) => ({ ...mill, spec: { ...(mill as unknown as { spec: object }).spec, replicas } }),
    });
  const asked = async (replicas: number) =>
    (await preview(wish(replicas))).findings
      .filter(({ rule, note }) => rule === 'quota' && note?.includes('in use'))
      .map(({ subject, note }) => `${subject} ${note}`);
  expect(await asked(1)).toEqual([]);
  expect(await asked(2)).toEqual(['ResourceQuota/village 0 in use and 2 more, of 1']);
});

test('of all environments, those whose cluster can not be reached are compared by their source, with a remark', async () => {
  const find = async (name: string): Promise<LiveEnvironment> => {
    if (name === 'live') return { name, namespace: village.namespace, kubectl: dev.kubectl, context: 'test' };
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
  const source = { base: both(village.source()), head: both(village.source({ 'ConfigMap/sign': () => undefined })) };
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

test('what was changed by hand is drift: what a deploy puts back, and what it leaves', async () => {
  await village.run(
    'patch',
    'configmap',
    'sign',
    '--type=merge',
    '--patch',
    '{"data":{"text":"closed","note":"by hand"}}',
  );
  const { findings } = await preview(village.source());
  const said = findings.map(({ rule, subject, what }) => `${rule} ${subject} ${what}`);
  expect(said).toHaveLength(2);
  expect(said.join('\n')).toMatch(/drift ConfigMap\/sign .*kubectl-patch.*a deploy puts it back: data.text/);
  expect(said.join('\n')).toMatch(/drift ConfigMap\/sign .*kubectl-patch.*no deploy puts it back: data.note/);
  await village.run('delete', 'configmap', 'sign');
});

test('a value of a secret is neither compared nor shown; a key that goes is', async () => {
  const head = village.source({
    'Secret/key': (key) => ({ ...key, stringData: { other: '<<secret:password:village/other>>' } }),
  });
  const { changes, shown } = await preview(head);
  expect(changes).toEqual(['update Secret/key']);
  for (const value of [SECRET, Buffer.from(SECRET).toString('base64')]) expect(shown).not.toContain(value);
});

test('what can not be tried is said: a kind that the cluster does not know, and a namespace that is not there yet', async () => {
  const strange = {
    apiVersion: 'village.example/v1',
    kind: 'Windmill',
    metadata: { name: 'w', namespace: village.namespace },
  } as Manifest;
  const head = village.source();
  const entries = head.environments.live as SnapshotObject[];
  entries.push({ chart: 'c', path: 'w', why: 'w', manifest: strange });
  expect((await preview(head)).remarks).toEqual([
    'Not tried on the cluster, as the cluster does not know the kind Windmill yet: Windmill/w',
  ]);
  const { changes, remarks } = await preview(village.source(), village.source(), 'town-not-there');
  expect(changes).toEqual([]);
  expect(remarks.join()).toMatch(/its namespace is not there yet: .*ConfigMap\/sign/);
});

test('a cluster that does not answer is a mistake with its own words', async () => {
  const [command, ...rest] = dev.cluster.kubectl as [string, ...string[]];
  const kubectl = new Kubectl({ kubectl: [command, ...rest, '--server=https://127.0.0.1:1'] });
  const source = { base: village.source(), head: village.source() };
  await expect(
    compareLive({ name: 'live', namespace: village.namespace, kubectl, context: 'test' }, source),
  ).rejects.toThrow(/refused|connect/);
});
