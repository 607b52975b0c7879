import { change, type Edit, edit, rebuilt, roll } from '../change.ts';
import { DEV, PRODUCTION, STAGING } from './sizes.ts';

const INDEX = 'services/contracts/index.ts';
const LOCK = 'stacks/images.lock.json';
const locked = (service: string): Edit =>
  edit(
    LOCK,
    '{\n  "catalog": {',
    `{\n  "${service}": {\n    "repository": "groundwork.local/${service}",\n    "version": "a995e08d4a28",\n    "digest": "sha256:${'1'.repeat(64)}"\n  },\n  "catalog": {`,
  );
const everywhere = (from: string, to: (line: string) => string): Edit[] =>
  [DEV, STAGING, PRODUCTION].map((file) => edit(file, from, to(from)));
const reviews = `import { contract } from '@groundwork/contract';
import { catalog } from './catalog.ts';

/** What people think of products. */
export const reviews = contract('reviews', { calls: [catalog.http.getProduct] });
`;
const [notificationsInDev, notificationsInStaging, notificationsInProduction] = [
  '    notifications: { scaling: { min: 1 }, resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(192) } },\n',
  '    notifications: { scaling: { min: 2 }, resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(256) } },\n',
  '    notifications: { scaling: { min: 3 }, resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(384) } },\n',
] as const;
const inList = edit(INDEX, '[users, catalog, notifications, gateway]', '[users, catalog, gateway]');
const fromList: readonly Edit[] = [
  inList,
  edit(DEV, notificationsInDev, ''),
  edit(STAGING, notificationsInStaging, ''),
  edit(PRODUCTION, notificationsInProduction, ''),
];

/** Its pods hold a checksum of what they scrape and of the rules. */
const prometheusReads = [
  'caution rollouts StatefulSet/prometheus @ dev',
  'notice rollouts StatefulSet/prometheus @ staging production',
];

/** Services that come, go and change their names; environments as well. */
export const servicesAndEnvironments = [
  change(
    'a new service',
    [
      { file: 'services/contracts/reviews.ts', text: reviews },
      {
        file: 'services/reviews/Dockerfile',
        text: 'ARG BASE\nFROM ${BASE}\nCOPY services/contracts/reviews.ts services/contracts/\n',
      },
      {
        file: 'services/reviews/package.json',
        text: '{ "name": "@groundwork/reviews", "version": "0.1.0", "private": true }\n',
      },
      edit(
        'package-lock.json',
        '    "services/users": {',
        '    "services/reviews": { "name": "@groundwork/reviews", "version": "0.1.0" },\n    "services/users": {',
      ),
      locked('reviews'),
      edit(INDEX, '[users, catalog, notifications, gateway]', '[users, catalog, notifications, gateway, reviews]'),
      edit(
        INDEX,
        "import { users } from './users.ts';",
        "import { reviews } from './reviews.ts';\nimport { users } from './users.ts';",
      ),
      ...everywhere(
        '  services: {\n',
        (line) =>
          `${line}    reviews: { scaling: { min: 1 }, resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(192) } },\n`,
      ),
    ],
    'caution network reviews',
    roll('catalog'), // its allow list
    prometheusReads,
  ),
  change(
    'a service less',
    fromList,
    "danger contracts contract 'notifications'",
    'danger removals Deployment/notifications',
    'caution network notifications',
    'danger topics topic user.registered.notifications.dlt',
    'caution network postgres-notifications',
    'caution secrets Secret/notifications-mail @ production',
    prometheusReads,
  ),
  change(
    'a service under another name',
    [
      edit('services/contracts/notifications.ts', "contract('notifications'", "contract('messages'"),
      {
        file: 'services/messages/Dockerfile',
        text: 'ARG BASE\nFROM ${BASE}\nCOPY services/contracts/notifications.ts services/contracts/users.ts services/contracts/\n',
      },
      {
        file: 'services/messages/package.json',
        text: '{ "name": "@groundwork/messages", "version": "0.1.0", "private": true }\n',
      },
      edit(
        'package-lock.json',
        '    "services/users": {',
        '    "services/messages": { "name": "@groundwork/messages", "version": "0.1.0" },\n    "services/users": {',
      ),
      locked('messages'),
      edit(DEV, notificationsInDev, notificationsInDev.replace('notifications', 'messages')),
      edit(STAGING, notificationsInStaging, notificationsInStaging.replace('notifications', 'messages')),
      edit(PRODUCTION, notificationsInProduction, notificationsInProduction.replace('notifications', 'messages')),
    ],
    "danger contracts contract 'notifications'",
    'danger removals Deployment/notifications',
    'caution network notifications',
    'caution network postgres-notifications',
    'caution network postgres-messages',
    'caution secrets Secret/notifications-mail @ production',
    'notice secrets Secret/messages-mail @ production',
    prometheusReads,
    'caution network messages',
    'danger topics topic user.registered.notifications.dlt',
    'caution access messages in Kafka',
  ),
  change(
    'a database less',
    [
      edit(
        'services/contracts/notifications.ts',
        "owns: [postgres({ migrations: 'services/notifications/migrations' }), mail()]",
        'owns: [mail()]',
      ),
      edit('services/contracts/notifications.ts', 'import { contract, mail, postgres }', 'import { contract, mail }'),
    ],
    "caution contracts contract 'notifications' › owns postgres",
    'caution network postgres-notifications',
    'caution network notifications → postgres:5432',
    'caution network notifications → postgres-pooler:5432 @ production',
    roll('notifications'),
  ),
  change(
    'an environment less',
    [
      edit('stacks/environments/index.ts', "import { staging } from './staging.ts';\n", ''),
      edit('stacks/environments/index.ts', 'export { dev, production, staging };', 'export { dev, production };'),
      edit('stacks/environments/index.ts', '{ dev, staging, production } as const', '{ dev, production } as const'),
    ],
    "danger environments environment 'staging' @ staging",
  ),
  change(
    'an environment more',
    [
      {
        file: 'stacks/environments/qa.ts',
        text: "import type { Environment } from './environment.ts';\nimport { staging } from './staging.ts';\n\n/** Where testers look first. */\nexport const qa: Environment = { ...staging, name: 'qa', context: 'shop-qa' };\n",
      },
      edit(
        'stacks/environments/index.ts',
        "import { staging } from './staging.ts';",
        "import { qa } from './qa.ts';\nimport { staging } from './staging.ts';",
      ),
      edit(
        'stacks/environments/index.ts',
        '{ dev, staging, production } as const',
        '{ dev, staging, production, qa } as const',
      ),
    ],
    "notice environments environment 'qa' @ qa",
  ),
  change(
    'the logs of production in full',
    [edit(PRODUCTION, "logLevel: 'info'", "logLevel: 'debug'")],
    roll('users', 'catalog', 'notifications', 'gateway').map((line) => `${line} @ production`),
  ),
  change(
    'a file more in the image of a service',
    [{ file: 'services/catalog/notes.ts', text: 'export const notes = [];\n' }],
    rebuilt('catalog'),
  ),
];
