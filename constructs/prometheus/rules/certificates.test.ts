import { testAlerts } from '../../../test/support/alerts.ts';
import { certificateRules } from './certificates.ts';

const ends = 'certmanager_certificate_expiration_timestamp_seconds{name="users-identity"}';
const ready = 'certmanager_certificate_ready_status{name="users-identity",condition="False"}';

testAlerts(certificateRules, {
  CertificateExpiring: [
    {
      when: 'when less than four hours are left',
      series: { [ends]: '10200x40' },
      at: '20m',
      fires: [{ labels: { name: 'users-identity' }, summary: 'Certificate users-identity expires in 2h 30m 0s' }],
    },
    { when: 'in the hours of its renewal', series: { [ends]: '28800x40' }, at: '20m' },
  ],
  CertificateNotReady: [
    {
      when: 'when it was not issued for 15 minutes',
      series: { [ready]: '1x40' },
      at: '20m',
      fires: [
        {
          labels: { name: 'users-identity', condition: 'False' },
          summary: 'Certificate users-identity could not be issued',
        },
      ],
    },
    { when: 'while it is renewed', series: { [ready]: '0x5 1x2 0x30' }, at: '20m' },
  ],
});
