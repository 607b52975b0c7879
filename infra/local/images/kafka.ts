import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { debianRoot, discard, linkBusybox, makeFolder, put } from './debian.ts';
import type { ImageConfig, Made } from './oci.ts';

const HOME = '/opt/kafka';
const JAVA = '/usr/lib/jvm/java-17-openjdk-amd64';
/** User of the public image. */
const USER = 1000;

/** Kafka's commands as the public image has them, by what they run. */
const COMMANDS: Readonly<Record<string, string>> = {
  'kafka-server-start': 'kafka.Kafka',
  'kafka-storage': 'kafka.tools.StorageTool',
  'kafka-configs': 'kafka.admin.ConfigCommand',
  'kafka-topics': 'org.apache.kafka.tools.TopicCommand',
  'kafka-acls': 'org.apache.kafka.tools.AclCommand',
  'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'kafka-console-producer': 'org.apache.kafka.tools.ConsoleProducer',
  'kafka-console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'kafka-metadata-quorum': 'org.apache.kafka.tools.MetadataQuorumCommand',
  'kafka-leader-election': 'org.apache.kafka.tools.LeaderElectionCommand',
  'kafka-reassign-partitions': 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
};

/** Runs a class of Kafka; the same settings as Kafka's own script of this name takes. */
const RUN_CLASS = `#!/bin/sh
exec java \${KAFKA_HEAP_OPTS:--Xmx256m} \${KAFKA_JVM_PERFORMANCE_OPTS:-} \${KAFKA_OPTS:-} -Dlog4j2.configurationFile=\${KAFKA_LOG4J_CONFIG:-${HOME}/config/log4j2.yaml} -cp "${HOME}/libs/*" "$@"
`;

const config: ImageConfig = {
  User: `${USER}:${USER}`,
  WorkingDir: HOME,
  Env: [`PATH=${HOME}/bin:${JAVA}/bin:/usr/local/bin:/usr/bin:/bin`, `JAVA_HOME=${JAVA}`],
  ExposedPorts: { '9092/tcp': {} },
};

/** Apache Kafka's jars on Debian's Java, with the agent for metrics and the TLS engine that follows renewed certificates. */
export async function kafka(work: string): Promise<Made> {
  const [java, own] = [join(work, 'java'), join(work, 'kafka')];
  await debianRoot(java, ['openjdk-17-jre-headless', 'busybox']);
  await discard(java, 'usr/lib/jvm/java-17-openjdk-amd64/legal', 'usr/share/fonts', 'usr/share/X11');
  await linkBusybox(java);
  for (const folder of ['libs', 'bin', 'config', 'logs'])
    await makeFolder(own, `${HOME}/${folder}`.slice(1), folder === 'logs' ? { owner: USER } : {});
  const libs = join(own, HOME, 'libs');
  await jars(libs);
  await engineFactory(work, libs);
  await put(own, `${HOME}/config/log4j2.yaml`.slice(1), await readFile(join(import.meta.dirname, 'kafka/log4j2.yaml')));
  await put(own, `${HOME}/bin/kafka-run-class.sh`.slice(1), RUN_CLASS, 0o755);
  for (const [name, main] of Object.entries(COMMANDS)) {
    await put(own, `${HOME}/bin/${name}.sh`.slice(1), `#!/bin/sh\nexec kafka-run-class.sh ${main} "$@"\n`, 0o755);
  }
  const version =
    (await readdir(libs))
      .map((name) => /^kafka_2\.13-(.*)\.jar$/.exec(name)?.[1])
      .find((found) => found !== undefined) ?? '';
  return {
    version,
    layers: [
      { folder: java, keepOwners: true },
      { folder: own, keepOwners: true },
    ],
    config,
  };
}

async function jars(into: string): Promise<void> {
  const pom = join(import.meta.dirname, '../../build/images/kafka/pom.xml');
  const args = [
    '-q',
    '-B',
    '-f',
    pom,
    'dependency:copy-dependencies',
    '-DincludeScope=runtime',
    `-DoutputDirectory=${into}`,
  ];
  const { failed, all } = await execa('mvn', args, { reject: false, all: true, stdin: 'ignore' });
  if (failed)
    throw new ConfigurationError({
      code: 'image-build-failed',
      where: "Kafka's jars",
      problem: `mvn can't get them:\n${all.slice(-1000)}`,
      fix: 'install Maven, and see that its repository answers',
    });
}

/** Kafka reads its certificate at start only; this class of ours reads it again when it is renewed. */
async function engineFactory(work: string, libs: string): Promise<void> {
  const classes = join(work, 'classes');
  await mkdir(classes);
  const source = join(
    import.meta.dirname,
    '../../build/images/kafka/tls/groundwork/kafka/RenewingSslEngineFactory.java',
  );
  await execa('javac', ['--release', '17', '-cp', `${libs}/*`, '-d', classes, source]);
  // A fixed date: the same source is the same jar.
  await execa('jar', [
    '--create',
    '--date=1980-01-01T00:00:02Z',
    '--file',
    join(libs, 'groundwork-kafka-tls.jar'),
    '-C',
    classes,
    '.',
  ]);
}
