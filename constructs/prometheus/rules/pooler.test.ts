import { testAlerts } from '../../../test/support/alerts.ts';
import { poolerRules } from './pooler.ts';

const waiting = 'cnpg_pgbouncer_pools_cl_waiting{instance="a",database="users",user="users_app"}';

testAlerts(poolerRules, {
  PoolerClientsWait: [
    {
      when: 'when clients wait all the time',
      series: { [waiting]: '3x20' },
      at: '12m',
      ends: { series: { [waiting]: '0x20' }, at: '25m' },
      fires: [
        {
          labels: { instance: 'a', database: 'users', user: 'users_app' },
          summary: 'users_app: 3 or more clients have waited at PgBouncer a for 10 minutes',
        },
      ],
    },
    { when: 'when clients wait now and then', series: { [waiting]: '3 0 5 0 3 0 5 0 3 0 5 0 3 0 5 0' }, at: '12m' },
  ],
});
