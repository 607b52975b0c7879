import type { Finding } from '../finding.ts';
import { isNamedByContent } from '../live/jobs.ts';
import type { Action } from '../objects.ts';
import { HARMLESS } from '../rules/replacements.ts';
import { formatSome } from '../text.ts';
import type { PlannedStep } from './digest.ts';
import type { Behind } from './stack-state.ts';

/** The parts of a finding that don't depend on its subject. */
export type Report = Pick<Finding, 'severity' | 'what' | 'field' | 'advice'>;

/**
 * Reports a step that the rules don't.
 * @param predicted the rules' prediction for the object; undefined without a base
 */
export function reportStep(step: PlannedStep, predicted: Action | 'same' | undefined): Report | undefined {
  const { operation, isProtected, isRetained, isRefused, reasons, object } = step;
  const harm = HARMLESS.has(object.kind) ? 'warning' : 'critical';
  const [field] = reasons;
  const fields = field === undefined ? {} : { field };
  if (isRefused) {
    const advice = 'run `pulumi preview` manually to see the message; it is hidden, since it may contain secrets';
    return {
      severity: 'critical',
      what: "Pulumi's provider rejects it or cannot preview it",
      advice,
    };
  }
  if (isProtected && (operation === 'delete' || operation === 'replace')) {
    const what = `it is protected, but the deploy would ${operation} it: Pulumi rejects this, and the whole deploy stops`;
    return {
      severity: 'critical',
      what,
      ...fields,
      advice: 'keep it, or migrate its data and then run `pulumi state unprotect` manually',
    };
  }
  if (predicted === undefined || isNamedByContent(object)) return undefined;
  if (operation === 'replace' && predicted !== 'replace') {
    const what = `Pulumi replaces it, which the sources alone don't show${reasons.length > 1 ? `: because of ${formatSome(reasons)}` : ''}`;
    return {
      severity: harm,
      what,
      ...fields,
      advice:
        'check how the deployed object differs; keep the field, or create an object with another name and migrate to it',
    };
  }
  if (operation === 'delete' && predicted !== 'delete') {
    const what = isRetained
      ? 'it is removed from the stack and stays in the cluster, although the base does not have it'
      : 'Pulumi deletes it, although the base does not have it: another version created it';
    return {
      severity: isRetained ? 'warning' : harm,
      what,
      advice: 'check that it is unused, or add it to the source',
    };
  }
  if (predicted === 'replace' && (operation === 'update' || operation === 'same')) {
    const what = `the rules predict a replacement, but Pulumi ${operation === 'same' ? 'changes nothing' : 'updates it in place'}`;
    return {
      severity: 'info',
      what,
      advice: 'no action needed if the cluster accepts it; see the finding on the replacement',
    };
  }
  return undefined;
}

/** Reports a stack that is not at the base; undefined for one that is. */
export function reportBehind({ other, absent, extra }: Behind): Report | undefined {
  if (other.length + absent.length + extra.length === 0) return undefined;
  const parts = [
    ...(other.length > 0 ? [`${other.length} different (${formatSome(other)})`] : []),
    ...(absent.length > 0 ? [`${absent.length} not deployed (${formatSome(absent)})`] : []),
    ...(extra.length > 0 ? [`${extra.length} that the base does not have (${formatSome(extra)})`] : []),
  ];
  return {
    severity: 'warning',
    what: `it is not at the base, so a deploy changes more than this preview shows: ${parts.join(', ')}`,
    advice: "deploy the base first, or check Pulumi's preview of these objects",
  };
}
