import { type Contract, contract, mail } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { App, Chart } from 'cdk8s';
import { at, objectsOf } from '../../test/support/system.ts';
import { Cpu, Graph, Mail, type MailServer, type Manifest, Microservice, Platform, Size } from '../index.ts';

const news = contract('news', { owns: [mail()] }) as Contract;
const server: MailServer = {
  egress: { cidrs: ['203.0.113.25/32'], ports: [587] },
  from: 'Town <no-reply@town.example>',
};

function objects(given?: MailServer): Readonly<Record<string, Manifest>> {
  const app = new App();
  const quota = { cpu: Cpu.units(50), memory: Size.gibibytes(50), storage: Size.gibibytes(500), pods: 50 };
  const platform = new Platform(new Chart(app, 'platform'), 'platform', {
    environment: 'test',
    system: 'town',
    graph: new Graph([news]),
    quota,
  });
  new Mail(new Chart(app, 'mail'), 'mail', { platform, ...(given === undefined ? {} : { server: given }) });
  new Microservice(new Chart(app, 'news'), 'news', { contract: news, platform, image: 'registry.example/news:1' });
  return objectsOf(app);
}
const env = (made: Readonly<Record<string, Manifest>>) =>
  Object.fromEntries(
    (at(made['Deployment/news'], 'spec.template.spec.containers.0.env') as { name: string; value: string }[]).map(
      ({ name, value }) => [name, value],
    ),
  );

test('without a server, a service writes mail to its log, and has no egress', () => {
  const made = objects();
  expect(env(made)).toMatchObject({ MAIL_SINK: 'log' });
  expect(made['NetworkPolicy/news-to-mail']).toBeUndefined();
  expect(made['Secret/news-mail']).toBeUndefined();
});

test('with a server, a service that needs mail reads the URL from a file, and has egress to that network only', () => {
  const made = objects(server);
  expect(env(made)).toMatchObject({
    MAIL_SINK: 'smtp',
    MAIL_FROM: server.from,
    SMTP_URL_FILE: '/var/run/groundwork/mail/url',
  });
  expect(at(made['Secret/news-mail'], 'stringData')).toEqual({ url: '<<secret:given:mail/news/url>>' });
  expect(at(made['NetworkPolicy/news-to-mail'], 'spec.egress')).toEqual([
    { to: [{ ipBlock: { cidr: '203.0.113.25/32' } }], ports: [{ protocol: 'TCP', port: 587 }] },
  ]);
});

test.each<[string, MailServer, RegExp]>([
  [
    'an empty list of networks, which would allow everything',
    { ...server, egress: { cidrs: [], ports: [587] } },
    /mail › egress/,
  ],
  ['a sender without an address', { ...server, from: 'Town' }, /mail › from[\s\S]*no-reply/],
])('rejects %s', (_, given, message) => expect(() => objects(given)).toThrow(message));
