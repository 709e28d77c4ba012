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

test('files are packed beforehand, kept for ever under their version, and asked for again without it', async ({ request }) => {
  const html = await (await request.get('/')).text();
  const css = html.match(/\/pkg\/spectr\.css\?v=[0-9a-f]{16}/)![0];
  for (const [coding, expected] of [['br, gzip', 'br'], ['gzip', 'gzip'], ['identity', undefined]] as const) {
    const answer = await request.get(css, { headers: { 'accept-encoding': coding } });
    expect(answer.headers()['content-encoding']).toBe(expected);
    expect(answer.headers()['content-type']).toBe('text/css; charset=utf-8');
    expect(answer.headers()['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(answer.headers()['vary']).toContain('accept-encoding');
  }
  const plain = await request.get('/pkg/spectr.wasm');
  expect(plain.headers()['content-type']).toBe('application/wasm');
  expect(plain.headers()['cache-control']).toBe('public, no-cache');
  const again = await request.get('/pkg/spectr.wasm', { headers: { 'if-none-match': plain.headers()['etag']! } });
  expect(again.status()).toBe(304);
  const head = await request.head(css);
  expect(head.status()).toBe(200);
  expect(Number(head.headers()['content-length'])).toBeGreaterThan(0);
  expect((await request.get('/pkg/spectr.css.br')).status()).toBe(404);
});

test('the browser code of the assistant is at most 300 kB packed, and nothing of it is on public pages', async ({ page, request }) => {
  const wasm = await request.get('/pkg/spectr.wasm', { headers: { 'accept-encoding': 'br' } });
  expect(Number(wasm.headers()['content-length'])).toBeLessThan(300_000);
  for (const path of ['/', '/login', '/signup', '/privacy', '/docs']) {
    await page.goto(path);
    expect(await page.locator('link[href*="/pkg/spectr.js"], link[href*="/pkg/spectr.wasm"]').count(), path).toBe(0);
  }
});
