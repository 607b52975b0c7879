import { randomUUID } from 'node:crypto';
import { heldBy } from '../../../infra/operate/identity/certificate.ts';
import { issueAgain } from '../../../infra/operate/index.ts';
import type { Dev } from '../dev.ts';
import { type Outcome, underTraffic } from '../traffic.ts';
import { becomes } from '../until.ts';

/** Workloads that a sign-up needs. */
const ACCOUNTS = ['gateway', 'users', 'postgres', 'kafka'] as const;

/**
 * A service loads a new certificate once it is older than the clock skew, five minutes, plus the kubelet's sync period.
 */
const TAKEN = 8 * 60_000;

/** Runs in the gateway's pod: prints the serial number of the certificate that `users` serves to a new connection. */
const ASK = `const read = (file) => require('node:fs').readFileSync(process.env.IDENTITY_DIR + '/' + file);
const host = 'users.' + process.env.NAMESPACE + '.svc.cluster.local';
const tls = { host, port: 443, servername: 'users', cert: read('tls.crt'), key: read('tls.key'), ca: read('ca.crt') };
const socket = require('node:tls').connect(tls, () => { console.log(socket.getPeerCertificate().serialNumber); socket.end(); });`;

/**
 * Renews the certificates of the workloads that a sign-up needs, under one sign-up a second, and waits until `users`
 * serves its new one, the gateway has loaded its own, and the event of each sign-up has been sent.
 * @throws Error when a container restarted meanwhile
 */
export async function renewShop(dev: Dev): Promise<Outcome> {
  const { kubectl, namespace, gateway } = dev;
  const lives = await livesOf(dev);
  const since = new Date().toISOString();
  const issued = async (account: string) =>
    heldBy(await kubectl.get('secret', `${account}-identity`, namespace))?.chain[0]?.serialNumber;
  const served = () => kubectl.run(['exec', 'deployment/gateway', '--namespace', namespace, '--', 'node', '-e', ASK]);
  const outbox = [
    'exec',
    'postgres-0',
    '-c',
    'postgres',
    '-n',
    namespace,
    '--',
    'psql',
    '-XAtq',
    '-U',
    'postgres',
    '-d',
    'users',
  ];
  const signUp = async () => {
    const body = JSON.stringify({
      email: `renewal-${randomUUID()}@example.com`,
      name: 'Ada',
      password: 'correct horse battery staple',
    });
    const send = () =>
      fetch(new URL('/users', gateway), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(10_000),
      });
    const reply = await send();
    if (reply.status !== 504) return reply;
    // Its deadline passed, as it may on a busy machine: it is repeated once, and a taken address shows that it acted.
    const again = await send();
    return again.status === 409 ? new Response(null, { status: 201 }) : again;
  };
  const outcome = await underTraffic(
    signUp,
    async () => {
      await Promise.all(ACCOUNTS.map((account) => issueAgain(kubectl, namespace, `${account}-identity`)));
      const serial = await issued('users');
      await becomes('users serves its new certificate', async () => (await served()).trim() === serial, TAKEN);
      const log = () => kubectl.run(['logs', 'deployment/gateway', '--namespace', namespace, '--since-time', since]);
      await becomes(
        'the gateway has loaded its new certificate',
        async () => (await log()).includes('certificate renewed'),
        TAKEN,
      );
    },
    { every: 1000, most: 1200 },
  );
  await becomes(
    'each event is sent',
    async () =>
      (await kubectl.run([...outbox, '-c', 'SELECT count(*) FROM outbox WHERE published_at IS NULL'])).trim() === '0',
  );
  const after = await livesOf(dev);
  if (after.join() !== lives.join())
    throw new Error(`a container restarted:\n${lives.join('\n')}\nthen:\n${after.join('\n')}`);
  return outcome;
}

/** Uid and restarts of each pod that a sign-up needs. */
async function livesOf({ kubectl, namespace }: Dev): Promise<readonly string[]> {
  const pods = await kubectl.list(namespace, 'pods');
  const needed = pods.filter(({ metadata }) =>
    ACCOUNTS.some((account) => metadata.labels?.['app.kubernetes.io/name'] === account),
  );
  return needed.flatMap(({ metadata, status }) => {
    const containers = (status?.containerStatuses ?? []) as { name: string; restartCount: number }[];
    return containers.map(({ name, restartCount }) => `${metadata.uid} ${metadata.name} ${name} ${restartCount}`);
  });
}
