import { edgeUrl, type Images, type System, synthesize, toMermaid } from '@groundwork/constructs';
import { configSecrets, deploy, KubernetesProvider, OutputResolver } from '@groundwork/pulumi';
import { Config, log } from '@pulumi/pulumi';
import { App } from 'cdk8s';
import { withoutImages } from '../infra/build/images/index.ts';
import type { Environment } from './environments/index.ts';
import { kubeAccess } from './kube-access.ts';
import { enforcePolicy } from './policy.ts';
import { graph, shop } from './shop.ts';
import type { StackImages } from './stack-images.ts';

/**
 * The shop in one environment for a Pulumi stack: rendered once, so that what the policy judged is what `register`
 * registers. Deploy-time secrets come from the stack's encrypted config.
 * @throws ConfigurationError before anything is registered, for all that is missing or does not fit
 */
export function prepareShop(environment: Environment, { images, unavailable }: StackImages, config = new Config()) {
  const access = kubeAccess(config, environment);
  const secrets = configSecrets(config);
  const outputs = new OutputResolver();
  const whole = enforcePolicy(environment, synthesize(shop(environment, images, new App({ resolvers: [outputs] }))));
  const system = withoutImages(whole, unavailable);
  if (unavailable.length > 0)
    log.warn(`left out, as the cluster can't get their images: ${leftOut(whole, system)} (${unavailable.join(', ')})`);
  return {
    access,
    system,
    /** Registers all objects, and returns them with the stack's outputs. */
    register: () => ({
      deployed: deploy(system, {
        outputs,
        provider: new KubernetesProvider('cluster', access),
        secrets,
        protectData: environment.protectData,
      }),
      outputs: { url: edgeUrl(environment.edge), images: references(images), graph: toMermaid(graph) },
    }),
  };
}

/** Charts that are only in the first. */
function leftOut(whole: System, part: System): string {
  const kept = new Set(part.objects.map(({ chart }) => chart));
  return [...new Set(whole.objects.map(({ chart }) => chart))].filter((chart) => !kept.has(chart)).join(', ');
}

/** Image reference of each service; by digest in staging and production. */
function references(images: Images): Readonly<Record<string, string>> {
  return Object.fromEntries(graph.contracts.map(({ name }) => [name, images.service(name)]));
}
