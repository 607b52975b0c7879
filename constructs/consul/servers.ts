import type { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import type { Identity } from '../identity/index.ts';
import { dataVolume } from '../kubernetes/data-volume.ts';
import { hardenedContainer, isolatedPod } from '../kubernetes/hardening.ts';
import { secretMounts } from '../kubernetes/mounts.ts';
import { checksum, disruptionBudget, labelsOf, object, selectorOf } from '../kubernetes/object.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { spreadConstraints } from '../kubernetes/spread.ts';
import type { Size } from '../kubernetes/units.ts';
import { commandEnv, nodeEnv } from './command.ts';
import { CONFIG, DATA, GOSSIP_PORT, HTTPS_PORT, RPC_PORT, SECRETS, SERVER, USER } from './constants.ts';
import { secretFiles } from './secrets.ts';
import { type SettingsProps, serverName, serverSettings } from './settings.ts';
import { RUN, startScript } from './start-script.ts';

export interface ServersProps extends SettingsProps {
  readonly system: string;
  readonly image: string;
  readonly identity: Identity;
  readonly resources: Resources;
  readonly storage: Size;
  readonly storageClass: string | undefined;
  /** True if two servers must not share a node. */
  readonly apart: boolean;
}

const CAUSE = 'consul.servers';

/** The servers: each has a replica of the catalog, with a majority quorum (Raft). */
export function makeServers(scope: Construct, props: ServersProps): void {
  const { system, namespace } = props;
  const labels = labelsOf(system, SERVER);
  const selector = selectorOf(system, SERVER);
  const metadata = { name: SERVER, namespace, labels };
  const settings = serverSettings(props);
  object(scope, 'config', CAUSE, 'ConfigMap', { metadata, data: { 'consul.json': settings } });
  object(scope, 'names', CAUSE, 'Service', {
    metadata,
    // Servers must resolve each other before they are ready, since readiness requires a leader.
    spec: { clusterIP: 'None', publishNotReadyAddresses: true, selector, ports: [{ name: 'https', port: HTTPS_PORT }] },
  });
  disruptionBudget(scope, CAUSE, metadata, selector);
  object(scope, 'pods', CAUSE, 'StatefulSet', { metadata, spec: statefulSet(props, checksum(settings)) });
}

function statefulSet(props: ServersProps, inputs: string): NonNullable<StatefulSet['spec']> {
  const { system, servers, identity, apart } = props;
  const selector = selectorOf(system, SERVER);
  const mounts = secretMounts(SERVER, '', [
    ...identity.files(),
    ...secretFiles('gossip', 'management', 'agent', 'probe'),
  ]);
  return {
    serviceName: SERVER,
    replicas: servers,
    // A server is ready once there is a leader, so all must start in parallel; an update still replaces one at a time.
    podManagementPolicy: 'Parallel',
    selector: { matchLabels: selector },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    template: {
      metadata: { labels: labelsOf(system, SERVER), annotations: { 'groundwork/inputs': inputs } },
      spec: {
        ...isolatedPod(identity.account, USER),
        // Time to transfer leadership, give up the vote, and leave the cluster.
        terminationGracePeriodSeconds: 60,
        topologySpreadConstraints: spreadConstraints({ nodes: apart ? 'required' : 'preferred' }, selector),
        containers: [server(props, mounts.volumeMounts)],
        volumes: [
          ...mounts.volumes,
          { name: 'config', configMap: { name: SERVER } },
          { name: 'run', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
          { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
        ],
      },
    },
    volumeClaimTemplates: [dataVolume(props, selector)],
  };
}

type Container = NonNullable<NonNullable<StatefulSet['spec']>['template']['spec']>['containers'][number];

function server(
  { image, resources, datacenter }: ServersProps,
  mounts: Readonly<NonNullable<Container['volumeMounts']>>,
): Container {
  return {
    name: 'consul',
    image,
    command: ['sh', '-euc', startScript({ initial_management: 'management', agent: 'agent' })],
    env: [
      ...nodeEnv('metadata.name'),
      ...commandEnv('127.0.0.1', serverName(datacenter)),
      { name: 'CONSUL_HTTP_TOKEN_FILE', value: `${SECRETS}/probe` },
    ],
    ports: [
      { name: 'https', containerPort: HTTPS_PORT },
      { name: 'rpc', containerPort: RPC_PORT },
      { name: 'gossip', containerPort: GOSSIP_PORT },
      { name: 'gossip-udp', containerPort: GOSSIP_PORT, protocol: 'UDP' },
    ],
    resources: requirements(resources),
    securityContext: hardenedContainer,
    terminationMessagePolicy: 'FallbackToLogsOnError', // the reason why it does not start, for `status`
    startupProbe: { tcpSocket: { port: 'https' }, periodSeconds: 2, failureThreshold: 150 },
    // There is a leader, and this server is a voter: only then may a rollout continue.
    readinessProbe: {
      exec: {
        command: ['sh', '-c', 'consul operator raft list-peers | grep -Eq "^$NODE_NAME .* (leader|follower) +true "'],
      },
      periodSeconds: 10,
      timeoutSeconds: 8,
      failureThreshold: 2,
    },
    livenessProbe: { tcpSocket: { port: 'https' }, periodSeconds: 30, failureThreshold: 4 },
    volumeMounts: [
      { name: 'data', mountPath: DATA },
      { name: 'config', mountPath: CONFIG, readOnly: true },
      { name: 'run', mountPath: RUN },
      { name: 'tmp', mountPath: '/tmp' },
      ...mounts,
    ],
  };
}
