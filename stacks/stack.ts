import { edgeUrl, type Images, toMermaid } from '@groundwork/constructs';
import { configSecrets, deploy, KubernetesProvider, OutputResolver } from '@groundwork/pulumi';
import { Config } from '@pulumi/pulumi';
import { App } from 'cdk8s';
import type { Environment } from './environments/index.ts';
import { kubeAccess } from './kube-access.ts';
import { enforcePolicy } from './policy.ts';
import { graph, shop } from './shop.ts';
import type { StackImages } from './stack-images.ts';

/**
 * The shop in one environment as a Pulumi stack: the objects that `cdk8s synth` writes, with deploy-time secrets from the
 * stack's encrypted config.
 * @throws ConfigurationError for every missing or invalid setting, before anything is registered
 */
export function shopStack(environment: Environment, { images, builds }: StackImages, config = new Config()) {
  const access = kubeAccess(config, environment);
  const secrets = configSecrets(config);
  const app = shop(environment, images, new App({ resolvers: [new OutputResolver()] }));
  enforcePolicy(environment, app);
  const deployed = deploy(app, {
    provider: new KubernetesProvider('cluster', access),
    secrets,
    dependsOn: builds,
    protectData: environment.protectData,
  });
  return { deployed, outputs: { url: edgeUrl(environment.edge), images: references(images), graph: toMermaid(graph) } };
}

/** Image reference of each service; by digest in staging and production. */
function references(images: Images): Readonly<Record<string, string>> {
  return Object.fromEntries(graph.contracts.map(({ name }) => [name, images.service(name)]));
}
