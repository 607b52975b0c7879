/** Sidecar of a Cassandra node: answers the kubelet's probes, and serves metrics over mutual TLS. */
import { reasonOf } from './cassandra/client.ts';
import { mayStart, readyNode } from './cassandra/ready.ts';
import { IDENTITY_DIR } from './identity.ts';
import { serveMetrics } from './sidecar/metrics.ts';
import { serveProbe } from './sidecar/probe.ts';

const { POD_NAME = '', DOMAIN = '', CLIENT_PORT, DATA = '' } = process.env;
const EXPORTER = 'http://127.0.0.1:9405/metrics';

const checks = {
  '/healthz/start': mayStart({ pod: POD_NAME, domain: DOMAIN, port: Number(CLIENT_PORT), data: DATA }),
  '/healthz/ready': readyNode(EXPORTER),
};
const servers = [serveProbe(8081, checks, reasonOf), serveMetrics(9404, EXPORTER, IDENTITY_DIR)];
process.once('SIGTERM', () => {
  for (const server of servers) server.close();
  process.exit(0);
});
