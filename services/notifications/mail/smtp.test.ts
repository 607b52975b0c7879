import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { createAuthority, type TestAuthority } from '../../../test/support/pki.ts';
import { smtpTransport } from './smtp.ts';
import { MailRejected, type MailTransport } from './transport.ts';

const email = {
  id: '0197b1a4-5f5e-7c3a-8d2e-1f6f9c1b2a3d',
  kind: 'welcome',
  to: 'ada@example.org',
  subject: 'Welcome',
  text: 'Hello Ada',
};

let authority: TestAuthority;
let identity: string;
let folder: string;
let servers: SMTPServer[] = [];
let sinks: MailTransport[] = [];
const trusted = getCACertificates('default');

beforeAll(() => {
  authority = createAuthority('mail');
  identity = authority.issue('mail.test');
  folder = mkdtempSync(join(tmpdir(), 'groundwork-smtp-'));
  setDefaultCACertificates([...trusted, readFileSync(join(identity, 'ca.crt'), 'utf8')]);
});
afterEach(async () => {
  for (const transport of sinks) transport.close();
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  [servers, sinks] = [[], []];
});
afterAll(() => {
  setDefaultCACertificates(trusted);
  authority.remove();
  rmSync(folder, { recursive: true });
});

/** A mail server with STARTTLS and a login; `mails` contains what it accepts. */
async function mailServer(options: SMTPServerOptions = {}) {
  const mails: string[] = [];
  const server = new SMTPServer({
    key: readFileSync(join(identity, 'tls.key')),
    cert: readFileSync(join(identity, 'tls.crt')),
    onAuth: ({ username, password }, _session, done) =>
      done(username === 'shop' && password === 'p@ss' ? null : new Error('wrong login'), { user: 'shop' }),
    onData: (stream, _session, done) => {
      let text = '';
      stream.on('data', (chunk) => {
        text += chunk;
      });
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {}); // some tests close the client
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return { mails, url: `smtp://shop:p%40ss@127.0.0.1:${(server.server.address() as AddressInfo).port}` };
}

function transportTo(url: string) {
  const urlFile = join(folder, 'url');
  writeFileSync(urlFile, `${url}\n`);
  const transport = smtpTransport({ urlFile, from: 'Shop <hello@shop.test>', domain: 'shop.test' });
  sinks.push(transport);
  return transport;
}
const failureOf = (transport: MailTransport) => transport.send(email).catch((error: unknown) => error);

test('sends over STARTTLS with a Message-ID derived from the id of the email', async () => {
  const { mails, url } = await mailServer();
  await transportTo(url).send(email);
  expect(mails).toHaveLength(1);
  expect(mails[0]).toContain(`Message-ID: <${email.id}@shop.test>`);
  expect(mails[0]).toContain('To: ada@example.org');
  expect(mails[0]).toContain('Hello Ada');
});

test('sends nothing, not even the login, to a server without TLS', async () => {
  let logins = 0;
  const { mails, url } = await mailServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: (_login, _session, done) => {
      logins += 1;
      done(null, { user: 'shop' });
    },
  });
  expect(await failureOf(transportTo(url))).not.toBeInstanceOf(MailRejected);
  expect([mails, logins]).toEqual([[], 0]);
});

test('sends nothing to a server with a certificate of another authority', async () => {
  const foreign = createAuthority('foreign');
  const other = foreign.issue('mail.test');
  const { mails, url } = await mailServer({
    key: readFileSync(join(other, 'tls.key')),
    cert: readFileSync(join(other, 'tls.crt')),
  });
  expect(await failureOf(transportTo(url))).not.toBeInstanceOf(MailRejected);
  expect(mails).toEqual([]);
  foreign.remove();
});

test.each([
  [550, true],
  [451, false],
])(
  'an address that the server rejects with %d fails; permanent: %p; the error contains no address',
  async (responseCode, permanent) => {
    const { url } = await mailServer({
      onRcptTo: ({ address }, _session, done) => done(Object.assign(new Error(`no ${address}`), { responseCode })),
    });
    const failure = await failureOf(transportTo(url));
    expect(failure).toBeInstanceOf(MailRejected);
    expect(failure).toMatchObject({ permanent, message: `the mail server answered ${responseCode}` });
  },
);

test('a wrong login and an unavailable server are not errors of the email', async () => {
  const { url } = await mailServer();
  expect(await failureOf(transportTo(url.replace('p%40ss', 'guess')))).not.toBeInstanceOf(MailRejected);
  expect(await failureOf(transportTo('smtp://127.0.0.1:1'))).not.toBeInstanceOf(MailRejected);
});

test('another server in the file is used for the next email', async () => {
  const [first, second] = [await mailServer(), await mailServer()];
  const transport = transportTo(first.url);
  await transport.send(email);
  writeFileSync(join(folder, 'url'), second.url);
  await transport.send(email);
  expect([first.mails.length, second.mails.length]).toEqual([1, 1]);
});
