import { type Images, manifestsOf, toMermaid, toSvg } from '@groundwork/constructs';
import type { ProgramEnvironment } from '../infra/cli/program.ts';
import { run } from '../infra/cli/run.ts';
import { type Environment, environments } from './environments/index.ts';
import { graph, namespaceOf, shop } from './shop.ts';
import { smoke, welcome } from './smoke.ts';

function outline(environment: Environment): ProgramEnvironment {
  const { name, context, images } = environment;
  return { name, namespace: namespaceOf(environment), context, registry: images.registry };
}

/** The command line of the shop: `npm start` and its kin come here. */
await run(
  {
    environments: Object.fromEntries(Object.values(environments).map((environment) => [environment.name, outline(environment)])),
    services: graph.contracts.map(({ name }) => name),
    compose: (environment: string, images: Images) => manifestsOf(shop(environments[environment as keyof typeof environments], images)),
    graph: { mermaid: toMermaid(graph), svg: toSvg(graph) },
    smoke,
    welcome,
  },
  process.argv.slice(2),
);
