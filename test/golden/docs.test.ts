import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Cpu, edgeUrl, Platform, type Resources, type Scaling, type Size } from '@groundwork/constructs';
import { contracts } from '@groundwork/contracts';
import { expect, test } from '@jest/globals';
import { guaranteeTable } from '../../infra/cli/guarantees.ts';
import { type Environment, environments } from '../../stacks/environments/index.ts';
import { shop } from '../../stacks/shop.ts';
import { fixedImages } from '../support/system.ts';

const ROOT = join(import.meta.dirname, '../..');

const gibibytes = (size: Size): string => `${size.toMebibytes() / 1024} Gi`;
const pods = ({ min, max = min }: Scaling): string => (max > min ? `${min}–${max}` : `${min}`);
const sized = ({ cpu, memory }: Resources): string => `${show(cpu)}, ${memory.toMebibytes()} Mi`;
const show = ({ amount }: Cpu): string => amount;

/** Rows of an environment's column of the table. */
function column({
  name,
  context = 'only clusters that `npm start` makes',
  images,
  edge,
  services,
  sizing,
  spread,
  postgres,
  kafka,
  consul,
  prometheus,
  quota,
  requirements,
  ...rest
}: Environment) {
  const perService = contracts.map(({ name }) => {
    const { scaling, resources } = services[name] ?? sizing;
    return [`\`${name}\`: pods; CPU, memory`, `${pods(scaling)}; ${sized(resources)}`];
  });
  return [
    ['', `**${name}**`],
    ['kube context', context],
    ['images', images.source === 'build' ? 'built from the checkout' : 'by digest from `stacks/images.lock.json`'],
    [
      'reached through',
      `${{ 'node-port': 'NodePort', ingress: 'Ingress', 'load-balancer': 'LoadBalancer' }[edge.kind]}, ${edgeUrl(edge)}`,
    ],
    ...perService,
    ['spread over nodes / zones', `${spread.nodes} / ${spread.zones}`],
    [
      'Postgres: back end; volume; connections',
      `${postgres.backEnd}; ${gibibytes(postgres.storage)} ${postgres.storageClass ?? '(default class)'}; ${postgres.maxConnections}`,
    ],
    [
      'Kafka: back end; brokers; volume of each',
      `${kafka.backEnd}; ${kafka.brokers ?? 3}; ${gibibytes(kafka.storage)}`,
    ],
    ['Consul: servers', `${consul.servers ?? 3}`],
    ['Prometheus: replicas; volume of each', `${prometheus.replicas ?? 'pair'}; ${gibibytes(prometheus.storage)}`],
    [
      'quota: CPU; memory; volumes; pods',
      `${show(quota.cpu)}; ${gibibytes(quota.memory)}; ${gibibytes(quota.storage)}; ${quota.pods}`,
    ],
    ['data kept when it leaves the program', rest.protectData ? 'yes' : 'no'],
    [
      'required of Postgres, kept',
      list(
        requirements.postgres?.guarantees.filter(
          (guarantee) => requirements.postgres?.waived?.[guarantee] === undefined,
        ),
      ),
    ],
    ['required, but waived with a reason', list(Object.keys(requirements.postgres?.waived ?? {}))],
    ['log level', rest.logLevel],
  ];
}

const list = (words: readonly string[] = []): string => words.join(', ') || '–';

function environmentTable(): string {
  const columns = Object.values(environments).map((environment) => column(environment));
  const rows = (columns[0] ?? []).map(
    ([title], row) => `| ${[title, ...columns.map((cells) => cells[row]?.[1])].join(' | ')} |`,
  );
  return [rows[0], `| ---${' | ---'.repeat(columns.length)} |`, ...rows.slice(1)].join('\n');
}

function productionGuarantees(): string {
  const tree = shop(environments.production, fixedImages).node.findAll();
  const { guaranteeReports } = tree.find((construct) => construct instanceof Platform) as Platform;
  return ['```', ...guaranteeTable(guaranteeReports), '```'].join('\n');
}

/** Generated parts of the documentation: file, name of the part, text. `npm run golden` rewrites them. */
const parts: readonly [string, string, () => string][] = [
  ['docs/environments.md', 'environments', environmentTable],
  ['docs/environments.md', 'guarantees', productionGuarantees],
  ['README.md', 'in-your-program', () => `\`\`\`ts\n${read('examples/in-your-program.ts')}\`\`\``],
];

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

test.each(parts)('%s has the current part %s; if not, run `npm run golden` and commit it', (file, name, make) => {
  const [start, end] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`];
  const text = read(file);
  const [from, to] = [text.indexOf(start) + start.length, text.indexOf(end)];
  expect(from).toBeGreaterThan(start.length);
  expect(to).toBeGreaterThanOrEqual(from - 1);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(join(ROOT, file), text.slice(0, from) + make() + text.slice(to));
  expect(read(file)).toContain(`${start}${make()}${end}`);
});

const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

/** Valid anchors of a page: its headings, and explicit ids. */
const anchors = (page: string): readonly string[] => [
  ...[...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => slug(heading)),
  ...[...page.matchAll(/<a id="([^"]+)"/g)].map(([, id = '']) => id),
];

test('every link between pages points to a file, and to a heading in it', () => {
  const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].flatMap(([link, path = '', anchor]) => {
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(ROOT, target))) return [`${page}: ${link}`];
      return anchor !== undefined && !anchors(read(target)).includes(anchor) ? [`${page}: ${link}`] : [];
    }),
  );
  expect(pages.length).toBeGreaterThan(20);
  expect(broken).toEqual([]);
});
