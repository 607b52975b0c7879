import { Graph, synthesize } from '@groundwork/constructs';
import { App } from 'cdk8s';
import type { ServiceLayout } from '../infra/cli/new-service/index.ts';
import { namedImages } from '../infra/cli/program.ts';
import { dev, environments } from './environments/index.ts';
import { graph, shop } from './shop.ts';

/** Where the services of the shop are, for `npm run new -- service`. */
export const services: ServiceLayout = {
  folder: 'services',
  contracts: 'services/contracts',
  kit: 'services/kit',
  known: graph.contracts,
  reserved: () => shop(dev, namedImages).node.children.map(({ node }) => node.id),
  check: (added) => {
    const system = new Graph([...graph.contracts, added]);
    for (const environment of Object.values(environments))
      synthesize(shop(environment, namedImages, new App(), system));
  },
};
