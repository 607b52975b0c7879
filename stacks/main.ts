import { type Images, levelOf, Platform, type System, synthesize, toDot, toMermaid } from '@groundwork/constructs';
import { textAt } from '@groundwork/contract';
import { namedImages, type ProgramEnvironment } from '../infra/cli/program.ts';
import { run } from '../infra/cli/run.ts';
import { groups, rules } from '../infra/review/policy/index.ts';
import { certManager } from './cluster.ts';
import { playDay } from './demo/day.ts';
import { type Environment, environments } from './environments/index.ts';
import { enforcePolicy } from './policy.ts';
import { services } from './services.ts';
import { ASYNCAPI, graph, images, namespaceOf, shop } from './shop.ts';
import { smoke, welcome } from './smoke.ts';
import { IMAGES_LOCK, ROOT } from './synth-images.ts';

function outline(environment: Environment): ProgramEnvironment {
  const { name, context, images } = environment;
  return { name, namespace: namespaceOf(environment), context, registry: images.registry };
}

/** Objects of an environment. The policy's image rules are skipped for named images, which are not built yet. */
function compose(name: string, from: Images): System {
  const environment: Environment = environments[name as keyof typeof environments];
  const judged = from === namedImages ? rules.filter((rule) => !groups.images.some(({ id }) => id === rule.id)) : rules;
  return enforcePolicy(environment, synthesize(shop(environment, from)), { rules: judged });
}

/** The AsyncAPI document that the gateway of an environment serves. */
function asyncApi(name: string): string {
  const { objects } = compose(name, namedImages);
  return objects.map(({ manifest }) => textAt(manifest, 'data', ASYNCAPI)).find((text) => text !== undefined) ?? '';
}

/** The command line of the shop: `npm start` and the other commands. */
await run(
  {
    root: ROOT,
    environments: Object.fromEntries(
      Object.values(environments).map((environment) => [environment.name, outline(environment)]),
    ),
    localEnvironment: environments.dev.name,
    images,
    services,
    imagesLock: IMAGES_LOCK,
    addOns: [certManager],
    compose,
    pulumi: async () => (await import('./pulumi.ts')).default(),
    guarantees: (environment: string) => {
      const tree = shop(environments[environment as keyof typeof environments], namedImages).node.findAll();
      return tree
        .filter((construct) => construct instanceof Platform)
        .flatMap(({ guaranteeReports }) => guaranteeReports);
    },
    objectives: graph.contracts
      .filter(({ http }) => Object.keys(http).length > 0)
      .map((contract) => ({
        service: contract.name,
        availability: levelOf(contract).availability,
        edge: contract.edge,
      })),
    graph: { mermaid: toMermaid(graph), dot: toDot(graph) },
    asyncApi,
    smoke,
    demo: playDay,
    welcome,
  },
  process.argv.slice(2),
);
