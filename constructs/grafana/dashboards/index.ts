/** Dashboards: an overview, one for each service, one for each scraped system. */
import type { Graph } from '../../graph/index.ts';
import type { Board } from './board.ts';
import { overview } from './overview.ts';
import { serviceBoard } from './service.ts';
import { SYSTEM_BOARDS } from './systems.ts';

export { type Board, DATASOURCE, dashboard, type Panel, type Row, type Unit } from './board.ts';

/** All dashboards. @param jobs names of all scrape jobs */
export function boards(system: string, graph: Graph, jobs: readonly string[]): readonly Board[] {
  const systems = Object.entries(SYSTEM_BOARDS).filter(([job]) => jobs.includes(job));
  return [overview(system, graph), ...graph.contracts.map(serviceBoard), ...systems.map(([, board]) => board)];
}
