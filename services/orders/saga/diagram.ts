import { FIRST, ON_REVERSAL, STEPS, type State, type Transition } from './states.ts';

/** The state machine as a Mermaid diagram, for the README. */
export function diagram(): string {
  const lines = ['stateDiagram-v2', `  [*] --> ${FIRST}`];
  const targets = new Set<State>();
  for (const [from, { command, on, cancel }] of Object.entries(STEPS)) {
    const labels = new Map<State, string[]>();
    const add = ({ to }: Transition, label: string) => labels.set(to, [...(labels.get(to) ?? []), label]);
    for (const [status, transition] of Object.entries(on)) add(transition, status);
    if (cancel !== undefined) add(cancel, 'customer cancels');
    for (const [to, texts] of labels) {
      lines.push(`  ${from} --> ${to}: ${command} › ${texts.join(', ')}`);
      targets.add(to);
    }
  }
  for (const [from, { to }] of Object.entries(ON_REVERSAL)) {
    lines.push(`  ${from} --> ${to}: charge taken back`);
    targets.add(to);
  }
  for (const state of targets) if (!(state in STEPS)) lines.push(`  ${state} --> [*]`);
  return lines.join('\n');
}
