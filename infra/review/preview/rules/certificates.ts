import type { Manifest } from '@groundwork/constructs';
import { isKind, type Kinds, ofKind } from '../../../../constructs/kubernetes/read.ts';
import { canonical, pathText } from '../diff/index.ts';
import type { Observation, Severity } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { secretsOf } from '../workloads.ts';
import { about, type EnvironmentChange, type EnvironmentRule } from './rule.ts';

/** What of a certificate is said, and what its change means for those who check it. */
interface Part {
  readonly path: RegExp;
  readonly severity: Severity;
  readonly what: string;
  readonly advice: string;
}

const AGAIN = 'it is issued anew at once';
const READ = 'see that its users read their files again while they run';

/**
 * Fields for which cert-manager issues a certificate again as soon as they change; others wait for the next renewal.
 * @see RequestMatchesSpec and SecretPrivateKeyMatchesSpec in cert-manager's pkg/util/pki/match.go
 */
const PARTS: readonly Part[] = [
  {
    path: /^spec\.issuerRef/,
    severity: 'critical',
    what: `${AGAIN} by another authority: whoever trusts only the old one refuses it`,
    advice: 'let all trust both authorities first, then change the issuer, then let the old one go',
  },
  {
    path: /^spec\.isCA$/,
    severity: 'critical',
    what: `${AGAIN}, and whether it may issue others changes`,
    advice: 'an authority is made once, and by few: see that this is meant',
  },
  {
    path: /^spec\.(uris|commonName|subject|literalSubject|emailAddresses|otherNames)/,
    severity: 'critical',
    what: `${AGAIN} for another identity: whoever lets the old one in does not know it`,
    advice: 'let both in first, where the names of callers are listed',
  },
  {
    path: /^spec\.(dnsNames|ipAddresses)/,
    severity: 'warning',
    what: `${AGAIN} for other names: clients that ask by a name that left refuse it`,
    advice: 'keep a name until nobody asks by it',
  },
  {
    path: /^spec\.privateKey\.(algorithm|size|encoding)$/,
    severity: 'info',
    what: `${AGAIN}, with another kind of key`,
    advice: `see that all who check it know the kind; ${READ}`,
  },
  { path: /^spec\.(duration|usages)/, severity: 'info', what: AGAIN, advice: READ },
];

/** Certificates that are issued anew, and what those who hold or check them feel. The same change of many is said once. */
export const certificates: EnvironmentRule = {
  id: 'certificates',
  check: (environment) => {
    const changed = environment.changes.filter(
      ({ kind, after, before }) => kind === 'Certificate' && after !== undefined && before !== undefined,
    );
    const said = changed.flatMap((change) => [...issued(change, environment), ...moved(change)]);
    const groups = Map.groupBy(said, ({ what, field, before, after }) => canonical([what, field, before, after]));
    return [...[...groups.values()].flatMap(oneOf), ...ended(environment)];
  },
};

function issued(change: ObjectChange, environment: EnvironmentChange): Observation[] {
  return PARTS.flatMap((part): Observation[] => {
    const field = change.fields.find(({ path }) => part.path.test(pathText(path)));
    if (field === undefined) return [];
    const { privateKey, secretName, isCA }: CertificateSpec = specOf(change.after);
    if (pathText(field.path).startsWith('spec.privateKey') && privateKey?.rotationPolicy === 'Never') {
      const what =
        'it is never issued again: its key does not fit, and rotationPolicy Never keeps cert-manager from making another';
      return [about(change, 'critical', what, 'give it another key in steps, as the guide on identities says', field)];
    }
    const never = isCA === true ? [] : stale(secretName, environment.after);
    const late = never.length === 0 ? '' : `; ${never.join(', ')} take it up only when they start again`;
    return [about(change, part.severity, `${part.what}${late}`, part.advice, field)];
  });
}

/** Another Secret: the old one stays as it is, and is renewed by nobody. */
function moved(change: ObjectChange): Observation[] {
  const what = 'it is issued into another Secret: the old one stays, and runs out';
  return change.fields
    .filter(({ path }) => pathText(path) === 'spec.secretName')
    .map((field) => about(change, 'warning', what, 'see that all who mount it name the new one', field));
}

/** Certificates that go while somebody still mounts them. */
function ended({ changes, after: all }: EnvironmentChange): Observation[] {
  const kept = new Set(ofKind(all, 'Certificate').map(({ spec }) => spec?.secretName));
  return changes
    .filter(({ action }) => action === 'delete')
    .flatMap((change): Observation[] => {
      const { secretName } = specOf(change.before);
      if (secretName === undefined || kept.has(secretName)) return [];
      const users = all.filter((one) => secretsOf(one).some(({ name }) => name === secretName));
      if (users.length === 0) return [];
      const what = `nobody renews it any more, and ${users.map(nameOf).join(', ')} still use it: that ends when it runs out`;
      return [about(change, 'critical', what, 'keep it until its users have another')];
    });
}

/** Workloads whose pods get a Secret in a way that no change of it reaches: as environment variables, or mounted by subPath. */
function stale(secret: string | undefined, all: readonly Manifest[]): string[] {
  return all.filter((one) => secretsOf(one).some(({ name, isLive }) => name === secret && !isLive)).map(nameOf);
}

function nameOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}

type CertificateSpec = NonNullable<Kinds['Certificate']['spec']>;

function specOf(manifest: Manifest | undefined): CertificateSpec {
  return (isKind(manifest, 'Certificate') && manifest.spec) || {};
}

/** The same said of several, once: which, is its note. */
function oneOf(group: readonly Observation[]): Observation[] {
  const [first, ...others] = group;
  if (first === undefined || others.length === 0) return [...group];
  const names = group.map(({ subject }) => subject.replace(/^.*\//, ''));
  const { source: _, ...common } = first;
  return [{ ...common, subject: 'Certificate/*', note: `${names.length} certificates: ${names.join(', ')}` }];
}
