import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from '@groundwork/constructs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runtime } from '@pulumi/pulumi';
import { parse, stringify } from 'yaml';
import { OWN_REPOSITORY } from '../infra/build/images/index.ts';
import { namedImages } from '../infra/cli/program.ts';
import type { Cluster } from '../infra/deploy/cluster/index.ts';
import { checkCluster } from '../infra/deploy/index.ts';
import { Kubectl } from '../infra/deploy/kubectl.ts';
import { production } from '../stacks/environments/production.ts';
import { staging } from '../stacks/environments/staging.ts';
import { shop } from '../stacks/shop.ts';
import { prepareShop } from '../stacks/stack.ts';
import { operatorDefinitions } from './support/definitions/index.ts';
import { freePort } from './support/ports.ts';
import { InlineStack } from './support/pulumi.ts';
import { RunTable } from './support/run-table.ts';
import { separateCluster } from './support/separate-cluster.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

/**
 * Staging and production on an API server that has the definitions of their operators, but no operator: every object is
 * accepted, and nothing waits for pods.
 */
const separate = await separateCluster();
let cluster: Cluster;
let kubectl: Kubectl;
beforeAll(async () => {
  cluster = await separate.up();
  kubectl = new Kubectl(cluster);
}, 30 * 60_000); // may include the builds of Kubernetes and Pulumi
afterAll(() => separate.down());

/** A kubeconfig in which the cluster is known by the context of an environment. */
function kubeconfigOf(context: string): string {
  const config = parse(readFileSync(cluster.kubeconfig, 'utf8'));
  const file = join(temporaryFolder('kubeconfig'), 'config');
  config.contexts[0].name = context;
  config['current-context'] = context;
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}

test('a cluster without the operators is reported before anything is created', async () => {
  const system = synthesize(shop(production, namedImages));
  const kubeconfig = readFileSync(cluster.kubeconfig, 'utf8');
  await expect(checkCluster(system, { kubeconfig, context: cluster.context })).rejects.toThrow(
    /no definition of .*Kafka \(kafka\.strimzi\.io\//,
  );
});

test('a cluster that does not answer is reported', async () => {
  const system = synthesize(shop(production, namedImages));
  const { clusters, ...rest } = parse(readFileSync(cluster.kubeconfig, 'utf8'));
  const [{ name }] = clusters;
  const gone = stringify({
    ...rest,
    clusters: [{ name, cluster: { server: `https://127.0.0.1:${await freePort()}` } }],
  });
  await expect(checkCluster(system, { kubeconfig: gone, context: cluster.context })).rejects.toThrow(
    /does not answer: .*ECONNREFUSED/,
  );
});

describe.each([staging, production])('$name', (environment) => {
  let stack: InlineStack;
  let created: number;
  const table = new RunTable(environment.name);
  const reference = (name: string) => `${OWN_REPOSITORY}/${name}:1@sha256:${'1'.repeat(64)}`;
  const images = { service: reference, thirdParty: reference };
  const program = async () => {
    runtime.registerStackTransformation(({ type, props, opts }) => {
      if (!type.startsWith('kubernetes:')) return undefined;
      const { metadata } = props as { metadata: { annotations?: object } };
      const annotations = { ...metadata.annotations, 'pulumi.com/skipAwait': 'true' };
      return {
        props: { ...props, metadata: { ...metadata, annotations } },
        opts: { ...opts, protect: false, retainOnDelete: false },
      };
    });
    return prepareShop(environment, { images, unavailable: [] }).register().outputs;
  };

  beforeAll(async () => {
    const definitions = await operatorDefinitions();
    await kubectl.run(['apply', '--server-side', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: definitions }),
    });
    stack = await InlineStack.open(program, {
      kubeconfig: kubeconfigOf(environment.context ?? ''),
      name: environment.name,
    });
    const { secrets } = synthesize(shop(environment, images));
    for (const { name } of secrets) await stack.setSecret(`secrets.${name}`, 'a value');
  }, 30 * 60_000); // the first may include the build of Pulumi

  test('preview lists everything as created', async () => {
    const { changes } = await table.step('preview of a new stack', stack, () => stack.preview());
    expect(Object.keys(changes)).toEqual(['create']);
    created = changes.create ?? 0;
  });

  test('up creates everything, and again changes nothing', async () => {
    expect(await table.step('up', stack, () => stack.up())).toEqual({ create: created });
    expect(await table.step('up again', stack, () => stack.up())).toEqual({ same: created });
  });

  test('destroy deletes everything', async () => {
    expect(await table.step('destroy', stack, () => stack.destroy())).toEqual({ delete: created });
  });

  test('docs/pulumi-real-engine.md has this run', () => {
    const { page, run } = table.compared();
    expect(page).toEqual(run);
  });
});
