import { change, edit } from '../change.ts';
import { DEV, PRODUCTION, STAGING } from './sizes.ts';

/** What holds data: volumes, their classes, how long something is kept. */
export const storage = [
  change(
    'a larger volume of an operated database',
    [
      edit(
        PRODUCTION,
        "storage: Size.gibibytes(100),\n    storageClass: 'premium-ssd',\n    resources: { cpu: Cpu.units(2)",
        "storage: Size.gibibytes(200),\n    storageClass: 'premium-ssd',\n    resources: { cpu: Cpu.units(2)",
      ),
    ],
    'notice expansion Cluster/postgres @ production',
  ),
  change(
    'a smaller volume of an operated database',
    [
      edit(
        PRODUCTION,
        "storage: Size.gibibytes(100),\n    storageClass: 'premium-ssd',\n    resources: { cpu: Cpu.units(2)",
        "storage: Size.gibibytes(50),\n    storageClass: 'premium-ssd',\n    resources: { cpu: Cpu.units(2)",
      ),
    ],
    'danger data Cluster/postgres @ production',
  ),
  change(
    'smaller volumes of operated brokers',
    [
      edit(
        STAGING,
        "backEnd: 'strimzi', storage: Size.gibibytes(20)",
        "backEnd: 'strimzi', storage: Size.gibibytes(10)",
      ),
    ],
    'danger data KafkaNodePool/broker @ staging',
  ),
  change(
    'larger volumes of operated brokers',
    [
      edit(
        STAGING,
        "backEnd: 'strimzi', storage: Size.gibibytes(20)",
        "backEnd: 'strimzi', storage: Size.gibibytes(30)",
      ),
    ],
    'notice expansion KafkaNodePool/broker @ staging',
  ),
  change(
    'a larger volume of a StatefulSet',
    [
      edit(
        DEV,
        "backEnd: 'builtin',\n    storage: Size.gibibytes(2)",
        "backEnd: 'builtin',\n    storage: Size.gibibytes(3)",
      ),
    ],
    'danger replacements StatefulSet/postgres @ dev',
  ),
  change(
    'a smaller volume of a StatefulSet',
    [edit(DEV, 'brokers: 1,\n    storage: Size.gibibytes(2)', 'brokers: 1,\n    storage: Size.gibibytes(1)')],
    'danger replacements StatefulSet/kafka @ dev',
  ),
  // Whether it may is up to the cluster's default class, which no manifest says.
  change(
    'a larger claim',
    [edit(DEV, 'size: Size.gibibytes(4)', 'size: Size.gibibytes(5)')],
    'notice expansion PersistentVolumeClaim/postgres-backup @ dev',
  ),
  change(
    'a smaller claim',
    [edit(DEV, 'size: Size.gibibytes(4)', 'size: Size.gibibytes(3)')],
    'danger data PersistentVolumeClaim/postgres-backup @ dev',
  ),
  change(
    'another storage class of StatefulSets and claims',
    [
      edit(
        STAGING,
        "consul: { servers: 3, storageClass: 'standard-ssd' }",
        "consul: { servers: 3, storageClass: 'premium-ssd' }",
      ),
    ],
    'danger replacements StatefulSet/consul-server @ staging',
    'danger replacements PersistentVolumeClaim/consul-snapshot @ staging',
  ),
  change(
    'another storage class of an operated database',
    [
      edit(
        STAGING,
        "storage: Size.gibibytes(20),\n    storageClass: 'standard-ssd'",
        "storage: Size.gibibytes(20),\n    storageClass: 'premium-ssd'",
      ),
    ],
    'caution data Cluster/postgres @ staging',
  ),
  change(
    'metrics kept for a shorter time',
    [edit(PRODUCTION, 'retention: Duration.days(30)', 'retention: Duration.days(15)')],
    'caution retention StatefulSet/prometheus @ production',
    'notice rollouts StatefulSet/prometheus @ production',
  ),
  change(
    'backups kept for a shorter time',
    [edit(PRODUCTION, 'keepDays: 30', 'keepDays: 7')],
    'caution retention ObjectStore/postgres-backup @ production',
  ),
  change('backups kept for a longer time', [edit(PRODUCTION, 'keepDays: 30', 'keepDays: 35')]),
];
