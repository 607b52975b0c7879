import { Duration } from '@groundwork/contract';
import { POOLER_METRICS as m } from '../../postgres/metrics.ts';
import { alert, type RuleFile } from './rule.ts';

/** What PgBouncer tells. A service sees none of it: its own pool has connections, and its queries wait behind them. */
export const poolerRules: RuleFile = {
  name: 'pooler',
  of: 'postgres-pooler',
  alerts: [
    alert({
      name: 'PoolerClientsWait',
      expr: `min_over_time(${m.clientsWaiting}[5m]) > 0`,
      for: Duration.minutes(5),
      severity: 'ticket',
      summary:
        '{{ $labels.user }}: {{ $value }} or more clients have waited at PgBouncer {{ $labels.instance }} for 10 minutes',
      description: 'Answers of the service are slower for it; after two minutes in line a query fails.',
      runbook:
        'A slow query holds connections (pg_stat_activity), or connections of the pooler are too few for the load.',
    }),
  ],
};
