import { Duration } from '@groundwork/contract';
import { POOLER_METRICS as m } from '../../postgres/metrics.ts';
import { alert, type RuleFile } from './rule.ts';

/** Alerts for PgBouncer. Services can't detect this themselves: their pools have connections, but queries wait in PgBouncer. */
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
      description: 'Responses of the service are slow; after a wait of two minutes, a query fails.',
      runbook: 'A slow query holds connections (pg_stat_activity), or the pooler has too few connections for the load.',
    }),
  ],
};
