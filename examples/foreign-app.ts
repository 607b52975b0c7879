/**
 * Any cdk8s app with Pulumi: nothing here is ours but `deploy`. Each object is a resource of its own in the stack, named by
 * what is written here; what Pulumi learns at deploy time only (an Output) may stand in props. As a program of one's own it would
 * end with: bakery(new Config().requireSecret('kubeconfig'), database.endpoint)
 */
import { type Deployed, deploy, KubernetesProvider, OutputResolver } from '@groundwork/pulumi';
import type { Input, Output } from '@pulumi/pulumi';
import { App, Chart } from 'cdk8s';
import { Deployment, EnvValue, Namespace } from 'cdk8s-plus-27';

/** Registers the bakery with the Pulumi stack that runs. */
export function bakery(kubeconfig: Input<string>, databaseHost: Output<string>): Deployed {
  const outputs = new OutputResolver();
  const app = new App({ resolvers: [outputs] });

  const base = new Chart(app, 'base');
  new Namespace(base, 'namespace', { metadata: { name: 'bakery' } });

  const bread = new Chart(app, 'bread', { namespace: 'bakery' });
  new Deployment(bread, 'baker', {
    metadata: { name: 'baker' },
    containers: [
      {
        image: `bakery.example/baker@sha256:${'0'.repeat(64)}`,
        envVariables: { DATABASE: EnvValue.fromValue(`postgres://${outputs.asString(databaseHost)}/bread`) },
      },
    ],
  });
  bread.addDependency(base);

  return deploy(app, { provider: new KubernetesProvider('cluster', { kubeconfig, clusterIdentifier: 'bakery-1' }) });
}
