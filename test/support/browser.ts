import { execa } from 'execa';
import { type Browser, chromium } from 'playwright-core';
import { ensureDebianPackages } from '../../infra/tools/debian.ts';

/** Names of a Chromium on `PATH`. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * Starts a headless Chromium: that of this machine, or Debian's, which is then installed.
 * @throws ConfigurationError `package-unavailable` if there is none and it can't be installed
 */
export async function startBrowser(): Promise<Browser> {
  if ((await installed()) === undefined) {
    await ensureDebianPackages(['chromium'], { step: () => {}, say: () => {}, skipped: () => {} });
  }
  const executablePath = (await installed()) as string;
  // Chromium's sandbox does not run as root.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

async function installed(): Promise<string | undefined> {
  const { stdout } = await execa('sh', ['-c', NAMES.map((name) => `command -v ${name}`).join(' || ')], {
    reject: false,
  });
  return stdout === '' ? undefined : stdout;
}
