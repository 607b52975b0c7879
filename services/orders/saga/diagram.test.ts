import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { diagram } from './diagram.ts';
import { STEPS } from './states.ts';

const readme = join(import.meta.dirname, '..', 'README.md');

test('law: the diagram in the README is that of the code; UPDATE_GOLDEN=1 rewrites it', () => {
  const text = readFileSync(readme, 'utf8');
  const drawn = text.replace(/```mermaid\n[^`]*```/, `\`\`\`mermaid\n${diagram()}\n\`\`\``);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(readme, drawn);
  else expect(text).toBe(drawn);
});

test('law: each state of the saga leads to a final one', () => {
  const ends = (state: string, seen: readonly string[] = []): boolean => {
    const step = (STEPS as Record<string, (typeof STEPS)[keyof typeof STEPS]>)[state];
    if (step === undefined) return true;
    if (seen.includes(state)) return false;
    return Object.values(step.on).every(({ to }) => ends(to, [...seen, state]));
  };
  for (const state of Object.keys(STEPS)) expect([state, ends(state)]).toEqual([state, true]);
});
