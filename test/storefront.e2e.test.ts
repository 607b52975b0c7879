import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { startBrowser } from './support/browser.ts';
import { type Dev, devAsItRuns, devDown } from './support/dev.ts';
import { openStorefront } from './support/storefront.ts';

let dev: Dev;
let browser: Browser;
beforeAll(async () => {
  [dev, browser] = [await devAsItRuns(), await startBrowser()];
}, 30 * 60_000); // the first run on a machine builds Kubernetes
afterAll(async () => {
  await browser?.close();
  await devDown(dev);
}, 120_000);

test('a customer of the running shop signs up, orders with the keyboard alone, and sees the order confirmed', async () => {
  const storefront = await openStorefront(browser, dev.gateway);
  await storefront.signUp();
  await storefront.order('Gooseneck Kettle');
  await storefront.newest.getByText('Confirmed: paid, and taken from stock').waitFor();
  expect(await storefront.newest.locator('.steps').textContent()).toMatch(/Waiting for inventory.*Confirmed/);
  expect(await storefront.violations()).toEqual([]);
  await storefront.picture('e2e');
  expect(storefront.errors).toEqual([]);
  await storefront.page.close();
});
