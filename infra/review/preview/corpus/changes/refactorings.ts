import { change, edit } from '../change.ts';
import { DEV, PRODUCTION, STAGING } from './sizes.ts';

const MICROSERVICE = 'constructs/microservice/microservice.ts';
const SHOP = 'stacks/shop.ts';

/** Nothing in any cluster changes, so nothing may be said. */
export const refactorings = [
  change('contracts in another order', [
    edit(
      'services/contracts/index.ts',
      '[users, catalog, notifications, gateway]',
      '[gateway, notifications, catalog, users]',
    ),
  ]),
  change('fields of an environment in another order', [
    edit(STAGING, "  spread: { nodes: 'preferred', zones: 'preferred' },\n", ''),
    edit(
      STAGING,
      "  logLevel: 'info',\n",
      "  logLevel: 'info',\n  spread: { zones: 'preferred', nodes: 'preferred' },\n",
    ),
  ]),
  change('a local variable under another name', [
    edit(MICROSERVICE, 'const inputs = connections', 'const rolling = connections'),
    edit(MICROSERVICE, 'inputs.length > 0', 'rolling.length > 0'),
    edit(MICROSERVICE, 'checksum(...inputs)', 'checksum(...rolling)'),
  ]),
  change('a comment', [
    edit(
      'constructs/kubernetes/labels.ts',
      '/** Labels by which selectors find',
      '/** The labels by which selectors find',
    ),
  ]),
  change('a moved file', [
    { file: 'constructs/microservice/scaling.ts', movedTo: 'constructs/microservice/replicas.ts' },
    ...['microservice', 'index'].map((name) =>
      edit(`constructs/microservice/${name}.ts`, './scaling.ts', './replicas.ts'),
    ),
  ]),
  change('a helper of its own', [
    edit('constructs/microservice/network.ts', "  const tcp = (port: number) => [{ protocol: 'TCP', port }];\n", ''),
    edit(
      'constructs/microservice/network.ts',
      'function throughDoor',
      "function tcp(port: number) {\n  return [{ port, protocol: 'TCP' }];\n}\n\nfunction throughDoor",
    ),
  ]),
  change('a size in another unit', [
    edit(
      DEV,
      "backEnd: 'builtin',\n    storage: Size.gibibytes(2)",
      "backEnd: 'builtin',\n    storage: Size.mebibytes(2048)",
    ),
  ]),
  change('cores in another unit', [edit(PRODUCTION, 'cpu: Cpu.units(2), memory', 'cpu: Cpu.millis(2000), memory')]),
  change('days in hours', [edit(PRODUCTION, 'Duration.days(30)', 'Duration.hours(720)')]),
  change('a construct elsewhere in the tree', [
    edit(
      SHOP,
      "new Secrets(chart('secrets'), 'secrets', { platform });",
      "new Secrets(new Chart(chart('private'), 'values'), 'all', { platform });",
    ),
  ]),
  change('services one level deeper', [
    edit(
      SHOP,
      'new Microservice(chart(contract.name), contract.name,',
      "new Microservice(new Chart(chart('services-' + contract.name), 'inner'), 'service',",
    ),
  ]),
  change('systems in another order', [
    edit(SHOP, "  new Secrets(chart('secrets'), 'secrets', { platform });\n", ''),
    edit(
      SHOP,
      '  const database = makePostgres',
      "  new Secrets(chart('secrets'), 'secrets', { platform });\n  const database = makePostgres",
    ),
  ]),
  change('a default that is said', [
    edit(
      STAGING,
      "kafka: { backEnd: 'strimzi', storage: Size.gibibytes(20)",
      "kafka: { backEnd: 'strimzi', brokers: 3, topics: { partitions: 6 }, storage: Size.gibibytes(20)",
    ),
  ]),
  change('a constant in place of literals', [
    edit(STAGING, "consul: { servers: 3, storageClass: 'standard-ssd' }", 'consul: { servers: 3, storageClass: DISK }'),
    edit(STAGING, "/** Production's shape", "const DISK = 'standard-ssd';\n\n/** Production's shape"),
  ]),
  change('labels in another order', [
    edit(
      'constructs/kubernetes/labels.ts',
      "return { ...selectorOf(system, name), 'app.kubernetes.io/managed-by': 'groundwork' };",
      "return { 'app.kubernetes.io/managed-by': 'groundwork', ...selectorOf(system, name) };",
    ),
  ]),
  change('settings of a pod in another order', [
    edit('constructs/microservice/environment.ts', '    SERVICE: contract.name,\n', ''),
    edit(
      'constructs/microservice/environment.ts',
      '    LOG_LEVEL: logLevel,\n',
      '    LOG_LEVEL: logLevel,\n    SERVICE: contract.name,\n',
    ),
  ]),
  change('rules of a policy in another order', [
    edit('constructs/microservice/network.ts', 'egress: [...callees, ...peers],', 'egress: [...peers, ...callees],'),
  ]),
  change('a cause that is said otherwise', [
    edit(MICROSERVICE, "const cause = `contract '${name}'`;", "const cause = `contract '${name}' (its pods)`;"),
  ]),
  change('a test more', [
    {
      file: 'constructs/microservice/more.test.ts',
      text: "import { test } from '@jest/globals';\n\ntest.todo('more');\n",
    },
  ]),
  change('prose', [edit('README.md', '# Groundwork', '# Groundwork, a foundation')]),
];
