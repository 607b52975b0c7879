import { Cpu, Duration, Size } from '@groundwork/constructs';
import { type Environment, HIGHLY_AVAILABLE } from './environment.ts';

/** The environment of customers. */
export const production: Environment = {
  name: 'production',
  context: 'shop-production',
  images: { source: 'prebuilt' },
  edge: {
    kind: 'ingress',
    host: 'shop.example',
    tlsSecret: 'gateway-tls',
    className: 'nginx',
    controllerNamespace: 'ingress-nginx',
  },
  sizing: { scaling: { min: 3, max: 6 }, resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(384) } },
  services: {
    users: {
      scaling: { min: 3, max: 9, targetCpu: 60 },
      resources: { cpu: Cpu.millis(500), memory: Size.mebibytes(512) },
    }, // argon2id: 19 MiB and one core per log-in
    catalog: { scaling: { min: 3, max: 12 }, resources: { cpu: Cpu.millis(500), memory: Size.mebibytes(384) } },
    orders: { scaling: { min: 3, max: 9 }, resources: { cpu: Cpu.millis(500), memory: Size.mebibytes(384) } },
    'order-history': { scaling: { min: 3, max: 9 }, resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(384) } },
    notifications: { scaling: { min: 3 }, resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(384) } },
    gateway: { scaling: { min: 3, max: 12 }, resources: { cpu: Cpu.millis(500), memory: Size.mebibytes(384) } },
  },
  spread: { nodes: 'preferred', zones: 'required' },
  logLevel: 'info',
  postgres: {
    backEnd: 'cnpg',
    storage: Size.gibibytes(100),
    storageClass: 'premium-ssd',
    resources: { cpu: Cpu.units(2), memory: Size.gibibytes(8) },
    maxConnections: 300,
    pooler: { connections: 15 },
    backups: {
      repository: {
        kind: 'bucket',
        bucket: 'shop-production-backups',
        endpoint: 's3.eu-central-1.amazonaws.com',
        region: 'eu-central-1',
      },
      keepDays: 30,
    },
  },
  kafka: {
    backEnd: 'strimzi',
    storage: Size.gibibytes(200),
    storageClass: 'premium-ssd',
    resources: { cpu: Cpu.units(1), memory: Size.gibibytes(4) },
    cruiseControl: true,
  },
  mail: { from: 'Shop <no-reply@shop.example.com>', egress: { cidrs: ['203.0.113.25/32'], ports: [587] } },
  cassandra: {
    backEnd: 'k8ssandra',
    storage: Size.gibibytes(100),
    storageClass: 'premium-ssd',
    resources: { cpu: Cpu.units(1), memory: Size.gibibytes(8) },
    zones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
    backups: {
      repository: {
        bucket: 'shop-production-backups',
        endpoint: 's3.eu-central-1.amazonaws.com',
        region: 'eu-central-1',
      },
    },
  },
  consul: { servers: 5, nodes: 12, storageClass: 'premium-ssd' },
  prometheus: {
    storage: Size.gibibytes(100),
    storageClass: 'premium-ssd',
    retention: Duration.days(30),
    resources: { cpu: Cpu.millis(500), memory: Size.gibibytes(2) },
    alerting: {
      page: [{ kind: 'pagerduty', name: 'on-call' }],
      ticket: [{ kind: 'slack', name: 'team', channel: '#shop-alerts' }],
      deadMansSwitch: { kind: 'webhook', name: 'dead-mans-switch', url: 'https://deadman.shop.example.com/production' },
      egress: [{ cidrs: ['203.0.113.64/27'], ports: [443] }],
    },
  },
  grafana: { shared: true },
  quota: { cpu: Cpu.units(64), memory: Size.gibibytes(128), storage: Size.gibibytes(2000), pods: 240 },
  protectData: true,
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
        'tested-restore',
      ],
      waived: {
        'rolls-without-downtime':
          'a switchover refuses writes for some seconds; services try again, and the outbox keeps what they publish',
        'tested-restore':
          "the operator's restore makes a new cluster, which no test here can run; it is practiced each quarter with the guide in docs/postgres.md",
      },
    },
    events: { guarantees: HIGHLY_AVAILABLE },
    cassandra: { guarantees: HIGHLY_AVAILABLE },
    discovery: { guarantees: HIGHLY_AVAILABLE },
    prometheus: { guarantees: HIGHLY_AVAILABLE },
    grafana: { guarantees: HIGHLY_AVAILABLE },
  },
};
