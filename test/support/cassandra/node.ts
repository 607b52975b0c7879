import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Contract, Cpu, Graph, IDENTITY_FOLDER, Platform, Size } from '@groundwork/constructs';
import type { CassandraDesiredState } from '@groundwork/contract/desired-state';
import { App, Chart } from 'cdk8s';
import { execa } from 'execa';
import { DATA } from '../../../constructs/cassandra/constants.ts';
import { desiredStateOf } from '../../../constructs/cassandra/desired-state.ts';
import { exporterConfig } from '../../../constructs/cassandra/metrics.ts';
import { cassandraYaml, SEEDS } from '../../../constructs/cassandra/settings.ts';
import { type CassandraCluster, fullCluster } from '../../../constructs/cassandra/spec.ts';
import { JAVA_ARGUMENTS } from '../../../constructs/cassandra/start-script.ts';
import { connect } from '../../../infra/provisioner/cassandra/client.ts';
import { reconcile } from '../../../infra/provisioner/cassandra/reconcile.ts';
import { contentHash, contents } from '../../../infra/tools/cache.ts';
import { cachedFolder } from '../cached-folder.ts';
import { mavenJars } from '../maven.ts';
import { createAuthority, type TestAuthority } from '../pki.ts';
import { freePort } from '../ports.ts';

/** Sources of the image. */
const IMAGE = join(import.meta.dirname, '../../../infra/build/images/cassandra');

/** A real Cassandra of one node for one test file, with the settings of the builtin back end. */
export interface TestCassandra {
  /** What the contracts need of it. */
  readonly desiredState: CassandraDesiredState;
  /** Reconciles it with the desired state, as the provisioner's Job does. @returns log lines about the changes */
  provision(desiredState?: CassandraDesiredState): Promise<string[]>;
  /** Environment of a service, as in its pods. @param account @default the service's own */
  env(service: string, account?: string): Record<string, string>;
  /** The exporter's text, as the sidecar proxies it. */
  metrics(): Promise<string>;
  /** Kills it at once. */
  remove(): Promise<void>;
}

/**
 * Starts it, without keyspaces. It ends with the process that started it, even when that is killed.
 * @param contracts whose keyspaces are desired
 * @param authority issues its certificate and those of its clients. @default a new one
 */
