import { Cpu, Size } from '@groundwork/constructs';
import type { Environment } from './environment.ts';

/** What customers use. */
export const production: Environment = {
  name: 'production',
  context: 'shop-production',
  images: { source: 'prebuilt' },
  edge: { kind: 'ingress', host: 'shop.example', tlsSecret: 'gateway-tls', className: 'nginx', controllerNamespace: 'ingress-nginx' },
  services: {
    users: { scaling: { min: 3, max: 9, targetCpu: 60 }, resources: { cpu: Cpu.millis(500), memory: Size.mebibytes(512) } }, // argon2id: 19 MiB and a core for each log-in
    catalog: { scaling: { min: 3, max: 12 }, resources: { cpu: Cpu.millis(500), memory: Size.mebibytes(384) } },
    gateway: { scaling: { min: 3, max: 12 }, resources: { cpu: Cpu.millis(500), memory: Size.mebibytes(384) } },
  },
  spread: { nodes: 'preferred', zones: 'required' },
  logLevel: 'info',
  postgres: {
    storage: Size.gibibytes(100),
    storageClass: 'premium-ssd',
    resources: { cpu: Cpu.units(2), memory: Size.gibibytes(8) },
    maxConnections: 300,
  },
  quota: { cpu: Cpu.units(24), memory: Size.gibibytes(32), storage: Size.gibibytes(200), pods: 100 },
  protectData: true,
  demands: {
    postgres: {
      guarantees: ['survives-pod-loss', 'survives-node-loss', 'rolls-without-downtime', 'point-in-time-recovery', 'tls-in-transit'],
      waived: {
        'survives-node-loss': 'the volume outlives the node and is attached to the next; a replica comes with the operator back end',
        'rolls-without-downtime': 'updates of the server wait for a maintenance window until the operator back end is there',
        'point-in-time-recovery': 'volume snapshots by the storage class until the operator back end archives the write-ahead log',
        'tls-in-transit': 'traffic to the server stays in the namespace, which the network policies close; certificates come with workload identity',
      },
    },
  },
};
