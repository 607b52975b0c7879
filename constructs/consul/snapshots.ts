import type { Construct } from 'constructs';
import type { Identity } from '../identity/index.ts';
import { hardenedContainer, isolatedPod } from '../kubernetes/hardening.ts';
import { secretMounts } from '../kubernetes/mounts.ts';
import { labelsOf, object } from '../kubernetes/object.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { Cpu, Size, sizeQuantity } from '../kubernetes/units.ts';
import { commandEnv } from './command.ts';
import { SECRETS, SERVER, SNAPSHOT, USER } from './constants.ts';
import { secretFiles } from './secrets.ts';
import { hostOf, serverName } from './settings.ts';

/** Resources of the snapshot pod. */
export const SNAPSHOT_RESOURCES: Resources = { cpu: Cpu.millis(50), memory: Size.mebibytes(128) };

const FOLDER = '/snapshots';

export interface FullSnapshots {
  readonly schedule: string;
  readonly keep: number;
  readonly storage: Size;
}

export interface SnapshotsProps {
  readonly namespace: string;
  readonly system: string;
  readonly datacenter: string;
  readonly image: string;
  readonly identity: Identity;
  readonly snapshots: FullSnapshots;
  readonly storageClass: string | undefined;
}

/** Takes a snapshot, verifies it, and only then removes the oldest: a failure keeps all others. */
export function snapshotScript(keep: number): string {
  return [
    `file=${FOLDER}/consul-$(date -u +%Y%m%dT%H%M%SZ).snap`,
    'consul snapshot save "$file.part"',
    'consul snapshot inspect "$file.part"',
    'mv "$file.part" "$file"',
    `ls -1t ${FOLDER}/consul-*.snap | tail -n +${keep + 1} | xargs -r rm -f`,
  ].join('\n');
}

/** Snapshots of the cluster on a separate volume. */
export function makeSnapshots(scope: Construct, props: SnapshotsProps): void {
  const { namespace, system, datacenter, image, identity, snapshots, storageClass } = props;
  const labels = labelsOf(system, SNAPSHOT);
  const metadata = { name: SNAPSHOT, namespace, labels };
  object(scope, 'volume', 'consul.snapshots.storage', 'PersistentVolumeClaim', {
    metadata,
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
      resources: { requests: { storage: sizeQuantity(snapshots.storage) } },
    },
  });
  const { volumes, volumeMounts } = secretMounts(SNAPSHOT, '', [...identity.files(), ...secretFiles('snapshot')]);
  object(scope, 'schedule', 'consul.snapshots', 'CronJob', {
    metadata,
    spec: {
      schedule: snapshots.schedule,
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 2,
      jobTemplate: {
        metadata: { labels },
        spec: {
          backoffLimit: 2,
          activeDeadlineSeconds: 600, // a server that hangs must not block later snapshots
          template: {
            metadata: { labels },
            spec: {
              restartPolicy: 'Never',
              ...isolatedPod(identity.account, USER),
              containers: [
                {
                  name: 'snapshot',
                  image,
                  command: ['sh', '-euc', snapshotScript(snapshots.keep)],
                  env: [
                    ...commandEnv(hostOf(SERVER, namespace), serverName(datacenter)),
                    { name: 'CONSUL_HTTP_TOKEN_FILE', value: `${SECRETS}/snapshot` },
                  ],
                  resources: requirements(SNAPSHOT_RESOURCES),
                  securityContext: hardenedContainer,
                  terminationMessagePolicy: 'FallbackToLogsOnError',
                  volumeMounts: [
                    ...volumeMounts,
                    { name: 'snapshots', mountPath: FOLDER },
                    { name: 'tmp', mountPath: '/tmp' },
                  ],
                },
              ],
              volumes: [
                ...volumes,
                { name: 'snapshots', persistentVolumeClaim: { claimName: SNAPSHOT } },
                { name: 'tmp', emptyDir: { sizeLimit: '128Mi' } },
              ],
            },
          },
        },
      },
    },
  });
}
