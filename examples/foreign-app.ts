/**
 * Any cdk8s app with Pulumi: only `deploy` is from Groundwork. Each object becomes one resource of the stack, with a name
 * from the source; props may contain an Output, which Pulumi resolves at deploy time. As your program, it would end with:
 * bakery(new Config().requireSecret('kubeconfig'), database.endpoint)
 */
import { type Deployed, deploy, KubernetesProvider, OutputResolver } from '@groundwork/pulumi';
import type { Input, Output } from '@pulumi/pulumi';
import { App, Chart } from 'cdk8s';
import { Deployment, EnvValue, Namespace } from 'cdk8s-plus-27';

/** Registers the bakery with the current Pulumi stack. */
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
