import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { deployTimeSecret, type Manifest } from '@groundwork/constructs';
import { BUSYBOX, certManagerDefinitions } from '@groundwork/local';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Kubectl } from '../infra/deploy/kubectl.ts';
import { Stack } from '../infra/deploy/stack.ts';
import { CertManagerSigning } from '../infra/operate/identity/signing.ts';
import { rotate, StackSecrets } from '../infra/operate/index.ts';
import { systemOf } from '../infra/tools/testing/system-of.ts';
import { Project } from './support/pulumi.ts';
import { separateCluster } from './support/separate-cluster.ts';
import { becomes } from './support/until.ts';

const separate = await separateCluster();

const namespace = 'secrets-pulumi';
/** A program that deploys the objects of a file, with deploy-time secrets from its config, the way the shop does. */
const PROGRAM = `import { readFileSync } from 'node:fs';
import { configSecrets, deploy, KubernetesProvider } from '@groundwork/pulumi';
import { ApiObject, App, Chart } from 'cdk8s';

const app = new App();
const chart = new Chart(app, 'town');
for (const object of JSON.parse(readFileSync('objects.json', 'utf8'))) new ApiObject(chart, object.kind + object.metadata.name, object);
const version = process.env.PROVIDER_VERSION || undefined;
deploy(app, { provider: new KubernetesProvider('cluster', { clusterIdentifier: 'test', version }), secrets: configSecrets(), protectData: () => false });
`;
const FILES = {
  'Pulumi.yaml': 'name: town\nruntime: { name: nodejs, options: { typescript: false } }\nmain: program.ts\n',
  'program.ts': PROGRAM,
};

const object = (apiVersion: string, kind: string, name: string, rest: object): Manifest =>
  ({ apiVersion, kind, metadata: { name, namespace }, ...rest }) as Manifest;
const secret = object('v1', 'Secret', 'login', {
  stringData: {
    pepper: deployTimeSecret('town/pepper', 'password'),
    pager: deployTimeSecret('town/pager', 'password'),
  },
});
const notice = (text: string) => object('v1', 'ConfigMap', 'notice', { data: { text } });
/** A workload that reads a value at startup only, and prints it. */
const reader = (image: string) => {
  const env = [{ name: 'PEPPER', valueFrom: { secretKeyRef: { name: 'login', key: 'pepper' } } }];
  const container = {
    name: 'reader',
    image,
    command: ['sh', '-c', 'echo "$PEPPER"; trap exit TERM; sleep infinity & wait'],
    env,
  };
  const template = {
    metadata: { labels: { app: 'reader' } },
    spec: { containers: [container], terminationGracePeriodSeconds: 1 },
  };
  return object('apps/v1', 'Deployment', 'reader', {
    spec: { selector: { matchLabels: { app: 'reader' } }, template },
  });
};
/** The Issuer that a rotation of the authority changes. */
const issuer = object('cert-manager.io/v1', 'Issuer', 'identity', {
  metadata: { name: 'identity', namespace, annotations: { 'pulumi.com/skipAwait': 'true' } },
  spec: { ca: { secretName: 'identity-authority' } },
}) as Manifest & { readonly spec: object };
const quiet = { step: () => undefined, say: () => undefined, skipped: () => undefined };

