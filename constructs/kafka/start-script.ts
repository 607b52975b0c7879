import { BROKERS_SERVICE, CLIENT_PORT, CONFIG, DATA, EXPORTER_PORT, REPLICATION_PORT } from './constants.ts';

export interface StartProps {
  readonly role: 'broker' | 'controller';
  /** Node id of the first pod. */
  readonly firstId: number;
  readonly clusterId: string;
  readonly namespace: string;
}

/**
 * Starts a node: its id and names derive from the pod's ordinal, all other settings are in the ConfigMap. The image has
 * Java, and the JARs in /opt/kafka/libs. A new volume is formatted with the cluster id; one of another cluster is rejected.
 */
export function startScript({ role, firstId, clusterId, namespace }: StartProps): string {
  const host = `$POD_NAME.${BROKERS_SERVICE}.${namespace}.svc.cluster.local`;
  const ofBroker = [
    `  echo "advertised.listeners=CLIENTS://${host}:${CLIENT_PORT},REPLICATION://${host}:${REPLICATION_PORT}"`,
    '  [ -z "$RACK" ] || echo "broker.rack=$RACK"',
  ];
  return [
    'properties=/tmp/server.properties',
    '{',
    `  cat ${CONFIG}/server.properties`,
    `  echo "node.id=$((${firstId} + \${POD_NAME##*-}))"`,
    ...(role === 'broker' ? ofBroker : []),
    '} > $properties',
    // The root of the volume may contain lost+found, which is not a partition.
    `mkdir -p ${DATA}/data`,
    `logging=-Dlog4j2.configurationFile=${CONFIG}/log4j2.properties`,
    `java -Xmx128m -XX:TieredStopAtLevel=1 $logging -cp '/opt/kafka/libs/*' kafka.tools.StorageTool format --ignore-formatted --cluster-id ${clusterId} --config $properties`,
    `exporter=$(ls /opt/kafka/libs/jmx_prometheus_javaagent-*.jar)=127.0.0.1:${EXPORTER_PORT}:${CONFIG}/exporter.yml`,
    // Java selects G1 from two CPUs and 1.8 GiB, and a lighter collector below. On an OutOfMemoryError, a node exits and restarts.
    'exec java -Xms$HEAP -Xmx$HEAP -XX:MaxGCPauseMillis=20 -XX:+ExitOnOutOfMemoryError -Djava.awt.headless=true $logging \\',
    `  -javaagent:$exporter -cp '/opt/kafka/libs/*' kafka.Kafka $properties`,
  ].join('\n');
}

/** Logs warnings and errors, and the start and stop of a node, to the container's log. */
export const LOGGING = `rootLogger.level=WARN
rootLogger.appenderRef.out.ref=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %-5p %m (%c)%n
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=INFO
logger.authorizer.name=kafka.authorizer.logger
logger.authorizer.level=INFO
`;
