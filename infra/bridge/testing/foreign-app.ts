import { deployTimeSecret } from '@groundwork/constructs';
import { ApiObject, App, type AppProps, Chart } from 'cdk8s';
import { ConfigMap, Cpu, Deployment, Namespace, Secret } from 'cdk8s-plus-27';

/**
 * A third-party app for tests: cdk8s-plus constructs, a custom resource with its definition, and charts with
 * dependencies. `wrapped` moves charts and objects in the tree.
 */
export function foreignApp({ wrapped = false, ...props }: AppProps & { wrapped?: boolean } = {}): App {
  const app = new App(props);
  const base = new Chart(app, 'base');
  new Namespace(base, 'space', { metadata: { name: 'bakery' } });
  new ApiObject(base, 'crd', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'ovens.bakery.example' },
    spec: {
      group: 'bakery.example',
      names: { kind: 'Oven', plural: 'ovens', singular: 'oven', listKind: 'OvenList' },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  });

  const bread = new Chart(wrapped ? new Chart(app, 'wrapper') : app, 'bread', { namespace: 'bakery' });
  const inner = wrapped ? new Chart(bread, 'inner', { namespace: 'bakery' }) : bread;
  const settings = new ConfigMap(inner, 'settings', { metadata: { name: 'settings' }, data: { flour: 'rye' } });
  const secret = new Secret(inner, 'secret', {
    metadata: { name: 'recipe' },
    stringData: { recipe: deployTimeSecret('bakery/recipe', 'password'), author: 'grandmother' },
  });
  const baker = new Deployment(inner, 'baker', {
    metadata: {
      name: 'baker',
      annotations: { 'bakery.example/settings': settings.name, 'bakery.example/recipe': secret.name },
    },
    replicas: 2,
    containers: [{ image: 'bakery.example/baker@sha256:0' }],
  });
  ApiObject.of(baker).addDependency(settings);
  const oven = new ApiObject(inner, 'oven', {
    apiVersion: 'bakery.example/v1',
    kind: 'Oven',
    metadata: { name: 'stone' },
    spec: { degrees: 250 },
  });

  const shop = new Chart(app, 'shop', { namespace: 'bakery' });
  const till = new Deployment(shop, 'till', {
    metadata: { name: 'till' },
    replicas: 3,
    containers: [
      {
        image: 'bakery.example/till@sha256:0',
        resources: { cpu: { request: Cpu.millis(100), limit: Cpu.millis(200) } },
      },
    ],
  });
  new ApiObject(shop, 'scaler', {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: till.name },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: till.name }, maxReplicas: 5 },
  });
  shop.addDependency(bread);
  till.node.addDependency(oven);
  return app;
}
