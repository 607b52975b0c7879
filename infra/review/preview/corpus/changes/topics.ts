import { change, edit, rebuilt, roll } from '../change.ts';
import { DEV, STAGING } from './sizes.ts';

const USERS = 'services/contracts/users.ts';
const NOTIFICATIONS = 'services/contracts/notifications.ts';
const STRIMZI = 'resources: { cpu: Cpu.millis(250), memory: Size.gibibytes(1) } },\n  consul';
const topics = (settings: string): string => STRIMZI.replace(' },\n', `, topics: { ${settings} } },\n`);
const event =
  "export const userRegistered = event(\n  'user.registered',\n  1,\n  Type.Object({ userId: Type.String({ format: 'uuid' }), email: Type.String({ format: 'email' }), name: Type.String() }, { additionalProperties: false }),\n  { key: 'userId' },\n);";
const imagesOfUsers = rebuilt('users', 'notifications', 'gateway');

/** Topics, events and who may do what with them. */
export const topicsAndEvents = [
  change(
    'more partitions',
    [edit(DEV, 'partitions: 3', 'partitions: 6')],
    'caution topics topic user.registered @ dev',
  ),
  change(
    'fewer partitions',
    [edit(DEV, 'partitions: 3', 'partitions: 1')],
    'danger topics topic user.registered @ dev',
  ),
  change(
    'events kept for a shorter time',
    [
      edit(STAGING, STRIMZI, topics('retention: Duration.days(3)')),
      edit(STAGING, 'import { Cpu, Size }', 'import { Cpu, Duration, Size }'),
    ],
    'caution retention topic user.registered @ staging',
  ),
  change('events kept for a longer time', [
    edit(STAGING, STRIMZI, topics('retention: Duration.days(14)')),
    edit(STAGING, 'import { Cpu, Size }', 'import { Cpu, Duration, Size }'),
  ]),
  change(
    'only the last event of a key',
    [edit(DEV, 'partitions: 3', 'partitions: 3, compact: true')],
    'caution retention topic user.registered @ dev',
  ),
  change(
    'fewer copies of an event before it counts',
    [edit(STAGING, STRIMZI, topics('minInSyncReplicas: 1'))],
    'caution topics topic user.registered @ staging',
    'caution topics topic user.registered.notifications.dlt @ staging',
    'notice rollouts Kafka/kafka @ staging',
  ),
  change(
    'an event under another name',
    [edit(USERS, "'user.registered',", "'user.signed-up',")],
    "danger contracts contract 'users' › publishes user.registered v1",
    'danger topics topic user.registered',
    'danger topics topic user.registered.notifications.dlt',
    'caution access users in Kafka',
    'caution access notifications in Kafka',
    imagesOfUsers,
  ),
  change(
    'a field less in an event',
    [
      edit(
        USERS,
        ", email: Type.String({ format: 'email' }), name: Type.String() }, { additionalProperties: false }),\n  { key",
        ", email: Type.String({ format: 'email' }) }, { additionalProperties: false }),\n  { key",
      ),
    ],
    "danger contracts contract 'users' › publishes user.registered v1",
    imagesOfUsers,
  ),
  change(
    'another key of an event',
    [edit(USERS, "{ key: 'userId' }", "{ key: 'email' }")],
    "danger contracts contract 'users' › publishes user.registered v1",
    imagesOfUsers,
  ),
  change(
    'a second version of an event, beside the first',
    [
      edit(USERS, event, `${event}\n\n${event.replace('userRegistered', 'userRegistered2').replace('  1,', '  2,')}`),
      edit(USERS, 'publishes: [userRegistered]', 'publishes: [userRegistered, userRegistered2]'),
    ],
    imagesOfUsers,
  ),
  change(
    'the second version of an event in place of the first',
    [edit(USERS, "  'user.registered',\n  1,", "  'user.registered',\n  2,")],
    "danger contracts contract 'users' › publishes user.registered v1",
    imagesOfUsers,
  ),
  change(
    'a second consumer of an event',
    [
      edit(
        'services/contracts/gateway.ts',
        "import { users } from './users.ts';",
        "import { userRegistered, users } from './users.ts';",
      ),
      edit('services/contracts/gateway.ts', '  edge: true,', '  consumes: [userRegistered],\n  edge: true,'),
    ],
    'caution access gateway in Kafka',
    'caution network gateway → kafka:9093',
    roll('gateway'),
  ),
  change(
    'a consumer less',
    [
      edit(NOTIFICATIONS, '  consumes: [userRegistered],\n', ''),
      edit(NOTIFICATIONS, "import { userRegistered } from './users.ts';\n", ''),
    ],
    'danger topics topic user.registered.notifications.dlt',
    'caution network notifications → kafka:9093',
    roll('notifications'),
  ),
  change(
    'a right more in Kafka',
    [
      edit(
        'constructs/kafka/desired-state.ts',
        "...onTopic(user(publisher), event, ['write', 'describe']),",
        "...onTopic(user(publisher), event, ['write', 'describe', 'read']),",
      ),
    ],
    'caution access users in Kafka',
  ),
];
