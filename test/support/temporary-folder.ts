import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder for files of this test file, with which it goes. One that a server writes to is for who stops the server. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `groundwork-${name}-`));
  made.push(folder);
  return folder;
}