export async function startCassandra(
  contracts: readonly Contract[],
  authority: TestAuthority = createAuthority(),
): Promise<TestCassandra> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-cassandra-'));
  const cluster = clusterOf(contracts);
  const [port, storagePort, exporterPort] = [await freePort(), await freePort(), await freePort()];
  const jars = await mavenJars('cassandra', join(IMAGE, 'pom.xml'));
  const roles = await roleManager(jars);
  await mkdir(join(folder, 'config'));
  const put = (name: string, text: string) => writeFileSync(join(folder, 'config', name), text);
  put(
    'cassandra.yaml',
    cassandraYaml(cluster)
      .replace(SEEDS, `127.0.0.1:${storagePort}`)
      .replace(/^rpc_address: .*$/m, 'rpc_address: 127.0.0.1\nlisten_address: 127.0.0.1')
      .replace('native_transport_port: 9042', `native_transport_port: ${port}`)
      .replace('storage_port: 7000', `storage_port: ${storagePort}`)
      .replaceAll(DATA, join(folder, 'data'))
      .replaceAll(IDENTITY_FOLDER, authority.issue('cassandra.test')),
  );
  put('cassandra-rackdc.properties', 'dc=dc1\nrack=rack1\n');
  put('logback.xml', '<configuration><root level="ERROR"/></configuration>');
  put('exporter.yml', exporterConfig());
  put('java.args', JAVA_ARGUMENTS);
  const config = join(folder, 'config');
  const java = [
    `@${config}/java.args`,
    ...['-Xmx384m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'],
    `-Dcassandra.config=file://${config}/cassandra.yaml`,
    `-Dlogback.configurationFile=${config}/logback.xml`,
    `-Dcassandra.storagedir=${folder}/data`,
    ...['superuser_setup_delay_ms=0', 'skip_wait_for_gossip_to_settle=0', 'ring_delay_ms=1'].map(
      (setting) => `-Dcassandra.${setting}`,
    ),
    '-Dgroundwork.provisioner=spiffe://test.shop/ns/test/sa/cassandra-provisioner',
    `-javaagent:${jars}/jmx_prometheus_javaagent-1.0.1.jar=127.0.0.1:${exporterPort}:${config}/exporter.yml`,
    ...['-cp', `${config}:${roles}/*:${jars}/*`, 'org.apache.cassandra.service.CassandraDaemon'],
  ];
  // `cat` reads a pipe from this process: when this process ends, even by a kill, `cat` ends, and the node with it.
  const script = 'exec 3<&0; "$0" "$@" & server=$!; (cat <&3; kill -KILL $server) & wait $server';
  const running = spawn('sh', ['-c', script, 'java', ...java], { stdio: ['pipe', 'pipe', 'pipe'] });
  const said = lastWords(running);
  const desiredState = { ...desiredStateOf(cluster), hosts: ['127.0.0.1'], port };
  const env = (service: string, account = service) => ({
    CASSANDRA_HOSTS: '127.0.0.1',
    CASSANDRA_PORT: `${port}`,
    CASSANDRA_DATACENTER: desiredState.datacenter,
    CASSANDRA_KEYSPACE: service.replaceAll('-', '_'),
    CASSANDRA_SERVER: desiredState.server,
    IDENTITY_DIR: authority.issue(`${account}.test`),
  });
  const provisioner = authority.issue('cassandra-provisioner.test');
  const remove = async () => {
    if (running.exitCode === null) {
      const ended = once(running, 'exit');
      running.stdin?.end();
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  for (;;) {
    const client = connect(desiredState, provisioner);
    try {
      await client.connect();
      break;
    } catch (error) {
      if (running.exitCode === null) continue;
      await remove();
      throw new Error(`cassandra exited: ${said()}`, { cause: error });
    } finally {
      await client.shutdown();
    }
  }
  return {
    desiredState,
    provision: async (wanted = desiredState) => {
      const client = connect(desiredState, provisioner);
      const lines: string[] = [];
      try {
        await reconcile(client, wanted, (line) => lines.push(line));
      } finally {
        await client.shutdown();
      }
      return lines;
    },
    env,
    metrics: async () => (await fetch(`http://127.0.0.1:${exporterPort}/metrics`)).text(),
    remove,
  };
}

/** The spec of the builtin back end in the trust domain of `createAuthority`. */
function clusterOf(contracts: readonly Contract[]): CassandraCluster {
  const platform = new Platform(new Chart(new App(), 'platform'), 'platform', {
    environment: 'test',
    system: 'shop',
    namespace: 'test',
    graph: new Graph(contracts),
    quota: { cpu: Cpu.units(1), memory: Size.gibibytes(1), storage: Size.gibibytes(1), pods: 1 },
  });
  return fullCluster({ platform, nodes: 1, storage: Size.gibibytes(1) });
}

/** Folder with our role manager, compiled as in the image. */
async function roleManager(jars: string): Promise<string> {
  const auth = join(IMAGE, 'auth');
  return cachedFolder(join('cassandra-roles', contentHash(jars, ...(await contents(auth)))), async (making) => {
    const classes = join(making, 'classes');
    const source = join(auth, 'groundwork/cassandra/ProvisionedRoleManager.java');
    await execa('javac', ['--release', '17', '-cp', `${jars}/*`, '-d', classes, source]);
    await execa('jar', ['--create', '--file', join(making, 'roles.jar'), '-C', classes, '.']);
  });
}

function lastWords(running: ChildProcess): () => string {
  let said = '';
  for (const stream of [running.stdout, running.stderr])
    stream?.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-10_000);
    });
  return () => said;
}
