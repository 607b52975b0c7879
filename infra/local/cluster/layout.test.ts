import { expect, test } from '@jest/globals';
import { Layout } from './layout.ts';

test('the state is in the cache, and the ports are 16443 and 8080 by default', () => {
  const layout = new Layout({});
  expect(layout).toMatchObject({ state: expect.stringMatching(/\/cluster$/), apiPort: 16443, httpPort: 8080 });
});

test('two clusters have two cgroups', () => {
  const [one, two] = ['/srv/one', '/srv/two'].map((folder) => new Layout({ GROUNDWORK_CLUSTER_DIR: folder }).cgroup);
  expect(one).toMatch(/^groundwork-[0-9a-f]{8}$/);
  expect(one).not.toBe(two);
});

test.each(['0', '70000', 'http', '8080.5', ''])("rejects '%s' as a port, and names the variable", (text) => {
  expect(() => new Layout({ GROUNDWORK_HTTP_PORT: text })).toThrow(/must be a port, got .*\s+at GROUNDWORK_HTTP_PORT/);
});

test.each(['/run/cluster', '/var/lib/groundwork', '/var/log/x'])(
  'rejects %s, where the node mounts its own folders',
  (folder) => {
    expect(() => new Layout({ GROUNDWORK_CLUSTER_DIR: folder })).toThrow(/where the node mounts/);
  },
);
