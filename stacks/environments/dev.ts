import { Cpu, Duration, Size } from '@groundwork/constructs';
import type { Environment } from './environment.ts';

/** Local development: small, one node, reachable on 127.0.0.1. */
export const dev: Environment = {
  name: 'dev',
  images: { source: 'build' },
  edge: { kind: 'node-port', port: 30080, url: 'http://127.0.0.1:8080' },
  sizing: { scaling: { min: 1 }, resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(192) } },
  services: {
    users: { scaling: { min: 1 }, resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(256) } },
    catalog: { scaling: { min: 2, max: 3 }, resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(192) } },
    'order-history': { scaling: { min: 1 }, resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(256) } },
  },
  spread: { nodes: 'ignored', zones: 'ignored' },
  logLevel: 'debug',
  postgres: {
    backEnd: 'builtin',
    storage: Size.gibibytes(2),
    resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(256) },
    maxConnections: 160,
    backups: { repository: { kind: 'volume', size: Size.gibibytes(4) } },
  },
  kafka: {
    backEnd: 'builtin',
    brokers: 1,
    storage: Size.gibibytes(2),
    resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(640) },
    topics: { partitions: 3 },
  },
  cassandra: {
    backEnd: 'builtin',
    nodes: 1,
    storage: Size.gibibytes(2),
    resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(1280) },
  },
  consul: {
    servers: 1,
    nodes: 1,
    storage: Size.gibibytes(1),
    resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(192) },
    agentResources: { cpu: Cpu.millis(30), memory: Size.mebibytes(128) },
  },
  prometheus: {
    replicas: 'single',
    cluster: { kubelets: ['10.77.0.1'] }, // the only node of the embedded cluster; Debian's Prometheus cannot discover nodes
    alertmanagerStorage: Size.mebibytes(64),
    retention: Duration.days(2),
    storage: Size.gibibytes(4),
    resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(384) },
    webClients: 'any-identity', // supported by the older versions in Debian
  },
  grafana: {},
  quota: { cpu: Cpu.units(4), memory: Size.gibibytes(10), storage: Size.gibibytes(24), pods: 70 },
  protectData: false,
  requirements: {
    postgres: { guarantees: ['survives-pod-loss', 'tls-in-transit'] },
    events: { guarantees: ['survives-pod-loss', 'tls-in-transit'] },
    cassandra: { guarantees: ['survives-pod-loss', 'tls-in-transit'] },
  },
};
