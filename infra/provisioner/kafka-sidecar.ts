/** Sidecar of a Kafka node: answers the kubelet's readiness probe, and serves metrics over mutual TLS. */
import { IDENTITY_DIR } from './identity.ts';
import { reasonOf } from './kafka/errors.ts';
import { readyBroker, readyController } from './kafka/sidecar/ready.ts';
import { serveMetrics } from './sidecar/metrics.ts';
import { serveProbe } from './sidecar/probe.ts';

const { POD_NAME, ROLE, DOMAIN, CLIENT_PORT } = process.env;
const EXPORTER = 'http://127.0.0.1:9405/metrics';

const ready =
  ROLE === 'controller'
    ? readyController(EXPORTER)
    : readyBroker(`${POD_NAME}.${DOMAIN}`, Number(CLIENT_PORT), IDENTITY_DIR);
const servers = [serveProbe(8081, { '/healthz/ready': ready }, reasonOf), serveMetrics(9404, EXPORTER, IDENTITY_DIR)];
process.once('SIGTERM', () => {
  for (const server of servers) server.close();
  process.exit(0);
});
