// Follows the links of a page, and the links of the pages behind them, within the site.

import { expect, type Page, type Response } from '@playwright/test';

/** Visits every page below `within` that is reachable from `start`, and checks it: the paths seen. */
export async function crawl(
  page: Page,
  start: string,
  check: () => Promise<void>,
  within = /^\//,
): Promise<string[]> {
  const seen = new Set<string>();
  const waiting = [start];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const answer = await open(page, path);
    if (answer === 'a file') continue;
    expect(answer!.status(), path).toBeLessThan(400);
    await check();
    waiting.push(...(await links(page)).filter((found) => within.test(found)));
  }
  return [...seen];
}

/** Goes to an address; what answers with a download is no page. */
async function open(page: Page, path: string): Promise<Response | null | 'a file'> {
  try {
    return await page.goto(path);
  } catch (error) {
    if (String(error).includes('Download is starting')) return 'a file';
    throw error;
  }
}

/** Paths of pages this page links to: no fragments, no queries, no files. */
async function links(page: Page): Promise<string[]> {
  const found = await page.locator('a[href]').evaluateAll((all) =>
    (all as HTMLAnchorElement[])
      .filter((a) => a.origin === location.origin && !a.download)
      .map((a) => a.pathname)
      .filter((path) => !/\.\w+$/.test(path)),
  );
  return [...new Set(found)];
}
