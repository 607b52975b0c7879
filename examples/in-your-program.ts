import { Cpu, contract, Graph, Microservice, Platform, route, Size } from '@groundwork/constructs';
import { App, Chart } from 'cdk8s';
import { Type } from 'typebox';

const hello = contract('hello', {
  http: { greet: route('GET', '/hello', { auth: 'none', reply: { 200: Type.Object({ text: Type.String() }) } }) },
});

const app = new App();
const platform = new Platform(new Chart(app, 'platform'), 'platform', {
  environment: 'dev',
  system: 'town',
  graph: new Graph([hello]),
  quota: { cpu: Cpu.units(2), memory: Size.gibibytes(2), storage: Size.gibibytes(1), pods: 10 },
});
new Microservice(new Chart(app, 'hello'), 'hello', {
  contract: hello,
  platform,
  image: 'registry.example/hello:1.0.0',
});
app.synth(); // or, with Pulumi: deploy(app, { provider: new KubernetesProvider('cluster', { kubeconfig, clusterIdentifier: 'eu-1' }) })
