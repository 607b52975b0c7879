import {
  type Contract,
  Cpu,
  Graph,
  Platform,
  type PlatformProps,
  Prometheus,
  type PrometheusProps,
  Size,
} from '@groundwork/constructs';
import { App, Chart } from 'cdk8s';
import { fixedImages, nodePort } from './system.ts';

/** A platform with Prometheus and further scrape targets. */
export interface Watched {
  readonly app: App;
  readonly platform: Platform;
  readonly prometheus: Prometheus;
}

export function watched(
  props: Partial<PrometheusProps> = {},
  contracts: readonly Contract[] = [],
  platformProps: Partial<PlatformProps> = {},
): Watched {
  const app = new App();
  const platform = new Platform(new Chart(app, 'platform'), 'platform', {
    environment: 'test',
    system: 'town',
    graph: new Graph(contracts),
    quota: { cpu: Cpu.units(100), memory: Size.gibibytes(100), storage: Size.tebibytes(1), pods: 100 },
    ...(contracts.some(({ edge }) => edge) ? { edge: nodePort } : {}),
    ...platformProps,
  });
  const prometheus = new Prometheus(new Chart(app, 'prometheus'), 'prometheus', {
    platform,
    image: fixedImages.thirdParty('prometheus'),
    alertmanagerImage: fixedImages.thirdParty('alertmanager'),
    storage: Size.gibibytes(20),
    ...props,
  });
  return { app, platform, prometheus };
}
