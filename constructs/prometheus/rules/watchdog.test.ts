import { testAlerts } from '../../../test/support/alerts.ts';
import { watchdogRules } from './watchdog.ts';

const fires = [{ summary: 'Alerts are evaluated and delivered' }];

testAlerts(watchdogRules, {
  Watchdog: [
    { when: 'without any target', series: {}, at: '0m', fires },
    { when: 'while everything is down', series: { 'up{job="users"}': '0x30' }, at: '20m', fires },
  ],
});
