// Every page that needs no account, found by following the links from the landing page.

import { expect, expectAccessible, expectNoSidewaysScroll, test } from '../support/fixtures.ts';
import { crawl } from '../support/crawl.ts';

test('every public page answers, is accessible in both themes and fits a phone', async ({ page }) => {
  test.setTimeout(240_000);
  const seen = await crawl(page, '/', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expectAccessible(page);
    }
    await page.setViewportSize({ width: 360, height: 740 });
    await expectNoSidewaysScroll(page);
  });
  for (const path of ['/', '/signup', '/login']) expect(seen).toContain(path);
});

test('the landing page loads no wasm and is small', async ({ page }) => {
  const loaded: string[] = [];
  page.on('response', (response) => loaded.push(new URL(response.url()).pathname));
  const answer = await page.goto('/');
  await page.waitForLoadState('networkidle');
  expect(loaded.filter((path) => path.endsWith('.wasm'))).toEqual([]);
  expect((await answer!.body()).length).toBeLessThan(40_000);
});

test('an address that leads nowhere says so with status 404', async ({ page, guards }) => {
  guards.expect(/status of 404/);
  const answer = await page.goto('/no/such/page');
  expect(answer!.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectAccessible(page);
});
