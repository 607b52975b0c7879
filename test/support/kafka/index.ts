import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Admin } from '@platformatic/kafka';
import { execa } from 'execa';
import { readIdentity, secureContext } from '../../../services/kit/identity/index.ts';
import { mavenJars } from '../maven.ts';
import { createAuthority, type TestAuthority } from '../pki.ts';
import { freePort } from '../ports.ts';

/** Jars of the image's version, so that tests use the deployed version. */
const JARS = join(import.meta.dirname, '../../../infra/build/images/kafka/pom.xml');

/** A real Kafka broker for one test file: KRaft, mutual TLS only, no automatic topics. */
export interface TestKafka {
  /** Environment of a service that uses it, as in its pods; each account has its own certificate. */
  env(account: string): Record<string, string>;
  /** Replaces an account's certificate by a new one, as the platform does. */
  rotate(account: string): void;
  /** @param partitions number of partitions of each topic */
  createTopics(topics: readonly string[], partitions: number): Promise<void>;
  /** Kills it at once, without closing connections. */
  stop(): Promise<void>;
  /** Starts it again after `stop`, with the same data and port. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Starts a broker. It ends with the process that started it, even when that is killed.
 * @param shared issues its certificate and those of its clients; the caller removes it. @default a new one
 * @param settings further settings of the broker. @default none
 */
export async function startKafka(
  shared?: TestAuthority,
  settings: Readonly<Record<string, string>> = {},
): Promise<TestKafka> {
  const authority = shared ?? createAuthority();
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-kafka-'));
  const port = await freePort();
  const config = join(folder, 'server.properties');
  writeFileSync(config, properties(folder, port, await freePort(), authority.issue('kafka.test'), settings));
  writeFileSync(join(folder, 'log4j2.yaml'), LOGGING);
  const java = [
    '-Xmx256m',
    '-XX:TieredStopAtLevel=1',
    '-XX:+UseSerialGC',
    `-Dlog4j2.configurationFile=${folder}/log4j2.yaml`,
    '-cp',
    `${await mavenJars('kafka', JARS)}/*`,
  ];
  await execa('java', [
    ...java,
    'kafka.tools.StorageTool',
    'format',
    '--cluster-id',
    'Z3JvdW5kd29yay10ZXN0LQ',
    '--config',
    config,
  ]);
  const tls = secureContext(readIdentity(authority.issue('admin.test')));
  const admin = () => new Admin({ clientId: 'test', bootstrapBrokers: [`127.0.0.1:${port}`], tls, retries: 0 });
  let running: ChildProcess | undefined;
  let said = '';

  const start = async () => {
    // `cat` reads a pipe from this process: when this process ends, even by a kill, `cat` ends, and the broker with it.
    const script = 'exec 3<&0; "$0" "$@" & server=$!; (cat <&3; kill -KILL $server) & wait $server';
    running = spawn('sh', ['-c', script, 'java', ...java, 'kafka.Kafka', config], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    said = '';
    running.stdout?.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-10_000);
    });
    for (;;) {
      const client = admin();
      try {
        const { brokers } = await client.metadata({ topics: [] });
        if (brokers.size > 0) return;
      } catch (error) {
        if (running.exitCode !== null) throw new Error(`kafka exited: ${said}`, { cause: error });
      } finally {
        await client.close();
      }
    }
  };
  const stop = async () => {
    const server = running;
    running = undefined;
    if (server === undefined || server.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.stdin?.end();
    await ended;
  };
  await start();
  return {
    start,
    stop,
    env: (account) => ({ KAFKA_BROKERS: `127.0.0.1:${port}`, IDENTITY_DIR: authority.issue(`${account}.test`) }),
    rotate: (account) => void authority.issue(`${account}.test`),
    createTopics: async (topics, partitions) => {
      const client = admin();
      await client.createTopics({ topics: [...topics], partitions, replicas: 1 });
      await client.close();
    },
    remove: async () => {
      await stop();
      if (shared === undefined) authority.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const LOGGING = `Configuration:
  Appenders: { Console: { name: out, PatternLayout: { pattern: "%d %-5p %m (%c)%n" } } }
  Loggers: { Root: { level: WARN, AppenderRef: { ref: out } } }
`;

/** One node that is broker and controller; after a kill it recovers its log. */
function properties(
  folder: string,
  port: number,
  controllerPort: number,
  identity: string,
  more: Readonly<Record<string, string>>,
): string {
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `TLS://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `TLS://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'TLS:SSL,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'TLS',
    'ssl.client.auth': 'required',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': join(identity, 'tls-combined.pem'),
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': join(identity, 'ca.crt'),
    'log.dirs': join(folder, 'data'),
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000, // so that a killed consumer is detected soon
    'broker.session.timeout.ms': 3000,
    'log.cleaner.enable': false,
    ...more,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
