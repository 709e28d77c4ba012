// The proof page in a browser: what it shows, and the canary from the button to its result.

import { expect, expectAccessible, expectNoSidewaysScroll, test } from '../support/fixtures.ts';

test('every promise holds on a server that was just started', async ({ page }) => {
  await page.goto('/privacy/proof');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('.proof-item')).toHaveCount(33);
  await expect(page.locator('.proof-item .tone-bad')).toHaveCount(0);
  const answer = await page.request.get('/privacy/proof', { headers: { Accept: 'application/json' } });
  expect((await answer.json()).broken).toBe(0);
});

test('a canary passes the engine, is searched for and found nowhere', async ({ member }) => {
  test.setTimeout(90_000);
  await member.goto('/privacy/proof');
  await member.getByRole('button', { name: /^Send a/ }).click();
  await expect(member.getByText('Not found anywhere')).toBeVisible({ timeout: 60_000 });
  await expect(member.getByRole('heading', { name: 'Not searched' })).toBeVisible();
  await expectAccessible(member);
  await member.setViewportSize({ width: 360, height: 740 });
  await expectNoSidewaysScroll(member);
});
