import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployTimeSecret } from '@groundwork/constructs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SecretsFile } from '../../deploy/index.ts';
import { FakeCommands, recorder } from '../../tools/testing/fake-commands.ts';
import { systemOf } from '../../tools/testing/system-of.ts';
import { rotate } from './rotate.ts';

const PATH = process.env.PATH;
const LEAVING = {
  metadata: {
    name: 'grafana-old',
    labels: { 'app.kubernetes.io/name': 'grafana' },
    deletionTimestamp: '2026-11-23T00:00:00Z',
  },
};
/** Environment variables of the public image. */
const VARIABLES = 'GF_PATHS_HOME=/usr/share/grafana GF_PATHS_CONFIG=/etc/grafana/grafana.ini';
let commands: FakeCommands;
let cluster: { kubectl: string[]; state: string };
beforeEach(() => {
  commands = new FakeCommands();
  // Scripts for the pod run here, with fakes of Grafana's command and API.
  const cases = [`"get pods") ${reply({ items: [LEAVING] })} ;;`, "get*) echo '{}' ;;", `exec*) ${inPod} ;;`];
  commands.add(
    'kubectl',
    `export PATH=${commands.folder}:${PATH} ${VARIABLES}; case "$1 $2" in ${cases.join(' ')} esac`,
  );
  commands.add('grafana', `head -n 1 > ${commands.folder}/password`);
  commands.add(
    'curl',
    `cat > ${commands.folder}/login; case "$*" in *auth-tokens) ${reply([{ id: 7 }, { id: 9 }])} ;; esac`,
  );
  cluster = { kubectl: [join(commands.folder, 'kubectl')], state: mkdtempSync(join(commands.folder, 'state-')) };
});
afterEach(() => commands.end());

const reply = (value: object) => `echo '${JSON.stringify(value)}'`;
const inPod = 'while [ "$1" != -- ]; do shift; done; shift; "$@"';
const metadata = { name: 'grafana', namespace: 'town', annotations: { 'groundwork/by-hand': 'admin,secret-key' } };
const system = systemOf({
  c: [
    {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata,
      stringData: {
        admin: deployTimeSecret('grafana/admin', 'password'),
        'secret-key': deployTimeSecret('grafana/secret-key', 'password'),
      },
    },
    {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata,
      spec: { template: { spec: { volumes: [{ secret: { secretName: 'grafana' } }] } } },
    },
  ],
});
const turn = (name: string) => rotate({ name, cluster, namespace: 'town', system }, recorder());

/** The calls in order: kubectl's verb, or the path of a request to Grafana. */
const deeds = () =>
  commands.calls.flatMap((call) => {
    if (!/^(curl|grafana|kubectl (?!get|exec))/.test(call)) return []; // a script's own lines are recorded too
    const [, path] = /svc\.cluster\.local:3000(\S+)/.exec(call) ?? [];
    return [call.startsWith('curl') ? (path as string) : call.split(' ').slice(0, 3).join(' ')];
  });

test('the administrator’s new password is valid before any pod has it, and sessions of the former one are ended', async () => {
  await turn('grafana/admin');
  const value = SecretsFile.of(cluster, 'town').value('grafana/admin', 'password');
  expect(readFileSync(join(commands.folder, 'password'), 'utf8').trim()).toBe(value);
  expect(deeds()).toEqual([
    'grafana cli --homepath',
    'kubectl apply --server-side',
    'kubectl rollout restart',
    'kubectl rollout status',
    '/api/user/auth-tokens',
    '/api/user/revoke-auth-token',
    '/api/user/revoke-auth-token',
  ]);
  const ended = commands.calls.flatMap((call) =>
    call.startsWith('curl') ? (/"authTokenId":(\d+)/.exec(call)?.[1] ?? []) : [],
  );
  expect(ended).toEqual(['7', '9']);
  expect(commands.calls.join('\n')).not.toContain(value);
});

test('data keys are rotated before a pod has the next secret key, and again when no pod has the former one', async () => {
  await turn('grafana/secret-key');
  expect(deeds()).toEqual([
    '/api/admin/encryption/rotate-data-keys',
    'kubectl apply --server-side',
    'kubectl rollout restart',
    'kubectl rollout status',
    'kubectl wait pod/grafana-old',
    '/api/admin/encryption/rotate-data-keys',
    '/api/admin/provisioning/datasources/reload',
  ]);
  expect(commands.calls.join('\n')).not.toContain(
    SecretsFile.of(cluster, 'town').value('grafana/secret-key', 'password'),
  );
});

test('the administrator’s password is passed to curl on standard input', async () => {
  await turn('grafana/secret-key');
  expect(readFileSync(join(commands.folder, 'login'), 'utf8')).toMatch(/^user = "admin:/);
});
