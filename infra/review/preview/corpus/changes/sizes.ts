import { change, edit, roll } from '../change.ts';

const DEV = 'stacks/environments/dev.ts';
const STAGING = 'stacks/environments/staging.ts';
const PRODUCTION = 'stacks/environments/production.ts';
const users =
  'users: { scaling: { min: 3, max: 9, targetCpu: 60 }, resources: { cpu: Cpu.millis(500), memory: Size.mebibytes(512) } }';
const inProduction = (services: readonly string[]): string[] => services.map((line) => `${line} @ production`);

/** How much there is of everything: pods, CPU, memory, quota. */
export const sizes = [
  change('more CPU for users', [edit(PRODUCTION, users, users.replace('500', '750'))], inProduction(roll('users'))),
  change(
    'less CPU for users',
    [edit(PRODUCTION, users, users.replace('500', '250'))],
    inProduction([...roll('users'), 'caution capacity Deployment/users']),
  ),
  change(
    'less memory for the gateway',
    [
      edit(
        STAGING,
        'gateway: { scaling: { min: 2, max: 4 }, resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(256) } }',
        'gateway: { scaling: { min: 2, max: 4 }, resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(192) } }',
      ),
    ],
    'caution capacity Deployment/gateway @ staging',
    'notice rollouts Deployment/gateway @ staging',
  ),
  change(
    'a pod less that sends messages',
    [edit(PRODUCTION, 'notifications: { scaling: { min: 3 }', 'notifications: { scaling: { min: 2 }')],
    'caution capacity Deployment/notifications @ production',
  ),
  change('a pod more that sends messages', [
    edit(PRODUCTION, 'notifications: { scaling: { min: 3 }', 'notifications: { scaling: { min: 4 }'),
  ]),
  change(
    'an autoscaler that keeps fewer pods',
    [edit(PRODUCTION, users, users.replace('min: 3', 'min: 2'))],
    'caution capacity HorizontalPodAutoscaler/users @ production',
  ),
  change(
    'an autoscaler that stops earlier',
    [edit(PRODUCTION, 'catalog: { scaling: { min: 3, max: 12 }', 'catalog: { scaling: { min: 3, max: 6 }')],
    'caution capacity HorizontalPodAutoscaler/catalog @ production',
  ),
  change('an autoscaler that may go further', [
    edit(PRODUCTION, 'gateway: { scaling: { min: 3, max: 12 }', 'gateway: { scaling: { min: 3, max: 14 }'),
  ]),
  change(
    'an autoscaler that acts later',
    [edit(PRODUCTION, users, users.replace('60', '80'))],
    'caution capacity HorizontalPodAutoscaler/users @ production',
  ),
  change('an autoscaler that acts earlier', [edit(PRODUCTION, users, users.replace('60', '50'))]),
  // The field goes from the Deployment, and the API server sets it to 1 until the new autoscaler has acted.
  change(
    'an autoscaler for what had two pods',
    [edit(STAGING, 'notifications: { scaling: { min: 2 }', 'notifications: { scaling: { min: 2, max: 4 }')],
    'caution capacity Deployment/notifications @ staging',
  ),
  change('an autoscaler for what had one pod', [
    edit(DEV, 'gateway: { scaling: { min: 1 }', 'gateway: { scaling: { min: 1, max: 3 }'),
  ]),
  change(
    'one pod where there were two, and so no budget',
    [edit(DEV, 'scaling: { min: 2, max: 3 }', 'scaling: { min: 1, max: 3 }')],
    'caution capacity HorizontalPodAutoscaler/catalog @ dev',
    'caution disruption PodDisruptionBudget/catalog @ dev',
  ),
  change(
    'fewer pods in the quota',
    [edit(PRODUCTION, 'pods: 240', 'pods: 200')],
    'caution capacity ResourceQuota/shop @ production',
  ),
  change('more memory in the quota', [edit(STAGING, 'memory: Size.gibibytes(48)', 'memory: Size.gibibytes(64)')]),
  change(
    'fewer servers of Consul',
    [edit(PRODUCTION, 'servers: 5', 'servers: 3')],
    'caution capacity StatefulSet/consul-server @ production',
    'notice rollouts StatefulSet/consul-server @ production',
  ),
  change(
    'smaller brokers',
    [
      edit(
        STAGING,
        'resources: { cpu: Cpu.millis(250), memory: Size.gibibytes(1) } },\n  consul',
        'resources: { cpu: Cpu.millis(200), memory: Size.gibibytes(1) } },\n  consul',
      ),
    ],
    'caution capacity KafkaNodePool/broker @ staging',
    'notice rollouts KafkaNodePool/broker @ staging',
  ),
  change(
    'a larger database server',
    [
      edit(
        PRODUCTION,
        'resources: { cpu: Cpu.units(2), memory: Size.gibibytes(8) }',
        'resources: { cpu: Cpu.units(3), memory: Size.gibibytes(8) }',
      ),
    ],
    'caution rollouts Cluster/postgres @ production',
  ),
];

export { DEV, PRODUCTION, STAGING };
