import type { Manifest } from '@groundwork/constructs';
import { canonical, pathText } from '../diff/index.ts';
import type { Observation, Severity } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { secretsOf } from '../used-secrets.ts';
import { templateOf } from '../workloads.ts';
import type { EnvironmentChange, EnvironmentRule } from './rule.ts';

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
    severity: 'danger',
    what: `${AGAIN} by another authority: whoever trusts only the old one refuses it`,
    advice: 'let all trust both authorities first, then change the issuer, then let the old one go',
  },
  {
    path: /^spec\.isCA$/,
    severity: 'danger',
    what: `${AGAIN}, and whether it may issue others changes`,
    advice: 'an authority is made once, and by few: see that this is meant',
  },
  {
    path: /^spec\.(uris|commonName|subject|literalSubject|emailAddresses|otherNames)/,
    severity: 'danger',
    what: `${AGAIN} for another identity: whoever lets the old one in does not know it`,
    advice: 'let both in first, where the names of callers are listed',
  },
  {
    path: /^spec\.(dnsNames|ipAddresses)/,
    severity: 'caution',
    what: `${AGAIN} for other names: clients that ask by a name that left refuse it`,
    advice: 'keep a name until nobody asks by it',
  },
  {
    path: /^spec\.privateKey\.(algorithm|size|encoding)$/,
    severity: 'notice',
    what: `${AGAIN}, with another kind of key`,
    advice: `see that all who check it know the kind; ${READ}`,
  },
  { path: /^spec\.(duration|usages)/, severity: 'notice', what: AGAIN, advice: READ },
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
    return [...[...groups.values()].map(oneOf), ...ended(environment)];
  },
};

function issued({ id, fields, after, why }: ObjectChange, environment: EnvironmentChange): Observation[] {
  return PARTS.flatMap((part): Observation[] => {
    const field = fields.find(({ path }) => part.path.test(pathText(path)));
    if (field === undefined) return [];
    const {
      privateKey = {},
      secretName,
      isCA,
    } = (after as Manifest).spec as { privateKey?: { rotationPolicy?: string }; secretName?: string; isCA?: boolean };
    const common = { subject: id, field: pathText(field.path), before: field.before, after: field.after, cause: why };
    if (pathText(field.path).startsWith('spec.privateKey') && privateKey.rotationPolicy === 'Never') {
      const what =
        'it is never issued again: its key does not fit, and rotationPolicy Never keeps cert-manager from making another';
      return [
        {
          ...common,
          severity: 'danger',
          what,
          advice: 'give it another key in steps, as the guide on identities says',
        },
      ];
    }
    const never = isCA === true ? [] : stale(secretName, environment.after);
    const late = never.length === 0 ? '' : `; ${never.join(', ')} take it up only when they start again`;
    return [{ ...common, severity: part.severity, what: `${part.what}${late}`, advice: part.advice }];
  });
}

/** Another Secret: the old one stays as it is, and is renewed by nobody. */
function moved({ id, fields, why }: ObjectChange): Observation[] {
  return fields
    .filter(({ path }) => pathText(path) === 'spec.secretName')
    .map(({ path, before, after }) => {
      const what = 'it is issued into another Secret: the old one stays, and runs out';
      return {
        severity: 'caution',
        subject: id,
        what,
        field: pathText(path),
        before,
        after,
        advice: 'see that all who mount it name the new one',
        cause: why,
      };
    });
}

/** Certificates that go while somebody still mounts them. */
function ended({ changes, after: all }: EnvironmentChange): Observation[] {
  const issued = new Set(all.filter(({ kind }) => kind === 'Certificate').map(secretNameOf));
  return changes
    .filter(
      ({ kind, action, before }) =>
        kind === 'Certificate' && action === 'delete' && !issued.has(secretNameOf(before as Manifest)),
    )
    .flatMap(({ id, before, why }): Observation[] => {
      const users = all.filter((one) => secretsOf(one).some(({ name }) => name === secretNameOf(before as Manifest)));
      if (users.length === 0) return [];
      const what = `nobody renews it any more, and ${users.map(({ kind, metadata }) => `${kind}/${metadata.name}`).join(', ')} still use it: that ends when it runs out`;
      return [{ severity: 'danger', subject: id, what, advice: 'keep it until its users have another', cause: why }];
    });
}

/** Workloads whose pods get a Secret in a way that no change of it reaches: as environment variables, or mounted by subPath. */
function stale(secret: string | undefined, all: readonly Manifest[]): string[] {
  return all
    .filter(
      (one) => templateOf(one) !== undefined && secretsOf(one).some(({ name, isLive }) => name === secret && !isLive),
    )
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

function secretNameOf({ spec }: Manifest): string | undefined {
  return (spec as { secretName?: string }).secretName;
}

/** The same said of several, once: which, is its note. */
function oneOf(group: readonly Observation[]): Observation {
  const [first, second] = group as [Observation, Observation | undefined];
  if (second === undefined) return first;
  const names = group.map(({ subject }) => subject.split('/')[1] as string);
  return { ...first, subject: 'Certificate/*', note: `${names.length} certificates: ${names.join(', ')}` };
}
