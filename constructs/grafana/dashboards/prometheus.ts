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
          description: 'Compare it with the prop activeSeries.',
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
          title: 'Scrape duration',
          unit: 's',
          queries: { '{{job}}': 'max by (job) (scrape_duration_seconds)' },
          limit: 10,
        },
        {
          title: 'Samples per scrape',
          unit: 'short',
          queries: { '{{job}}': 'sum by (job) (scrape_samples_scraped)' },
        },
        { title: 'Targets down', unit: 'short', queries: { '{{job}}': 'count by (job) (up == 0)' }, limit: 1 },
      ],
    },
    {
      title: 'Alerts',
      panels: [
        {
          title: 'Firing alerts',
          unit: 'short',
          queries: { '{{alertname}}': 'count by (alertname) (ALERTS{alertstate="firing"})' },
        },
        {
          title: 'Notifications',
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
