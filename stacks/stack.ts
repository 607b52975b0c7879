import { edgeUrl, type Images, synthesize, toMermaid } from '@groundwork/constructs';
import { configSecrets, deploy, KubernetesProvider, OutputResolver } from '@groundwork/pulumi';
import { Config } from '@pulumi/pulumi';
import { App } from 'cdk8s';
import type { Environment } from './environments/index.ts';
import { kubeAccess } from './kube-access.ts';
import { enforcePolicy } from './policy.ts';
import { graph, shop } from './shop.ts';
import type { StackImages } from './stack-images.ts';

/**
 * The shop in one environment as a Pulumi stack: rendered once, so that what the policy judged is what is registered.
 * Deploy-time secrets come from the stack's encrypted config.
 * @throws ConfigurationError before anything is registered, for all that is missing or does not fit
 */
export function shopStack(environment: Environment, { images, builds }: StackImages, config = new Config()) {
  const access = kubeAccess(config, environment);
  const secrets = configSecrets(config);
  const outputs = new OutputResolver();
  const system = enforcePolicy(environment, synthesize(shop(environment, images, new App({ resolvers: [outputs] }))));
  const deployed = deploy(system, {
    outputs,
    provider: new KubernetesProvider('cluster', access),
    secrets,
    images: builds,
    protectData: environment.protectData,
  });
  return { deployed, outputs: { url: edgeUrl(environment.edge), images: references(images), graph: toMermaid(graph) } };
}

/** Image reference of each service; by digest in staging and production. */
function references(images: Images): Readonly<Record<string, string>> {
  return Object.fromEntries(graph.contracts.map(({ name }) => [name, images.service(name)]));
}
