import type { Board } from './board.ts';

export const prometheusBoard: Board = {
  name: 'system-prometheus',
  title: 'Prometheus and Alertmanager',
  tags: ['system'],
  rows: [
    {
      title: 'Prometheus',
      panels: [
        {
          title: 'Series',
          description: 'Holds the prop activeSeries to what is real.',
          unit: 'short',
          queries: { '{{instance}}': 'prometheus_tsdb_head_series' },
        },
        {
          title: 'Samples',
          unit: 'ops',
          queries: { '{{instance}}': 'rate(prometheus_tsdb_head_samples_appended_total[5m])' },
        },
        { title: 'Blocks on disk', unit: 'bytes', queries: { '{{instance}}': 'prometheus_tsdb_storage_blocks_bytes' } },
      ],
    },
    {
      title: 'Scraping',
      panels: [
        {
          title: 'Time to scrape',
          unit: 's',
          queries: { '{{job}}': 'max by (job) (scrape_duration_seconds)' },
          limit: 10,
        },
        {
          title: 'Samples of a scrape',
          unit: 'short',
          queries: { '{{job}}': 'sum by (job) (scrape_samples_scraped)' },
        },
        { title: 'Targets that are down', unit: 'short', queries: { '{{job}}': 'count by (job) (up == 0)' }, limit: 1 },
      ],
    },
    {
      title: 'Alerts',
      panels: [
        {
          title: 'Alerts that fire',
          unit: 'short',
          queries: { '{{alertname}}': 'count by (alertname) (ALERTS{alertstate="firing"})' },
        },
        {
          title: 'Told',
          unit: 'ops',
          queries: { '{{integration}}': 'sum by (integration) (rate(alertmanager_notifications_total[5m]))' },
        },
        {
          title: 'Not delivered',
          unit: 'ops',
          queries: { '{{integration}}': 'sum by (integration) (rate(alertmanager_notifications_failed_total[5m]))' },
        },
      ],
    },
  ],
};
