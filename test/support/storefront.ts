import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Where pictures of the page are left, to look at. */
const PICTURES = join(import.meta.dirname, '../../dist/storefront');

/** What is pictured: a desktop and a phone, in both color schemes. */
const VIEWS = ['desktop', 'phone'].flatMap((device) => ['light', 'dark'].map((scheme) => ({ device, scheme })));
const SIZES: Readonly<Record<string, { width: number; height: number }>> = {
  desktop: { width: 1280, height: 900 },
  phone: { width: 375, height: 740 },
};

/** The storefront in a browser, used with the keyboard alone. */
export interface Storefront {
  readonly page: Page;
  /** Errors of the console, of scripts, of requests and of the Content-Security-Policy so far. */
  readonly errors: readonly string[];
  /** Signs up as a new customer. */
  signUp(): Promise<void>;
  /** Searches a product, adds it to the basket, and orders it. @param payment text of the option */
  order(product: string, payment?: string): Promise<void>;
  /** The newest order. */
  readonly newest: Locator;
  /** Presses Tab until an element has the focus. @throws Error if it cannot be reached */
  tabTo(target: Locator): Promise<void>;
  /** What axe finds in the page as it is. */
  violations(): Promise<readonly string[]>;
  /** Leaves pictures in `dist/storefront/`. */
  picture(name: string): Promise<void>;
}

/** Opens the page of a shop. */
export async function openStorefront(browser: Browser, url: string): Promise<Storefront> {
  const page = await browser.newPage({ viewport: SIZES.desktop as { width: number; height: number } });
  page.setDefaultTimeout(60_000);
  const errors: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(`${error}`));
  page.on('requestfailed', (request) => {
    const failure = request.failure()?.errorText;
    // Chromium may report a stream so that was read to its end.
    if (!(failure === 'net::ERR_ABORTED' && request.url().endsWith('/events')))
      errors.push(`${request.url()}: ${failure}`);
  });
  await page.addInitScript(
    "addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => console.error('policy:', violatedDirective, blockedURI))",
  );
  await page.goto(url);
  await page.locator('#product-list li').first().waitFor();

  const tabTo = async (target: Locator): Promise<void> => {
    await target.waitFor();
    for (let left = 150; left > 0; left -= 1) {
      if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`the Tab key does not reach ${target}`);
  };
  return {
    page,
    errors,
    tabTo,
    signUp: async () => {
      const form = page.locator('#sign-up');
      await tabTo(form.getByLabel('Name'));
      await page.keyboard.type('Ada');
      await tabTo(form.getByLabel('Email'));
      await page.keyboard.type(`storefront-${randomUUID()}@shop.invalid`);
      await tabTo(form.getByLabel('Password'));
      await page.keyboard.type('correct horse battery');
      await page.keyboard.press('Enter');
      await page.getByText('Signed in as Ada').first().waitFor();
    },
    order: async (product, payment = 'Card that works') => {
      await tabTo(page.getByLabel('Search'));
      await page.keyboard.press('Control+A');
      await page.keyboard.type(product);
      await page.keyboard.press('Enter');
      await page.getByText('1 product shown.').waitFor();
      await tabTo(page.getByRole('button', { name: `Add ${product} to the basket` }));
      await page.keyboard.press('Enter');
      await tabTo(page.getByLabel('Payment'));
      await page.keyboard.type(payment);
      await tabTo(page.getByRole('button', { name: 'Place the order' }));
      await page.keyboard.press('Enter');
      await page.getByText('The basket is empty.').waitFor();
    },
    newest: page.locator('#order-list > li').first(),
    violations: async () => {
      const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const run = `${AXE}; axe.run(document, { runOnly: ${JSON.stringify(tags)} })`;
      const { violations } = (await page.evaluate(run)) as { violations: { id: string; nodes: { html: string }[] }[] };
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    },
    picture: async (name) => {
      mkdirSync(PICTURES, { recursive: true });
      for (const { device, scheme } of VIEWS) {
        await page.setViewportSize(SIZES[device] as { width: number; height: number });
        await page.emulateMedia({ colorScheme: scheme as 'light' | 'dark' });
        await page.evaluate("document.activeElement.scrollIntoView({ block: 'center' })");
        await page.screenshot({ path: join(PICTURES, `${name}-${device}-${scheme}.png`) });
      }
      await page.setViewportSize(SIZES.desktop as { width: number; height: number });
    },
  };
}
