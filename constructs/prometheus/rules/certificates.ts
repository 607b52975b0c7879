import { Duration } from '@groundwork/contract';
import { alert, type RuleFile } from './rule.ts';

/**
 * Certificates that are not renewed in time. Identities live 24 hours and are renewed 8 hours before their end, so one
 * with 4 hours left has missed its renewal by 4; cert-manager's metric knows of every certificate that it issued.
 * @see https://cert-manager.io/docs/devops-tips/prometheus-metrics/
 */
export const certificateRules: RuleFile = {
  name: 'certificates',
  of: 'cert-manager',
  alerts: [
    alert({
      name: 'CertificateExpiring',
      expr: 'certmanager_certificate_expiration_timestamp_seconds - time() < 4 * 3600',
      for: Duration.minutes(10),
      severity: 'page',
      summary: 'Certificate {{ $labels.name }} ends in {{ $value | humanizeDuration }}',
      description: 'When it has ended, nobody takes its owner’s word any more: its calls, events and queries fail.',
      runbook:
        'kubectl describe certificate says why it wasn’t renewed; cert-manager’s log, and whether its issuer’s own CA has run out.',
      explains: [{ alert: 'CertificateNotReady', sameIn: ['name'] }],
    }),
    alert({
      name: 'CertificateNotReady',
      expr: 'certmanager_certificate_ready_status{condition!="True"} == 1',
      for: Duration.minutes(15),
      severity: 'ticket',
      summary: 'Certificate {{ $labels.name }} could not be issued',
      description: 'A new pod of its owner can’t start without it.',
      runbook: 'kubectl describe certificate, then the certificaterequest that it names.',
    }),
  ],
};
