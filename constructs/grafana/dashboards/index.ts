/** Dashboards: an overview, one for each service, one for each scraped system. */
import type { Graph } from '../../graph/index.ts';
import type { Board } from './board.ts';
import { consulBoard } from './consul.ts';
import { kafkaBoard } from './kafka.ts';
import { kubernetesBoard } from './kubernetes.ts';
import { overview } from './overview.ts';
import { poolerBoard } from './pooler.ts';
import { postgresBoard } from './postgres.ts';
import { prometheusBoard } from './prometheus.ts';
import { serviceBoard } from './service.ts';

export { type Board, DATASOURCE, dashboard, type Panel, type Row, type Unit } from './board.ts';

/** Dashboards of systems, by the scrape target that they require. */
const SYSTEMS: Readonly<Record<string, Board>> = {
  prometheus: prometheusBoard,
  kubelet: kubernetesBoard,
  kafka: kafkaBoard,
  postgres: postgresBoard,
  'postgres-pooler': poolerBoard,
  'consul-server': consulBoard,
};

/** All dashboards. @param jobs names of all scrape jobs */
export function boards(system: string, graph: Graph, jobs: readonly string[]): readonly Board[] {
  const systems = Object.entries(SYSTEMS).filter(([job]) => jobs.includes(job));
  return [overview(system, graph), ...graph.contracts.map(serviceBoard), ...systems.map(([, board]) => board)];
}
