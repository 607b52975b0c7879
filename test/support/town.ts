import { BUSYBOX } from '@groundwork/local';
import { type DeployOptions, deploy, KubernetesProvider, type KubernetesProviderArgs } from '@groundwork/pulumi';
import type { EngineEvent } from '@pulumi/pulumi/automation/index.js';
import { ApiObject, App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';

/** Objects of a namespace, by name. */
export type Objects = Readonly<Record<string, readonly [apiVersion: string, kind: string, rest?: object]>>;

interface TownOptions extends Partial<DeployOptions> {
  /** Connection to the cluster. @default that of KUBECONFIG */
  readonly access?: Partial<KubernetesProviderArgs>;
}

/** A program for the real engine that deploys these objects to a separate namespace. */
export function town(
  namespace: string,
  objects: Objects,
  { access, ...options }: TownOptions = {},
  scope: (app: App) => Construct = (app) => app,
) {
  return async () => {
    const app = new App();
    const chart = new Chart(scope(app), 'town');
    new ApiObject(chart, 'namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    for (const [name, [apiVersion, kind, rest = {}]] of Object.entries(objects))
      new ApiObject(chart, `${kind}-${name}`, { apiVersion, kind, metadata: { name, namespace }, ...rest });
    const { PROVIDER_VERSION: version } = process.env; // the tests' engine has it, where it is not the bridge's
    const settings = { clusterIdentifier: 'test', ...(version ? { version } : {}), ...access };
    deploy(app, { provider: new KubernetesProvider(`cluster-${namespace}`, settings), ...options });
  };
}

export const notice = (text: string) => ['v1', 'ConfigMap', { data: { text } }] as const;

/** A Deployment whose pods run a shell command; they are ready when the file /tmp/ready exists. */
export function deployment(command: string) {
  const container = {
    name: 'main',
    image: BUSYBOX,
    command: ['sh', '-c', command],
    readinessProbe: { exec: { command: ['test', '-e', '/tmp/ready'] }, periodSeconds: 1 },
  };
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { terminationGracePeriodSeconds: 1, containers: [container] },
  };
  const spec = { selector: { matchLabels: { app: 'web' } }, template };
  return ['apps/v1', 'Deployment', { spec }] as const;
}
export const READY = 'touch /tmp/ready; sleep 86400';
export const NEVER = 'sleep 86400';

/** The kind that an event's URN names. */
export const kindOf = (urn: string) => urn.split('::').at(-1)?.split('/')[0];

/** The kind on which an operation begins. */
export const begins = ({ resourcePreEvent }: EngineEvent, op: string): string | undefined =>
  resourcePreEvent?.metadata.op === op ? kindOf(resourcePreEvent.metadata.urn) : undefined;
