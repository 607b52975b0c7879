/**
 * The escape hatch: if a construct has no prop for what you need, `patch` changes the raw object. A path that does not
 * exist is an error, never a patch without effect, and `explain` shows that the object was patched.
 */
import { Cpu, contract, Graph, Microservice, Platform, patch, Size, synthesize } from '@groundwork/constructs';
import { App, Chart } from 'cdk8s';

const hello = contract('hello', {});
const app = new App();
const quota = { cpu: Cpu.units(2), memory: Size.gibibytes(2), storage: Size.gibibytes(1), pods: 10 };
const platform = new Platform(new Chart(app, 'platform'), 'platform', {
  environment: 'dev',
  system: 'town',
  graph: new Graph([hello]),
  quota,
});
const service = new Microservice(new Chart(app, 'hello'), 'hello', {
  contract: hello,
  platform,
  image: `town.example/hello@sha256:${'0'.repeat(64)}`,
});

patch(
  service,
  'Deployment/hello',
  { op: 'add', path: '/spec/template/spec/priorityClassName', value: 'business-critical' },
  { op: 'replace', path: '/spec/template/spec/terminationGracePeriodSeconds', value: 60 },
  { op: 'merge', path: '/metadata/annotations', value: { team: 'greetings' } }, // keeps those that exist
  { op: 'add', path: '/spec/template/spec/containers/{hello}/env/-', value: { name: 'GREETING', value: 'Hi' } },
);

/** The patched objects, as every outlet receives them, each with its origin. */
export const { objects } = synthesize(app);
