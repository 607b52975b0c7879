import {
  Cpu,
  contract,
  Duration,
  Graph,
  Microservice,
  Platform,
  route,
  Secrets,
  Size,
  secret,
} from '@groundwork/constructs';
import { App, Chart } from 'cdk8s';
import { Type } from 'typebox';

/** A system of any size: each service owns a secret and calls the previous one. No databases, because the connections of one server would limit the size. */
export function systemGraph(services: number): Graph {
  const contracts: ReturnType<typeof contract>[] = [];
  for (let index = 0; index < services; index++) {
    const before = contracts.at(-1)?.http.read;
    contracts.push(
      contract(`service-${index}`, {
        http: {
          read: route('GET', '/things/:id', {
            params: Type.Object({ id: Type.String() }),
            reply: { 200: Type.Object({}) },
          }),
        },
        owns: [secret('key', { purpose: 'example of a resource that a service owns', format: 'random' })],
        calls: before === undefined ? [] : [before],
        slo: { availability: 0.999, latency: { p99: Duration.millis(300) } },
      }) as ReturnType<typeof contract>,
    );
  }
  return new Graph(contracts);
}

/** The constructs of such a system, sized like production. @param version tag of every image */
export function systemApp(graph: Graph, version = '1'): App {
  const app = new App();
  const chart = (id: string): Chart => new Chart(app, id);
  const quota = {
    cpu: Cpu.units(100_000),
    memory: Size.gibibytes(1_000_000),
    storage: Size.gibibytes(1_000),
    pods: 100_000,
  };
  const platform = new Platform(chart('platform'), 'platform', { environment: 'bench', system: 'bench', graph, quota });
  new Secrets(chart('secrets'), 'secrets', { platform });
  for (const each of graph.contracts) {
    new Microservice(chart(each.name), each.name, {
      contract: each,
      image: `example.test/${each.name}:${version}`,
      platform,
      scaling: { min: 2, max: 4 },
    });
  }
  return app;
}
