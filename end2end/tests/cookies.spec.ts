// The one cookie: what works without it, and what the pages do with it.

import { expect, test } from '../support/fixtures.ts';
import { newAccount, signUp, submit } from '../support/account.ts';

/** A browser whose owner blocks cookies: none is sent, and what the server sets is thrown away. */
async function blockCookies(page: import('@playwright/test').Page): Promise<void> {
  const context = page.context();
  await context.route('**/*', async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    await context.clearCookies();
    const headers = response.headers();
    delete headers['set-cookie'];
    await route.fulfill({ response, headers });
  });
}

test('with cookies blocked public pages work and signing in explains', async ({ browser, server }) => {
  const account = newAccount();
  const own = await browser.newContext({ baseURL: server.url });
  await signUp(await own.newPage(), account);
  await own.close();

  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  await blockCookies(page);
  for (const path of ['/', '/privacy', '/privacy/cookies', '/privacy/proof', '/terms', '/security', '/security/leaked-key', '/docs', '/contact']) {
    const answer = await page.goto(path);
    expect(answer!.status(), path).toBe(200);
    await expect(page.getByRole('heading', { level: 1 }), path).toBeVisible();
  }
  await page.goto('/login');
  await page.fill('input[name=email]', account.email);
  await page.fill('input[name=password]', account.password);
  await submit(page, 'input[name=password]');
  await page.waitForURL(/\/login/);
  await expect(page.getByRole('main')).toContainText(/cookie/i);
  await context.close();
});

test('one cookie is set, and only to who signs in', async ({ browser, server }) => {
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  for (const path of ['/', '/signup', '/login', '/privacy/proof', '/security/leaked-key']) await page.goto(path);
  expect(await context.cookies()).toEqual([]);
  await signUp(page, newAccount());
  const cookies = await context.cookies();
  expect(cookies.map((cookie) => cookie.name)).toEqual(['session']);
  expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  expect(await page.evaluate(() => document.cookie), 'no script can read it').toBe('');
  await context.close();
});
