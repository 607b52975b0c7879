import { CONFIG, DATA, DATACENTER, EXPORTER_PORT, JMX_PORT } from './constants.ts';
import { SEEDS } from './settings.ts';

export interface StartProps {
  readonly nodes: number;
  /** Host name of all nodes, below which each pod has its own. */
  readonly host: string;
  /** SPIFFE ID of the provisioner, the only one that can log in to a new cluster. */
  readonly provisioner: string;
}

/**
 * Parts of Java that Cassandra and its libraries use although Java hides them.
 * @see https://github.com/apache/cassandra/blob/cassandra-5.0/conf/jvm17-server.options
 */
const OPEN_MODULES = [
  ...[
    'java.base/java.lang.ref',
    'java.base/jdk.internal.misc',
    'java.management.rmi/com.sun.jmx.remote.internal.rmi',
    'java.rmi/sun.rmi.registry',
    'java.rmi/sun.rmi.server',
    'java.sql/java.sql',
    'jdk.unsupported/sun.misc',
  ].map((name) => `--add-exports=${name}=ALL-UNNAMED`),
  ...[
    'java.base/java.io',
    'java.base/java.lang',
    'java.base/java.lang.module',
    'java.base/java.lang.reflect',
    'java.base/java.util',
    'java.base/jdk.internal.loader',
    'java.base/jdk.internal.math',
    'java.base/jdk.internal.module',
    'java.base/jdk.internal.ref',
    'java.base/jdk.internal.reflect',
    'java.base/jdk.internal.util.jar',
    'java.base/sun.nio.ch',
    'jdk.management/com.sun.management.internal',
  ].map((name) => `--add-opens=${name}=ALL-UNNAMED`),
];

/** Arguments of Java for nodes and nodetool, one a line: a file that `java @file` reads. */
export const JAVA_ARGUMENTS = `${[
  ...OPEN_MODULES,
  '-Djdk.attach.allowAttachSelf=true',
  '-Dio.netty.tryReflectionSetAccessible=true',
  '-Djava.awt.headless=true',
  '-Duser.home=/tmp',
].join('\n')}\n`;

/** `sh nodetool.sh status`: nodetool, whose own script expects files that only the public image has. */
export const NODETOOL = `exec java -Xmx64m -XX:TieredStopAtLevel=1 @${CONFIG}/java.args -Dlogback.configurationFile=${CONFIG}/logback.xml -cp '/opt/cassandra/lib/*' org.apache.cassandra.tools.NodeTool --port ${JMX_PORT} "$@"\n`;

/**
 * Starts a node: what differs between pods is added to the files of the ConfigMap. The image has Java, and the jars in
 * /opt/cassandra/lib.
 */
export function startScript({ nodes, host, provisioner }: StartProps): string {
  return [
    `mkdir -p ${DATA} /tmp/config`,
    // A node that is its own seed joins without copying rows: only the first node of a new cluster may be.
    'seeds=',
    `for other in $(seq 0 ${nodes - 1}); do`,
    `  pod=\${POD_NAME%-*}-$other`,
    `  [ $pod = $POD_NAME ] && [ $other != 0 ] || seeds=$seeds,$pod.${host}`,
    'done',
    `sed "s/${SEEDS}/\${seeds#,}/" ${CONFIG}/cassandra.yaml > /tmp/config/cassandra.yaml`,
    'printf "listen_address: $POD_IP\\nbroadcast_rpc_address: $POD_IP\\n" >> /tmp/config/cassandra.yaml',
    // A node can't change its rack: it keeps that of its first start, even if its pod gets the label of a zone later.
    `[ -s ${DATA}/rack ] || echo "\${RACK:-rack1}" > ${DATA}/rack`,
    `printf "dc=${DATACENTER}\\nrack=$(cat ${DATA}/rack)\\n" > /tmp/config/cassandra-rackdc.properties`,
    `exporter=$(ls /opt/cassandra/lib/jmx_prometheus_javaagent-*.jar)=127.0.0.1:${EXPORTER_PORT}:${CONFIG}/exporter.yml`,
    // Java selects G1 from two CPUs and 1.8 GiB, and a lighter collector below. On an OutOfMemoryError, a node exits and restarts.
    `exec java @${CONFIG}/java.args -Xms$HEAP -Xmx$HEAP -XX:+ExitOnOutOfMemoryError \\`,
    `  -Dcassandra.config=file:///tmp/config/cassandra.yaml -Dcassandra.storagedir=${DATA} -Dlogback.configurationFile=${CONFIG}/logback.xml \\`,
    `  -Dcassandra.jmx.local.port=${JMX_PORT} -Dcassandra.superuser_setup_delay_ms=0 -Dcassandra.system_auth.default_rf=${Math.min(3, nodes)} \\`,
    `  -Dgroundwork.provisioner=${provisioner} ${nodes > 1 ? '-Dcassandra.autorepair.enable=true' : '-Dcassandra.skip_wait_for_gossip_to_settle=0 -Dcassandra.ring_delay_ms=1000'} \\`,
    `  -javaagent:$exporter -cp '/tmp/config:/opt/cassandra/lib/*' org.apache.cassandra.service.CassandraDaemon`,
  ].join('\n');
}

/** Logs warnings and errors, and the start and stop of a node, to the container's log. */
export const LOGGING = `<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%date %-5level %msg \\(%logger{0}\\)%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="out"/></root>
  <logger name="org.apache.cassandra.service.StorageService" level="INFO"/>
</configuration>
`;
