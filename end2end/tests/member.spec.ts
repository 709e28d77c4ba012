// Every page of a person who is signed in, found by following the links from the dashboard.

import { expect, expectAccessible, expectNoSidewaysScroll, test } from '../support/fixtures.ts';
import { crawl } from '../support/crawl.ts';

test('every page behind the door answers, is accessible in both themes and fits a phone', async ({ member }) => {
  test.setTimeout(240_000);
  const seen = await crawl(member, '/dashboard', async () => {
    await member.setViewportSize({ width: 1280, height: 800 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await member.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expectAccessible(member);
    }
    await member.setViewportSize({ width: 360, height: 740 });
    await expectNoSidewaysScroll(member);
  }, /^\/(dashboard|assistant|reports|settings)/);
  const expected = ['/dashboard', '/assistant', '/reports', '/settings', '/settings/keys', '/settings/budgets', '/settings/profile'];
  for (const path of expected) expect(seen).toContain(path);
});

test('a person who is signed out is sent to the door and back', async ({ page }) => {
  await page.goto('/settings/keys');
  expect(new URL(page.url()).pathname).toBe('/login');
  expect(new URL(page.url()).searchParams.get('next')).toBe('/settings/keys');
});
