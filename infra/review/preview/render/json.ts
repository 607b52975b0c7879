import type { Preview } from '../preview.ts';

/** The preview for programs. */
export function json(preview: Preview): string {
  return `${JSON.stringify(preview, null, 2)}\n`;
}
