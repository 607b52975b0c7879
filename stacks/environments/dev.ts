import { Cpu, Size } from '@groundwork/constructs';
import type { Environment } from './environment.ts';

/** On one's own machine: small, one node, open on 127.0.0.1. */
export const dev: Environment = {
  name: 'dev',
  images: { source: 'build' },
  edge: { kind: 'node-port', port: 30080, url: 'http://127.0.0.1:8080' },
  services: {
    users: { scaling: { min: 1 }, resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(256) } },
    catalog: { scaling: { min: 2, max: 3 }, resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(192) } },
    gateway: { scaling: { min: 1 }, resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(192) } },
  },
  spread: { nodes: 'ignored', zones: 'ignored' },
  logLevel: 'debug',
  postgres: {
    storage: Size.gibibytes(2),
    resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(256) },
    maxConnections: 100,
  },
  quota: { cpu: Cpu.units(2), memory: Size.gibibytes(4), storage: Size.gibibytes(4), pods: 30 },
  protectData: false,
  demands: { postgres: { guarantees: ['survives-pod-loss'] } },
};
