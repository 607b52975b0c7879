import { Cpu, Size } from '@groundwork/constructs';
import type { Environment } from './environment.ts';

/** Production's shape at a smaller size: what passes here is promoted. */
export const staging: Environment = {
  name: 'staging',
  context: 'shop-staging',
  images: { source: 'prebuilt' },
  edge: { kind: 'ingress', host: 'staging.shop.example', tlsSecret: 'gateway-tls', className: 'nginx', controllerNamespace: 'ingress-nginx' },
  services: {
    users: { scaling: { min: 2, max: 4 }, resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(384) } },
    catalog: { scaling: { min: 2, max: 4 }, resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(256) } },
    gateway: { scaling: { min: 2, max: 4 }, resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(256) } },
  },
  spread: { nodes: 'preferred', zones: 'preferred' },
  logLevel: 'info',
  postgres: {
    storage: Size.gibibytes(20),
    storageClass: 'standard-ssd',
    resources: { cpu: Cpu.millis(500), memory: Size.gibibytes(1) },
    maxConnections: 200,
  },
  quota: { cpu: Cpu.units(6), memory: Size.gibibytes(8), storage: Size.gibibytes(40), pods: 60 },
  protectData: false,
  demands: {
    postgres: {
      guarantees: ['survives-pod-loss', 'survives-node-loss', 'tls-in-transit'],
      waived: {
        'survives-node-loss': 'staging data is made up and seeded by migrations; losing it costs minutes',
        'tls-in-transit': 'traffic to the server stays in the namespace, which the network policies close',
      },
    },
  },
};
