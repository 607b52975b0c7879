import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, put } from './debian.ts';
import { compileJar, JAVA, jars, javaRoot } from './java.ts';
import type { ImageConfig, Made } from './oci.ts';

const HOME = '/opt/kafka';
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
  await javaRoot(java);
  for (const folder of ['libs', 'bin', 'config', 'logs'])
    await makeFolder(own, `${HOME}/${folder}`.slice(1), folder === 'logs' ? { owner: USER } : {});
  const libs = join(own, HOME, 'libs');
  await jars('kafka', libs);
  // Kafka reads its certificate at start only; this class of ours reads it again when it is renewed.
  await compileJar(work, 'kafka/tls/groundwork/kafka/RenewingSslEngineFactory.java', libs, 'groundwork-kafka-tls.jar');
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
