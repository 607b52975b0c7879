import { GraphThresholdsStyleConfigBuilder, GraphThresholdsStyleMode } from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** Uid of the data source in dashboards. */
export const DATASOURCE = 'prometheus';

/** Grafana units that we use. @see https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts */
export type Unit = 'short' | 'reqps' | 'ops' | 'percentunit' | 's' | 'bytes' | 'Bps' | 'cores';

/** One panel of a dashboard. */
export interface Panel {
  readonly title: string;
  /** Explanation of the panel. @default none */
  readonly description?: string;
  readonly unit: Unit;
  /** PromQL expressions by legend, such as `{{route}}`. */
  readonly queries: Readonly<Record<string, string>>;
  /** Threshold, drawn as a line. @default none */
  readonly limit?: number;
  /** Whether it is a single number instead of a graph. @default false */
  readonly single?: boolean;
}

type PanelOptions = Pick<Panel, 'description' | 'limit'>;

/** A titled row of panels. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A dashboard, independent of Grafana's format. */
export interface Board {
  /** A DNS label: uid of the dashboard, part of its URL and name of its file. */
  readonly name: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly rows: readonly Row[];
}

/** A panel with a graph over time. */
export function graph(title: string, unit: Unit, queries: Panel['queries'], options: PanelOptions = {}): Panel {
  return { title, unit, queries, ...options };
}

/** A panel with one number. */
export function single(title: string, unit: Unit, queries: Panel['queries'], options: PanelOptions = {}): Panel {
  return { title, unit, queries, single: true, ...options };
}

/** A row with a title. */
export function row(title: string, panels: readonly Panel[]): Row {
  return { title, panels };
}

/** The dashboard of a scraped system. */
export function systemBoard(name: string, title: string, rows: readonly Row[]): Board {
  return { name: `system-${name}`, title, tags: ['system'], rows };
}

/** Number of columns in Grafana's grid. */
const WIDTH = 24;

/** A dashboard in Grafana's JSON format; deterministic. */
export function dashboard({ name, title, tags, rows }: Board): object {
  const builder = new DashboardBuilder(title)
    .uid(name)
    .tags([...tags])
    .readonly()
    .refresh('30s')
    .time({ from: 'now-3h', to: 'now' })
    .timezone('browser');
  let id = 0; // used in links to a panel
  for (const row of rows) {
    id += 1;
    builder.withRow(new RowBuilder(row.title).id(id));
    const width = Math.floor(WIDTH / Math.min(row.panels.length, row.panels.every(({ single }) => single) ? 6 : 3));
    for (const panel of row.panels) {
      id += 1;
      builder.withPanel((panel.single ? stat(panel, width) : timeseries(panel, width)).id(id));
    }
  }
  return builder.build();
}

function timeseries(panel: Panel, width: number): TimeseriesBuilder {
  const { title, description = '', unit, queries, limit } = panel;
  const builder = new TimeseriesBuilder()
    .title(title)
    .description(description)
    .unit(unitOf(unit))
    .min(0)
    .fillOpacity(5)
    .span(width)
    .height(8);
  if (limit !== undefined)
    builder
      .thresholds(above(limit))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Line));
  for (const query of queriesOf(queries)) builder.withTarget(query);
  return builder;
}

function stat({ title, description = '', unit, queries, limit }: Panel, width: number): StatBuilder {
  const builder = new StatBuilder().title(title).description(description).unit(unitOf(unit)).span(width).height(4);
  if (limit !== undefined) builder.thresholds(above(limit));
  for (const query of queriesOf(queries)) builder.withTarget(query);
  return builder;
}

function queriesOf(queries: Panel['queries']): DataqueryBuilder[] {
  return Object.entries(queries).map(([legend, expr], index) =>
    new DataqueryBuilder()
      .refId(String.fromCharCode(65 + index))
      .datasource({ type: 'prometheus', uid: DATASOURCE })
      .expr(expr)
      .legendFormat(legend),
  );
}

function above(limit: number): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: 'green' },
    { value: limit, color: 'red' },
  ]);
}

/** Grafana has no unit for CPU cores; it displays unknown units as a suffix. */
function unitOf(unit: Unit): string {
  return unit === 'cores' ? 'suffix: cores' : unit;
}
