import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Cluster } from '../infra/deploy/cluster/index.ts';
import { Kubectl } from '../infra/deploy/kubectl.ts';
import { until } from '../infra/tools/wait.ts';
import { burn, namespace, PROOF, pod, podSpec, policies, store, web } from './support/cluster-objects.ts';
import { separateCluster } from './support/separate-cluster.ts';

const separate = await separateCluster();
const { layout, driver: embedded } = separate;
const progress = { step: () => {}, say: () => {}, skipped: () => {} };

let cluster: Cluster;
let kubectl: Kubectl;
beforeAll(async () => {
  cluster = await separate.up();
  kubectl = new Kubectl(cluster);
  await apply(namespace);
  await apply(...web, pod('client'), pod('unknown-caller'));
  await run('rollout', 'status', 'deployment/web', '--timeout=90s');
  await run('wait', '--for=condition=Ready', 'pod/client', 'pod/unknown-caller', '--timeout=60s');
}, 900_000);
afterAll(() => separate.down());

const run = (...args: readonly string[]): Promise<string> => kubectl.run(['--namespace', PROOF, ...args]);
const apply = (...objects: readonly object[]): Promise<string> =>
  kubectl.run(['apply', '--server-side', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  });
const remove = (...objects: readonly object[]): Promise<string> =>
  kubectl.run(['delete', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) });
const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );
const inPod = (name: string, ...command: readonly string[]): Promise<string> =>
  run('exec', name, '--', 'timeout', '3', ...command);
const reachesWeb = (name: string): Promise<boolean> => succeeds(inPod(name, 'wget', '-qO-', 'http://web/index.html'));
const initPid = (): number => Number(readFileSync(join(layout.run, 'init.pid'), 'utf8'));

test('a Service is reachable by its DNS names in the cluster, and by its NodePort on 127.0.0.1 outside', async () => {
  expect(await inPod('client', 'wget', '-qO-', 'http://web/index.html')).toBe('one');
  expect(await inPod('client', 'wget', '-qO-', `http://web.${PROOF}.svc.cluster.local/index.html`)).toBe('one');
  expect(await (await fetch(`${cluster.gatewayUrl}/index.html`)).text()).toBe('one');
});

test('starting a running cluster changes nothing', async () => {
  const pid = initPid();
  await embedded.up(progress);
  expect(initPid()).toBe(pid);
  expect(await embedded.find()).toMatchObject({ gatewayUrl: `http://127.0.0.1:${separate.env.GROUNDWORK_HTTP_PORT}` });
});

