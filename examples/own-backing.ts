/**
 * A custom backing service: bakeries need ovens, which Groundwork does not know. It takes a kind of need, a class with
 * `connect`, and one line on the platform. Prints the objects as JSON. The program uses only the published packages:
 * test/foreign installs them into two projects and runs it there.
 */
import {
  type BackingService,
  type Connection,
  Cpu,
  deployTimeSecret,
  Graph,
  Microservice,
  type Need,
  Platform,
  Size,
  synthesize,
  type Workload,
} from '@groundwork/constructs';
import { contract, route } from '@groundwork/contract';
import { deploymentPlan } from '@groundwork/pulumi';
import { ApiObject, App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { Type } from 'typebox';

interface OvenNeed extends Need {
  readonly kind: 'oven';
  readonly degrees: number;
}

/** Ovens as a backing service: each service that needs one gets its own oven, with a key. */
class Ovens extends Construct implements BackingService {
  public connect(workload: Workload, need: Need): Connection {
    const { degrees } = need as OvenNeed;
    const { name, namespace } = workload;
    const metadata = { name: `${name}-oven`, namespace };
    new ApiObject(this, `${name}-oven`, { apiVersion: 'bakery.example/v1', kind: 'Oven', metadata, spec: { degrees } });
    new ApiObject(this, `${name}-key`, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      stringData: { key: deployTimeSecret(`ovens/${name}`, 'password') },
    });
    return {
      env: { OVEN: metadata.name },
      files: [{ path: '/var/run/bakery/oven-key', secret: metadata.name, key: 'key' }],
      peers: [{ selector: { app: 'oven' }, port: 8443 }],
      rollsOn: [String(degrees)],
    };
  }
}

const oven: OvenNeed = { kind: 'oven', degrees: 250 };
const bakery = contract('bakery', {
  http: {
    bake: route('POST', '/loaves', {
      body: Type.Object({ flour: Type.String() }),
      reply: { 202: Type.Object({ id: Type.String() }) },
    }),
  },
  owns: [oven],
});

const app = new App();
const base = new Chart(app, 'platform');
const platform = new Platform(base, 'platform', {
  environment: 'dev',
  system: 'town',
  graph: new Graph([bakery]),
  quota: { cpu: Cpu.units(4), memory: Size.gibibytes(4), storage: Size.gibibytes(1), pods: 20 },
});
platform.addBackingService('oven', new Ovens(new Chart(app, 'ovens'), 'ovens'));
new Microservice(new Chart(app, 'bakery'), 'bakery', {
  contract: bakery,
  platform,
  image: `town.example/bakery@sha256:${'0'.repeat(64)}`,
});

console.log(JSON.stringify(deploymentPlan(synthesize(app)).objects.map(({ manifest }) => manifest)));
