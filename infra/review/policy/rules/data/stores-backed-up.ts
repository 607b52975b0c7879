import type { Manifest } from '@groundwork/constructs';
import { isKind } from '../../../../../constructs/kubernetes/read.ts';
import { siblings } from '../../context.ts';
import { rule } from '../../rule.ts';
import { sample, workload } from '../../samples.ts';

const store = workload({}, { kind: 'StatefulSet', fields: { volumeClaimTemplates: [{}] } });

/** Whether an object stores data that exists nowhere else. */
function isStore(object: Manifest): boolean {
  if (isKind(object, 'StatefulSet')) return (object.spec?.volumeClaimTemplates ?? []).length > 0;
  const { apiVersion, kind } = object;
  return ['postgresql.cnpg.io Cluster', 'kafka.strimzi.io Kafka', 'k8ssandra.io K8ssandraCluster'].includes(
    `${apiVersion.split('/')[0]} ${kind}`,
  );
}

export const storesBackedUp = rule({
  id: 'stores-backed-up',
  why: 'replicas also apply a deletion; only a backup can restore the data',
  source: 'NIST SP 800-209, section 4.4; CIS Controls 11.2',
  fix: "schedule a backup whose name begins with the store's name, or add an exception that states why its data may be lost",
  severity: 'critical',
  sees: 'environment',
  check: (object, context) => {
    if (!isStore(object)) return [];
    const stem = object.metadata.name.replace(/-server$/, '');
    const scheduled = ['CronJob', 'ScheduledBackup', 'MedusaBackupSchedule'].some((kind) =>
      siblings(object, kind, context).some(({ metadata: { name } }) =>
        new RegExp(`^${stem}-(backup|snapshot)`).test(name),
      ),
    );
    return scheduled
      ? []
      : [{ field: 'metadata.name', what: `is '${object.metadata.name}', which has no scheduled backup` }];
  },
  samples: {
    good: [store, sample('batch/v1', 'CronJob', 'users-backup', { spec: {} })],
    bad: [store],
    alsoBad: [
      [sample('postgresql.cnpg.io/v1', 'Cluster', 'users')],
      [store, sample('batch/v1', 'CronJob', 'orders-backup')],
    ],
    nearMisses: [
      [workload({}, { kind: 'StatefulSet' })],
      [sample('kafka.strimzi.io/v1beta2', 'Kafka', 'a-server'), sample('x/v1', 'ScheduledBackup', 'a-snapshot')],
    ],
  },
});
