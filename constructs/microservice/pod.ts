import { ConfigurationError } from '@groundwork/contract';
import type { Container, EnvVar, PodSpec, Probe, Volume } from 'kubernetes-types/core/v1.d.ts';
import type { Identity } from '../identity/index.ts';
import { hardenedContainer, isolatedPod } from '../kubernetes/hardening.ts';
import { type Mounts, secretMounts, tokenMounts } from '../kubernetes/mounts.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { type Spread, spreadOfUpdates } from '../kubernetes/spread.ts';
import type { Connection } from '../platform/index.ts';
import { PORTS } from './environment.ts';

/** UID of the services' images. */
const USER = 1000;
const TMP = { name: 'tmp', mountPath: '/tmp' };

export interface PodProps {
  readonly name: string;
  readonly image: string;
  readonly resources: Resources;
  readonly spread: Spread;
  readonly selector: Record<string, string>;
  readonly identity: Identity;
  /** Parts that set different variables. */
  readonly env: readonly Readonly<Record<string, string>>[];
  readonly connections: readonly Connection[];
  /** What is mounted into the service itself, not into its init steps. */
  readonly mounted: readonly PodMounts[];
}

/** Settings and files of a pod. */
export interface PodMounts extends Mounts {
  readonly env: Readonly<Record<string, string>>;
}

/** The pod template of a service: hardened, probed on a separate port, and drained before it stops. */
export function podSpec(props: PodProps): PodSpec {
  const { name, image, resources, spread, selector, identity, connections, mounted } = props;
  const where = `contract '${name}'`;
  const env = settings(where, [...props.env, ...connections.map((connection) => connection.env ?? {})]);
  const mounts = secretMounts(where, '', [...identity.files(), ...connections.flatMap(({ files = [] }) => files)]);
  const tokens = tokenMounts(
    '',
    connections.flatMap(({ accountTokens = [] }) => accountTokens),
  );
  const container = { image, resources: requirements(resources), securityContext: hardenedContainer };
  const initSteps = connections.flatMap(({ initSteps = [], files = [] }) =>
    initSteps.map((step) => ({ files, ...step })),
  );
  const inits = initSteps.map((step) => {
    const { volumes, volumeMounts } = secretMounts(where, `${step.name}-`, [...identity.files(), ...step.files]);
    const init: Container = {
      ...container,
      name: step.name,
      command: [...step.command],
      env: variables({ ...env, ...step.env }),
      volumeMounts: [TMP, ...volumeMounts],
    };
    return { init, volumes };
  });
  const volumes: Volume[] = [
    { name: TMP.name, emptyDir: { sizeLimit: '64Mi' } },
    ...mounted.flatMap(({ volumes }) => volumes),
    ...mounts.volumes,
    ...tokens.volumes,
    ...inits.flatMap(({ volumes }) => volumes),
  ];
  rejectDuplicates(where, volumes);
  return {
    ...isolatedPod(name, USER),
    terminationGracePeriodSeconds: 30,
    topologySpreadConstraints: spreadOfUpdates(spread, selector),
    ...(inits.length > 0 ? { initContainers: inits.map(({ init }) => init) } : {}),
    containers: [
      {
        ...container,
        name,
        env: variables(settings(where, [env, ...mounted.map(({ env }) => env)])),
        ports: [
          { name: 'http', containerPort: PORTS.http },
          { name: 'probes', containerPort: PORTS.probes },
          { name: 'metrics', containerPort: PORTS.metrics },
        ],
        // One minute to start. Liveness has a high threshold: a restart does not help a service that is only busy.
        // Three minutes: on a busy node a start takes long, and a restart would only add to the load.
        startupProbe: probe('live', { periodSeconds: 1, failureThreshold: 180 }),
        readinessProbe: probe('ready', { periodSeconds: 5, failureThreshold: 2 }),
        livenessProbe: probe('live', { periodSeconds: 10, failureThreshold: 6 }),
        // Endpoints remove a terminating pod with a delay; until then it must keep serving.
        lifecycle: { preStop: { sleep: { seconds: 5 } } },
        volumeMounts: [
          TMP,
          ...mounted.flatMap(({ volumeMounts }) => volumeMounts),
          ...mounts.volumeMounts,
          ...tokens.volumeMounts,
        ],
      },
    ],
    volumes,
  };
}

function rejectDuplicates(where: string, volumes: readonly Volume[]): void {
  const names = volumes.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice === undefined) return;
  throw new ConfigurationError({
    code: 'file-conflict',
    where: `${where} › owns`,
    problem: `two folders of files would be the volume '${twice}'`,
    fix: 'mount the files of one of the needs in another folder',
  });
}

function probe(path: 'live' | 'ready', timing: Probe): Probe {
  return { httpGet: { path: `/healthz/${path}`, port: 'probes' }, timeoutSeconds: 2, ...timing };
}

/** Merges environment variables, and rejects different values for one name. */
function settings(where: string, parts: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [name, value] of parts.flatMap((part) => Object.entries(part))) {
    const other = all[name];
    if (other !== undefined && other !== value) {
      throw new ConfigurationError({
        code: 'variable-conflict',
        where: `${where} › owns, env`,
        problem: `${name} has different values: '${other}' and '${value}'`,
        fix: "rename the variable in 'env', or let each backing service derive the names of its variables from the need",
      });
    }
    all[name] = value;
  }
  return all;
}

/** Sorted, so that the order of needs does not roll pods. */
function variables(env: Readonly<Record<string, string>>): EnvVar[] {
  const sorted = Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([name, value]) => ({ name, value }));
}
