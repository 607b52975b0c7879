import { testAlerts } from '../../../test/support/alerts.ts';
import { certificateRules } from './certificates.ts';

const DAY = 24 * 3600;
const at = (name: string, what: string, namespace = 'town') =>
  `certmanager_certificate_${what}{name="${name}",namespace="${namespace}"}`;
const certificate = (name: string, renewal: number, expiry: number, namespace?: string) => ({
  [at(name, 'renewal_timestamp_seconds', namespace)]: `${renewal}x40`,
  [at(name, 'expiration_timestamp_seconds', namespace)]: `${expiry}x40`,
});
const ready = 'certmanager_certificate_ready_status{name="users-identity",namespace="town",condition="False"}';

testAlerts(certificateRules('town'), {
  CertificateExpiring: [
    {
      when: 'when half of the time after its renewal has passed',
      series: certificate('users-identity', 10_200 - 8 * 3600, 10_200),
      at: '20m',
      ends: { series: { ...certificate('users-identity', 16 * 3600, 24 * 3600) }, at: '45m' },
      fires: [
        {
          labels: { name: 'users-identity', namespace: 'town' },
          summary: 'Certificate users-identity expires in 2h 30m 0s',
        },
      ],
    },
    {
      when: 'days before the end of one that lives for months',
      series: certificate('edge', -20 * DAY, 10 * DAY + 1200),
      at: '20m',
      fires: [{ labels: { name: 'edge', namespace: 'town' }, summary: 'Certificate edge expires in 10d 0h 0m 0s' }],
    },
    { when: 'in the hours of its renewal', series: certificate('users-identity', 0, 8 * 3600), at: '20m' },
    {
      when: 'for a certificate of another team',
      series: certificate('theirs', 10_200 - 8 * 3600, 10_200, 'elsewhere'),
      at: '20m',
    },
  ],
  CertificatesUnseen: [
    {
      when: 'when only certificates of others are reported',
      series: certificate('theirs', 0, 8 * 3600, 'elsewhere'),
      at: '20m',
      ends: { series: { [at('users-identity', 'expiration_timestamp_seconds')]: '_x40 99999x10' }, at: '45m' },
      fires: [{ labels: { namespace: 'town' }, summary: 'cert-manager reports no certificate of the platform' }],
    },
    { when: 'while they are', series: certificate('users-identity', 0, 8 * 3600), at: '20m' },
  ],
  CertificateNotReady: [
    {
      when: 'when it was not issued for 15 minutes',
      series: { [ready]: '1x40' },
      at: '20m',
      ends: { series: { [ready]: '0x20' }, at: '45m' },
      fires: [
        {
          labels: { name: 'users-identity', namespace: 'town', condition: 'False' },
          summary: 'Certificate users-identity could not be issued',
        },
      ],
    },
    { when: 'while it is renewed', series: { [ready]: '0x5 1x2 0x30' }, at: '20m' },
  ],
});
