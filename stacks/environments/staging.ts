import { Cpu, Size } from '@groundwork/constructs';
import { type Environment, HIGHLY_AVAILABLE } from './environment.ts';

/** Like production, but smaller; releases are tested here first. */
export const staging: Environment = {
  name: 'staging',
  context: 'shop-staging',
  images: { source: 'prebuilt' },
  edge: {
    kind: 'ingress',
    host: 'staging.shop.example',
    tlsSecret: 'gateway-tls',
    className: 'nginx',
    controllerNamespace: 'ingress-nginx',
  },
  sizing: { scaling: { min: 2, max: 3 }, resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(256) } },
  services: {
    users: { scaling: { min: 2, max: 4 }, resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(384) } },
    catalog: { scaling: { min: 2, max: 4 }, resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(256) } },
    orders: { scaling: { min: 2, max: 4 }, resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(256) } },
    'order-history': { scaling: { min: 2, max: 4 }, resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(256) } },
    notifications: { scaling: { min: 2 }, resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(256) } },
    gateway: { scaling: { min: 2, max: 4 }, resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(256) } },
  },
  spread: { nodes: 'preferred', zones: 'preferred' },
  logLevel: 'info',
  postgres: {
    backEnd: 'cnpg',
    storage: Size.gibibytes(20),
    storageClass: 'standard-ssd',
    resources: { cpu: Cpu.millis(500), memory: Size.gibibytes(1) },
    maxConnections: 300,
    backups: {
      repository: {
        kind: 'bucket',
        bucket: 'shop-staging-backups',
        endpoint: 's3.eu-central-1.amazonaws.com',
        region: 'eu-central-1',
      },
    },
  },
  kafka: {
    backEnd: 'strimzi',
    storage: Size.gibibytes(20),
    storageClass: 'standard-ssd',
    resources: { cpu: Cpu.millis(250), memory: Size.gibibytes(1) },
  },
  cassandra: {
    backEnd: 'k8ssandra',
    storage: Size.gibibytes(20),
    storageClass: 'standard-ssd',
    resources: { cpu: Cpu.millis(250), memory: Size.gibibytes(2) },
    backups: {
      repository: {
        bucket: 'shop-staging-backups',
        endpoint: 's3.eu-central-1.amazonaws.com',
        region: 'eu-central-1',
      },
    },
  },
  consul: { servers: 3, storageClass: 'standard-ssd' },
  prometheus: { storage: Size.gibibytes(40), storageClass: 'standard-ssd' },
  grafana: { shared: true },
  quota: { cpu: Cpu.units(24), memory: Size.gibibytes(48), storage: Size.gibibytes(400), pods: 120 },
  protectData: false,
  requirements: {
    postgres: {
      guarantees: [
        'survives-pod-loss',
        'survives-node-loss',
        'rolls-without-downtime',
        'point-in-time-recovery',
        'online-resize',
        'tls-in-transit',
        'tls-rotation',
      ],
      waived: {
        'rolls-without-downtime':
          'a switchover refuses writes for some seconds; services try again, and the outbox keeps what they publish',
      },
    },
    events: { guarantees: HIGHLY_AVAILABLE },
    discovery: { guarantees: HIGHLY_AVAILABLE },
    prometheus: { guarantees: HIGHLY_AVAILABLE },
    grafana: { guarantees: HIGHLY_AVAILABLE },
  },
};
