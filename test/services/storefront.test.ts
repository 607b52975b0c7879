import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { startBrowser } from '../support/browser.ts';
import { type LocalShop, startLocalShop } from '../support/local-shop.ts';
import { openStorefront, type Storefront } from '../support/storefront.ts';

jest.setTimeout(300_000); // a whole shop, with Postgres, Kafka and a browser

let shop: LocalShop;
let browser: Browser;
let storefront: Storefront;
beforeAll(async () => {
  [shop, browser] = [await startLocalShop(), await startBrowser()];
}, 300_000);
afterEach(() => storefront?.page.close());
afterAll(async () => {
  await browser?.close();
  await shop?.close();
});

test('with the keyboard alone, a customer signs up, finds a product, orders it and sees it confirmed', async () => {
  storefront = await openStorefront(browser, shop.url);
  const { page, newest, violations, picture } = storefront;
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('products');
  expect(await violations()).toEqual([]);
  await picture('1-products');
  await storefront.signUp();
  await storefront.order('Gooseneck Kettle');
  expect(await page.evaluate('document.activeElement.textContent')).toMatch(/^Order [0-9a-f]{8}$/);
  await newest.getByText('Confirmed: paid, and taken from stock').waitFor();
  expect(await newest.locator('.steps').textContent()).toMatch(/Waiting for inventory.*Confirmed/);
  expect(await page.locator('#announcement').textContent()).toMatch(/Order [0-9a-f]{8}: Confirmed/);
  expect(await violations()).toEqual([]);
  await picture('2-confirmed');
  expect(storefront.errors).toEqual([]);
});

test('an order that waits for a service is shown so, and can be canceled', async () => {
  storefront = await openStorefront(browser, shop.url);
  const { page, newest, tabTo } = storefront;
  await storefront.signUp();
  const address = shop.origins.payments as string;
  shop.origins.payments = 'https://127.0.0.1:1';
  await storefront.order('Bike Pump');
  await newest.getByText('Waiting for payments').waitFor();
  await storefront.picture('3-waiting');
  await tabTo(newest.getByRole('button', { name: /^Cancel/ }));
  await page.keyboard.press('Enter');
  await page.getByText('the cancellation is under way').waitFor();
  shop.origins.payments = address;
  await newest.getByText('Canceled, because you canceled it').waitFor();
  expect(await newest.getByRole('button').count()).toBe(0);
  expect(storefront.errors).toEqual([]);
});

test('a declined payment is explained', async () => {
  storefront = await openStorefront(browser, shop.url);
  await storefront.signUp();
  await storefront.order('Wall Clock', 'Card that is declined');
  await storefront.newest.getByText('Canceled, because the payment was declined').waitFor();
  expect(await storefront.violations()).toEqual([]);
  expect(storefront.errors).toEqual([]);
});

test('an access token that has expired is renewed, and the order is placed once', async () => {
  storefront = await openStorefront(browser, shop.url);
  const { page } = storefront;
  await storefront.signUp();
  const renewed = page.waitForResponse(/\/sessions\/refresh$/);
  await page.route(/\/orders$/, (route) => route.fulfill({ status: 401 }), { times: 1 });
  await storefront.order('Yoga Mat');
  expect((await renewed).status()).toBe(200);
  await storefront.newest.getByText('Confirmed: paid, and taken from stock').waitFor();
  expect(await page.locator('#order-list > li').count()).toBe(1);
});

test('what the shop rejects is said in the form', async () => {
  storefront = await openStorefront(browser, shop.url);
  const { page, tabTo } = storefront;
  await tabTo(page.getByText('Log in', { exact: true }).first());
  await page.keyboard.press('Enter');
  await tabTo(page.locator('#log-in').getByLabel('Email'));
  await page.keyboard.type('nobody@shop.invalid');
  await tabTo(page.locator('#log-in').getByLabel('Password'));
  await page.keyboard.type('wrong horse battery');
  await page.keyboard.press('Enter');
  await page.locator('#log-in').getByText('Email or password is wrong').waitFor();
  expect(await storefront.violations()).toEqual([]);
});
