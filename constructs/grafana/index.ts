/** Grafana: the platform's dashboards, derived from contracts and scrape targets. */
export { type Board, dashboard, type Panel, type Row, type Unit } from './dashboards/index.ts';
export { Grafana, type GrafanaEdge, type GrafanaProps } from './grafana.ts';
export type { SignIn } from './sign-in.ts';