describe('a rotation in a stack of the real engine', () => {
  let project: Project;
  let kubectl: Kubectl;
  let cluster: { readonly kubectl: readonly string[]; readonly state: string };
  let objects: readonly Manifest[];
  const before = { ...process.env };

  beforeAll(async () => {
    const { kubeconfig, kubectl: command } = await separate.up();
    project = await Project.of(FILES, kubeconfig);
    Object.assign(process.env, project.environment);
    cluster = { kubectl: command, state: project.folder };
    kubectl = new Kubectl(cluster);
    await kubectl.run(['apply', '--server-side', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: await certManagerDefinitions(quiet) }),
    });
    objects = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      secret,
      notice('open'),
      reader(BUSYBOX),
    ];
    write(objects);
    await project.pulumi('stack init dev');
    await project.run(`printf %s "$(openssl rand -base64 32)" | pulumi config set --secret --path secrets.town/pepper`);
    await project.run(`printf %s 'a token of others' | pulumi config set --secret --path secrets.town/pager`);
    await project.pulumi('up --yes --skip-preview');
  }, 30 * 60_000); // may include the builds of Kubernetes and Pulumi

  afterAll(async () => {
    process.env = before;
    await separate.down();
  });

  const write = (manifests: readonly Manifest[]) =>
    writeFileSync(join(project.folder, 'objects.json'), JSON.stringify(manifests));
  const turn = async (name: string, given?: string) => {
    const system = systemOf({ town: objects });
    const open = async () => StackSecrets.of(await Stack.shared('dev', project.folder));
    return rotate({ name, cluster, namespace, system, open, ...(given === undefined ? {} : { given }) }, quiet);
  };
  const live = async (key: string) =>
    Buffer.from((await kubectl.get('secret', 'login', namespace))?.data?.[key] ?? '', 'base64').toString();
  const kept = async () => (await (await Stack.shared('dev', project.folder)).secrets())['town/pepper'];

  test('the cluster, the config and the pods get the new value, and nothing else is deployed', async () => {
    const former = await live('pepper');
    write(objects.map((one) => (one.kind === 'ConfigMap' ? notice('closed') : one))); // an edit that is not deployed
    expect(await turn('town/pepper')).toBe('town/pepper: rotated; restarted: deployment/reader');
    const fresh = await live('pepper');
    expect(fresh).not.toBe(former);
    expect(await kept()).toBe(fresh);
    expect((await kubectl.run(['logs', 'deployment/reader', '--namespace', namespace])).trim()).toBe(fresh);
    expect((await kubectl.get('configmap', 'notice', namespace))?.data).toEqual({ text: 'open' });
    expect(readFileSync(join(project.folder, 'Pulumi.dev.yaml'), 'utf8')).not.toContain(fresh);
  });

  test('the next update changes nothing, and keeps the value', async () => {
    const fresh = await live('pepper');
    write(objects);
    for (const command of ['up', 'refresh'])
      expect(
        Object.keys((await project.pulumi(`${command} --yes --skip-preview --expect-no-changes`)).summary),
      ).toEqual(['unchanged']);
    expect(await live('pepper')).toBe(fresh);
  });

  test('while the key of the authority is rotated, an update does not change the Issuer, and an update with refresh is rejected', async () => {
    const signer = async () => (await kubectl.get('issuers.cert-manager.io', 'identity', namespace))?.spec;
    write([...objects, issuer]);
    await project.pulumi('up --yes --skip-preview');
    const rotating = new CertManagerSigning(kubectl, namespace, async () => undefined).issueFrom('none');
    await becomes('the Issuer has no authority', async () => !isDeepStrictEqual(await signer(), issuer.spec));
    await reportNotReady();
    await rotating;
    const atRest = await signer();
    write([...objects.filter(({ kind }) => kind !== 'ConfigMap'), notice('closed'), issuer]);
    await project.pulumi('up --yes --skip-preview');
    expect((await kubectl.get('configmap', 'notice', namespace))?.data).toEqual({ text: 'closed' });
    expect(await signer()).toEqual(atRest);
    const { exitCode, output } = await project.run('pulumi up --refresh --yes --skip-preview --non-interactive');
    expect(output).toMatch(/conflict/i);
    expect(exitCode).not.toBe(0);
    expect(await signer()).toEqual(atRest);
  });

  /** Reports, as cert-manager does, which does not run here, that the Issuer has no authority. */
  async function reportNotReady(): Promise<void> {
    const { generation } = (await kubectl.get('issuers.cert-manager.io', 'identity', namespace))?.metadata ?? {};
    const ready = { type: 'Ready', status: 'False', reason: 'ErrInitIssuer', observedGeneration: generation };
    const patch = [
      '--subresource',
      'status',
      '--type',
      'merge',
      '--patch',
      JSON.stringify({ status: { conditions: [ready] } }),
    ];
    await kubectl.run(['patch', 'issuers.cert-manager.io', 'identity', '--namespace', namespace, ...patch]);
  }

  test('the value of an external secret is never generated', async () => {
    await expect(turn('town/pager')).rejects.toThrow(/issued by a third party/);
    await turn('town/pager', 'their next token');
    expect(await live('pager')).toBe('their next token');
  });
});
