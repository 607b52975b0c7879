import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize, toDot, toMermaid, toYaml } from '@groundwork/constructs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ApplyEngine } from '../infra/deploy/apply.ts';
import type { Cluster } from '../infra/deploy/cluster/index.ts';
import { SecretsFile } from '../infra/deploy/secrets-file.ts';
import { rotate, secretsOf } from '../infra/operate/index.ts';
import { FakeCommands, recorder } from '../infra/tools/testing/fake-commands.ts';
import { environments } from '../stacks/environments/index.ts';
import { graph, namespaceOf, shop } from '../stacks/shop.ts';
import { fixedImages } from './support/system.ts';

const PATH = process.env.PATH;

describe.each(Object.values(environments))('canaries in every secret of $name', (environment) => {
  const { name } = environment;
  const namespace = namespaceOf(environment);
  const system = synthesize(shop(environment, fixedImages));
  const entries = system.objects;
  const known = secretsOf(system).filter(({ format }) => format !== 'certificate');
  /** Values that no output may contain. */
  const canaries = known.map((_, index) => `canary-${index}-6f1d0c`);

  let commands: FakeCommands;
  let cluster: Cluster;
  beforeEach(() => {
    commands = new FakeCommands();
    const state = mkdtempSync(join(commands.folder, 'state-'));
    const kubectl = [join(commands.folder, 'kubectl')];
    cluster = {
      driver: 'context',
      kubeconfig: '',
      context: 'c',
      kubectl,
      gatewayUrl: undefined,
      state,
      images: 'registry',
      loadImages: async () => {},
    };
    const file = SecretsFile.of(cluster, namespace);
    for (const [index, { name, format }] of known.entries()) file.rotate(name, format as 'password', canaries[index]);
  });
  afterEach(() => commands.end());

  function expectNoCanary(output: string): void {
    expect(
      canaries.filter((canary) => output.includes(canary) || output.includes(Buffer.from(canary).toString('base64'))),
    ).toEqual([]);
  }

  test('at least one canary exists', () => {
    expect(canaries.length).toBeGreaterThan(0);
  });

  test('manifests, the graph and the list of secrets contain no canary', () => {
    expectNoCanary(toYaml(entries.map(({ manifest }) => manifest)));
    expectNoCanary(toMermaid(graph) + toDot(graph));
    expectNoCanary(JSON.stringify([secretsOf(system), entries.map(({ origin, path }) => [origin, path])]));
  });

  test('a deploy passes the canaries on; no command line and no output contains one', async () => {
    const applied = join(commands.folder, 'applied');
    commands.add('kubectl', `PATH=${PATH}; case "$1" in apply) cat >> ${applied} ;; esac`);
    const progress = recorder();
    const changes = await new ApplyEngine().deploy({ environment: name, namespace, cluster, system }, progress);
    expectNoCanary(JSON.stringify([commands.calls, progress.said, changes]));
  });

  test('a deploy and a rotation do not print the response of an API server that quotes its input', async () => {
    const answers = `get\\ Secret*) echo '{"kind":"Secret","metadata":{"name":"it-is-deployed"}}' ;; *--prune*|*rotation*) PATH=${PATH} cat >&2; exit 1 ;;`;
    commands.add('kubectl', `case "$*" in ${answers} esac`);
    const secret = known.find(({ rotation }) => rotation !== 'by hand')?.name ?? '';
    const errors = await Promise.all([
      new ApplyEngine().deploy({ environment: name, namespace, cluster, system }, recorder()).catch(String),
      rotate({ name: secret, given: canaries[0] as string, cluster, namespace, system }, recorder()).catch(String),
    ]);
    for (const error of errors) expect(error).toContain('(secret)');
    expectNoCanary(errors.join('\n'));
  });
});
