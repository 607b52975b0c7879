import {
  type Contract,
  Cpu,
  contract,
  event,
  Graph,
  type Manifest,
  postgres,
  route,
  Size,
  synthesize,
} from '@groundwork/constructs';
import { valueAt } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { App } from 'cdk8s';
import { Type } from 'typebox';
import { catalog } from '../../services/contracts/catalog.ts';
import { contracts } from '../../services/contracts/index.ts';
import { users } from '../../services/contracts/users.ts';
import { type Environment, environments } from '../../stacks/environments/index.ts';
import { shop } from '../../stacks/shop.ts';
import { fixedImages } from '../support/system.ts';

const Id = Type.Object({ id: Type.String() });
/** One more service: it calls, publishes, consumes, owns a database, and has no caller yet. */
const audit = contract('audit', {
  http: { read: route('GET', '/audit', { reply: { 200: Id } }) },
  calls: [users.http.keys, catalog.http.listCategories],
  publishes: [event('audit.closed', 1, Id, { key: 'id' })],
  consumes: [...users.publishes],
  owns: [postgres({ migrations: 'services/audit/migrations', poolSize: 2 })],
}) as Contract;

/** Pod templates of all that runs pods, without provisioning Jobs, which run once and end. */
function workloads(environment: Environment, all: readonly Contract[]): Map<string, string> {
  const sizing = { scaling: { min: 1 }, resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(192) } };
  const { services } = environment;
  const sized: Environment = {
    ...environment,
    services: Object.fromEntries(all.map(({ name }) => [name, services[name] ?? sizing])),
    quota: { cpu: Cpu.units(999), memory: Size.gibibytes(9999), storage: Size.tebibytes(99), pods: 9999 },
  };
  const { objects } = synthesize(shop(sized, fixedImages, new App(), new Graph(all)));
  return new Map(
    objects
      .filter(({ manifest: { kind } }) =>
        /^(Deployment|StatefulSet|DaemonSet|CronJob|KafkaNodePool|Pooler)$/.test(kind),
      )
      .map(({ id, manifest }) => [id, JSON.stringify(templateOf(manifest), undefined, 1)]),
  );
}

/** Operators reload what is beside the template, such as limits of PgBouncer; without one, all of the spec counts. */
function templateOf({ spec }: Manifest): unknown {
  return valueAt(spec, 'template') ?? spec;
}

test.each(Object.values(environments))(
  'law 4, stable identity: one more service restarts no other pod of $name',
  (environment) => {
    const before = workloads(environment, contracts as readonly Contract[]);
    const after = workloads(environment, [...(contracts as readonly Contract[]), audit]);
    expect([...after.keys()].filter((id) => !before.has(id))).toEqual([expect.stringMatching(/^Deployment.*\/audit$/)]);
    for (const [id, spec] of before) expect([id, after.get(id)]).toEqual([id, spec]);
  },
);
