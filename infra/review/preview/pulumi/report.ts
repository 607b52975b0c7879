import type { Finding } from '../finding.ts';
import { isNamedByContent } from '../live/jobs.ts';
import type { Action } from '../objects.ts';
import { HARMLESS } from '../rules/replacements.ts';
import { formatSome } from '../text.ts';
import type { PlannedStep } from './digest.ts';
import type { Behind } from './stack-state.ts';

/** What a finding says, whoever it is about. */
export type Report = Pick<Finding, 'severity' | 'what' | 'field' | 'advice'>;

/** What is worth saying of one step. @param foretold what the rules say becomes of the object; undefined without a base */
export function tellStep(step: PlannedStep, predicted: Action | 'same' | undefined): Report | undefined {
  const { operation, isProtected, isRetained, isRefused, reasons, kind, name } = step;
  const harm = HARMLESS.has(kind) ? 'warning' : 'critical';
  const [field] = reasons;
  const fields = field === undefined ? {} : { field };
  if (isRefused) {
    const advice = 'run `pulumi preview` by hand: its words may hold secrets, so they are not shown';
    return {
      severity: 'critical',
      what: "Pulumi's provider refuses it, or can't tell what would become of it",
      advice,
    };
  }
  if (isProtected && (operation === 'delete' || operation === 'replace')) {
    const what = `it is protected, and the deploy would ${operation} it: Pulumi refuses, and the whole deploy stops`;
    return {
      severity: 'critical',
      what,
      ...fields,
      advice: 'keep it; once its data is elsewhere, `pulumi state unprotect` it by hand',
    };
  }
  if (predicted === undefined || isNamedByContent({ kind, metadata: { name } })) return undefined;
  if (operation === 'replace' && predicted !== 'replace') {
    const what = `Pulumi deletes it and makes it anew, which the sources alone don't tell${reasons.length > 1 ? `: for ${formatSome(reasons)}` : ''}`;
    return {
      severity: harm,
      what,
      ...fields,
      advice: 'see what of it was deployed otherwise; keep the field, or give it another name and move over',
    };
  }
  if (operation === 'delete' && predicted !== 'delete') {
    const what = isRetained
      ? 'it leaves the stack and stays in the cluster, though the base does not have it'
      : 'Pulumi deletes it, though the base does not have it: another version made it';
    return {
      severity: isRetained ? 'warning' : harm,
      what,
      advice: 'see that nothing needs it any more, or take it into the source',
    };
  }
  if (predicted === 'replace' && (operation === 'update' || operation === 'same')) {
    const what = `the rules foretell that it is made anew, and Pulumi ${operation === 'same' ? 'changes nothing' : 'updates it in place'}`;
    return {
      severity: 'info',
      what,
      advice: 'if the cluster takes it, all is well; see the finding of the replacement',
    };
  }
  return undefined;
}

/** What a stack that is not at the base means for the reader; undefined for one that is. */
export function tellBehind({ other, absent, extra }: Behind): Report | undefined {
  if (other.length + absent.length + extra.length === 0) return undefined;
  const parts = [
    ...(other.length > 0 ? [`${other.length} deployed otherwise (${formatSome(other)})`] : []),
    ...(absent.length > 0 ? [`${absent.length} not deployed (${formatSome(absent)})`] : []),
    ...(extra.length > 0 ? [`${extra.length} that the base does not have (${formatSome(extra)})`] : []),
  ];
  return {
    severity: 'warning',
    what: `it is not at the base, so a deploy changes more than is shown here: ${parts.join(', ')}`,
    advice: 'deploy the base first, or read what Pulumi says of these objects',
  };
}
