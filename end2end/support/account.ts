// Signing up and in, by the pages a person uses.

import { expect, type Page } from '@playwright/test';

export interface Account {
  name: string;
  email: string;
  password: string;
}

let made = 0;

/** A person nobody else in this run is. */
export function newAccount(): Account {
  made += 1;
  return {
    name: 'Ada Lovelace',
    email: `ada.${process.pid}.${made}.${Date.now()}@example.org`,
    password: `correct horse ${process.pid} battery ${made} staple`,
  };
}

/** From the sign-up form to the dashboard. */
export async function signUp(page: Page, account: Account): Promise<void> {
  await page.goto('/signup');
  await page.fill('input[name=name]', account.name);
  await page.fill('input[name=email]', account.email);
  await page.fill('input[name=password]', account.password);
  await page.check('input[name=age]');
  await page.check('input[name=policy]');
  await submit(page, 'input[name=password]');
  // Without a mail server the page itself shows the link.
  const link = page.locator('a[href*="/verify?token="]');
  await page.goto((await link.getAttribute('href'))!);
  await submit(page, 'input[name=token]');
  await page.waitForURL((url) => url.pathname !== '/verify');
  if (!page.url().includes('/dashboard')) await signIn(page, account);
}

/** From the sign-in form to the dashboard. */
export async function signIn(page: Page, account: Account): Promise<void> {
  await page.goto('/login');
  await page.fill('input[name=email]', account.email);
  await page.fill('input[name=password]', account.password);
  await submit(page, 'input[name=password]');
  await expect(page).toHaveURL(/\/dashboard/);
}

/** Sends the form that holds this field, by its button. */
export async function submit(page: Page, field: string): Promise<void> {
  const form = page.locator('form').filter({ has: page.locator(field) });
  await form.locator('button[type=submit], button:not([type])').first().click();
  await page.waitForLoadState();
}

/** Waits until the islands of the page have woken up. */
export async function hydrated(page: Page): Promise<void> {
  await page.locator('html[data-hydrated]').waitFor();
}