test("Pod Security 'restricted' rejects a pod that may run as root", async () => {
  const root = { ...pod('root'), spec: { containers: [{ name: 'main', image: 'docker.io/library/busybox:1.35' }] } };
  await expect(apply(root)).rejects.toThrow(/violates PodSecurity "restricted/);
});

test('a missing image fails at once, not by timeout', async () => {
  await apply({ ...pod('missing'), spec: podSpec(['true'], { image: 'docker.io/library/missing:1' }) });
  const reason = (): Promise<string> =>
    run('get', 'pod', 'missing', '-o', 'jsonpath={.status.containerStatuses[0].state.waiting.reason}');
  expect(await until(async () => /ErrImagePull|ImagePullBackOff/.test(await reason()), 15_000)).toBe(true);
  await run('delete', 'pod', 'missing', '--wait=false');
});

test('a rolling restart under steady requests fails no request', async () => {
  const loop =
    'ok=0; bad=0; while [ ! -e /tmp/stop ]; do if timeout 3 wget -qO /dev/null http://web/index.html; then ok=$((ok+1)); else bad=$((bad+1)); fi; done; echo $ok ok, $bad failed';
  const asking = run('exec', 'client', '--', 'sh', '-c', loop);
  await sleep(1000);
  await run('rollout', 'restart', 'deployment/web');
  await run('rollout', 'status', 'deployment/web', '--timeout=90s');
  await sleep(4000); // the old pods drain
  await inPod('client', 'touch', '/tmp/stop');
  expect(await asking).toMatch(/^[1-9]\d+ ok, 0 failed$/);
});

describe('NetworkPolicy', () => {
  beforeAll(async () => {
    expect(await reachesWeb('unknown-caller')).toBe(true);
    await apply(...policies);
    await sleep(1000);
  });
  afterAll(async () => void (await remove(...policies)));

  test('allows traffic that both ends allow, DNS included', async () => {
    expect(await reachesWeb('client')).toBe(true);
  });
  test('denies a pod that no policy selects', async () => {
    expect(await reachesWeb('unknown-caller')).toBe(false);
  });
  test('denies traffic that one end alone allows: ingress without egress, or egress without ingress', async () => {
    const [web, client] = [policies[2] as object, policies[3] as object];
    await remove(client);
    await sleep(500);
    expect(await reachesWeb('client')).toBe(false);
    await remove(web);
    await apply(client);
    await sleep(500);
    expect(await reachesWeb('client')).toBe(false);
    await apply(web);
    expect(await until(() => reachesWeb('client'), 5000)).toBe(true);
  });
  test('denies pods access to the API server', async () => {
    expect(await succeeds(inPod('client', 'nc', '-w', '2', '10.96.0.1', '443'))).toBe(false);
  });
  test('allows probes and the edge: the node always reaches its pods', async () => {
    expect((await fetch(`${cluster.gatewayUrl}/index.html`)).ok).toBe(true);
  });
  test('applies to a new pod from its first packet', async () => {
    const address = await run('get', 'pod', '-l', 'app=web', '-o', 'jsonpath={.items[0].status.podIP}');
    const attempt = `for i in 1 2 3; do nc -w 1 ${address} 8080 < /dev/null 2> /dev/null && echo through; done; echo done`;
    const names = ['newborn-1', 'newborn-2', 'newborn-3'];
    await apply(...names.map((name) => pod(name, ['sh', '-c', attempt], { restartPolicy: 'Never' })));
    await run(
      'wait',
      '--for=jsonpath={.status.phase}=Succeeded',
      ...names.map((name) => `pod/${name}`),
      '--timeout=60s',
    );
    for (const name of names) expect(await run('logs', name)).toBe('done');
  });
});

test('an autoscaler reads CPU metrics and scales from 1 pod to 3', async () => {
  await apply(...burn);
  const replicas = (): Promise<string> => run('get', 'deployment', 'burn', '-o', 'jsonpath={.status.replicas}');
  expect(await until(async () => (await replicas()) === '3', 120_000)).toBe(true);
  await remove(...burn);
});

describe('a volume', () => {
  const kept = (): Promise<string> => run('exec', 'store-0', '--', 'cat', '/data/x');
  beforeAll(async () => {
    await apply(...store);
    await run('rollout', 'status', 'statefulset/store', '--timeout=90s');
    await run('exec', 'store-0', '--', 'sh', '-c', 'echo kept > /data/x');
  });

  test('keeps its data when its pod is replaced', async () => {
    await run('delete', 'pod', 'store-0');
    expect(await until(async () => succeeds(kept()), 30_000)).toBe(true);
    expect(await kept()).toBe('kept');
  });

  test('keeps its data when the cluster is killed, and when it goes down without deleting data', async () => {
    process.kill(initPid(), 'SIGKILL');
    expect(await until(async () => (await embedded.find()) === undefined, 10_000)).toBe(true);
    await embedded.up(progress);
    await embedded.down({ keepData: true }, progress);
    await embedded.up(progress);
    expect(await until(async () => succeeds(kept()), 60_000)).toBe(true);
    expect(await kept()).toBe('kept');
  });
});

test('down leaves no process, port, mount, cgroup or folder', async () => {
  const pid = initPid();
  const removed = await embedded.down({ keepData: false }, progress);
  expect(removed.slice(0, 3)).toEqual([
    expect.stringContaining("node 'groundwork'"),
    expect.stringContaining(`127.0.0.1:${separate.env.GROUNDWORK_API_PORT}`),
    expect.stringContaining('cgroup'),
  ]);
  expect(existsSync(`/proc/${pid}`)).toBe(false);
  const commandLines = globSync('/proc/[0-9]*/cmdline').flatMap((file) =>
    existsSync(file) ? readFileSync(file, 'utf8') : [],
  );
  expect(commandLines.filter((line) => line.includes(layout.state))).toEqual([]);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(layout.state);
  expect(globSync(`/sys/fs/cgroup/{,*/}${layout.cgroup}`)).toEqual([]);
  expect(existsSync(layout.state)).toBe(false);
  await expect(fetch(`http://127.0.0.1:${separate.env.GROUNDWORK_HTTP_PORT}`)).rejects.toThrow();
});
