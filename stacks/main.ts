import { type Images, manifestsOf, Platform, toMermaid, toSvg } from '@groundwork/constructs';
import { namedImages } from '../infra/cli/named-images.ts';
import type { ProgramEnvironment } from '../infra/cli/program.ts';
import { run } from '../infra/cli/run.ts';
import { certManager } from './cluster.ts';
import { type Environment, environments } from './environments/index.ts';
import { graph, images, namespaceOf, shop } from './shop.ts';
import { smoke, welcome } from './smoke.ts';

function outline(environment: Environment): ProgramEnvironment {
  const { name, context, images } = environment;
  return { name, namespace: namespaceOf(environment), context, registry: images.registry };
}

/** The command line of the shop: `npm start` and its kin come here. */
await run(
  {
    environments: Object.fromEntries(Object.values(environments).map((environment) => [environment.name, outline(environment)])),
    services: images,
    addOns: [certManager],
    compose: (environment: string, from: Images) => manifestsOf(shop(environments[environment as keyof typeof environments], from)),
    guarantees: (environment: string) => {
      const tree = shop(environments[environment as keyof typeof environments], namedImages).node.findAll();
      return tree.filter((construct) => construct instanceof Platform).flatMap(({ statements }) => statements);
    },
    graph: { mermaid: toMermaid(graph), svg: toSvg(graph) },
    smoke,
    welcome,
  },
  process.argv.slice(2),
);
