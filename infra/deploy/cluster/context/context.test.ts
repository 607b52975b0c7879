import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FakeCommands, recorder } from '../../../tools/testing/fake-commands.ts';
import { ContextCluster } from './index.ts';

let commands: FakeCommands;
beforeEach(() => {
  commands = new FakeCommands();
});
afterEach(() => commands.end());

const kubectl = ({ contexts = 'work\nhome', current = 'work', ready = 'echo ok' } = {}): void =>
  commands.add(
    'kubectl',
    `case "$*" in *get-contexts*) printf '${contexts}\\n' ;; *current-context*) echo '${current}' ;; *readyz*) ${ready} ;; esac`,
  );

test('uses the context that the configuration names, if it is the current one and answers', async () => {
  kubectl();
  const cluster = await new ContextCluster({ context: 'work' }).up(recorder());
  expect(cluster).toMatchObject({
    driver: 'context',
    context: 'work',
    kubectl: ['kubectl', '--context', 'work'],
    images: 'registry',
    gatewayUrl: undefined,
  });
});

describe('rejects', () => {
  test('any context while the configuration names none, including the current one', async () => {
    kubectl();
    const driver = new ContextCluster({});
    expect(await driver.check()).toMatchObject({
      usable: false,
      why: expect.stringContaining('names no kube context'),
    });
    await expect(driver.up(recorder())).rejects.toMatchObject({ name: 'ConfigurationError' });
    expect(commands.calls).toEqual([]);
  });

  test('a current context other than the one in the configuration', async () => {
    kubectl({ current: 'production' });
    await expect(new ContextCluster({ context: 'work' }).up(recorder())).rejects.toMatchObject({
      name: 'ConfigurationError',
      problem: expect.stringContaining("current context is 'production'"),
      fix: expect.stringContaining('use-context work'),
    });
  });

  test('a context that no kubeconfig has, and lists the known ones', async () => {
    kubectl();
    expect(await new ContextCluster({ context: 'typo' }).check()).toMatchObject({
      usable: false,
      why: expect.stringMatching(/'typo'.*'work', 'home'/),
    });
  });

  test("a context that does not answer, with kubectl's words", async () => {
    kubectl({ ready: 'echo "connection refused" >&2; exit 1' });
    expect(await new ContextCluster({ context: 'work' }).check()).toMatchObject({
      usable: false,
      why: expect.stringContaining('connection refused'),
    });
  });

  test('a machine without kubectl', async () => {
    expect(await new ContextCluster({ context: 'work' }).check()).toMatchObject({
      usable: false,
      why: expect.stringContaining('no `kubectl`'),
    });
  });
});

test("down leaves the user's cluster alone, and says so", async () => {
  kubectl();
  const progress = recorder();
  expect(await new ContextCluster({ context: 'work' }).down({ keepData: false }, progress)).toEqual([]);
  expect(progress.said).toEqual([expect.stringContaining('is yours')]);
  expect(commands.calls).toEqual([]);
});
