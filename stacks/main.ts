import { type Images, manifestsOf, toMermaid, toSvg } from '@groundwork/constructs';
import { run } from '../infra/cli/run.ts';
import { environments } from './environments/index.ts';
import { graph, namespaceOf, shop } from './shop.ts';
import { smoke, welcome } from './smoke.ts';

/** The command line of the shop: `npm start` and its kin come here. */
await run(
  {
    environments: Object.fromEntries(
      Object.values(environments).map((environment) => [
        environment.name,
        { name: environment.name, namespace: namespaceOf(environment), context: environment.context },
      ]),
    ),
    services: graph.contracts.map(({ name }) => name),
    compose: (environment: string, images: Images) => manifestsOf(shop(environments[environment as keyof typeof environments], images)),
    graph: { mermaid: toMermaid(graph), svg: toSvg(graph) },
    smoke,
    welcome,
  },
  process.argv.slice(2),
);
