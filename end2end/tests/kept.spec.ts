// What JARVIS keeps and for whom: an answer from its first text on, a page that belongs to one account, files and dates
// that come from elsewhere, and all of it on a phone.

import type { Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { hydrated, newAccount, signUp } from '../support/account.ts';
import { answer, answerWith, ask, ended, events, open, OPEN } from '../support/assistant.ts';
import { expect, expectNoSidewaysScroll, test } from '../support/fixtures.ts';

/** Begins the next answers so and never ends them; nothing happens every few seconds. */
async function beginWith(page: Page, ...begin: [string, object][]): Promise<void> {
  await page.addInitScript((body) => {
    const real = window.fetch.bind(window);
    const endless = () => new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode(body)) });
    const headers = { 'content-type': 'text/event-stream' };
    window.fetch = async (input, init) =>
      String(input).endsWith('/stream/chat') ? new Response(endless(), { headers }) : real(input, init);
    window.setInterval = (() => 0) as unknown as typeof window.setInterval;
  }, events(...begin));
}

/** Everything that the browser keeps of conversations, as text. */
const kept = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const [{ name } = {}] = await indexedDB.databases();
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }));
    const database = await settled(indexedDB.open(name!));
    const rows = await settled(database.transaction('bodies').objectStore('bodies').getAll());
    database.close();
    return JSON.stringify(rows);
  });

test('an answer is kept from its first text on', async ({ member }) => {
  await beginWith(member, ['open', OPEN], ['delta', { text: 'The first words' }]);
  await open(member);
  await ask(member, 'hello');
  await expect.poll(() => kept(member)).toContain('The first words');
  await member.reload();
  await hydrated(member);
  await ended(member, 'stopped');
  await expect(answer(member).locator('.answer-text')).toHaveText('The first words');
  await expect(answer(member)).toContainText('What had come by then is here.');
});

test('nothing is said to be kept of an answer that had not begun', async ({ member }) => {
  await beginWith(member, ['open', OPEN]);
  await open(member);
  await ask(member, 'hello');
  await expect.poll(() => kept(member)).toContain('hello');
  await member.reload();
  await hydrated(member);
  await ended(member, 'stopped');
  await expect(answer(member)).toContainText('Stopped before any of it was kept.');
});

test('a page that was left open asks nothing on behalf of who signed in since', async ({ browser, server, member }) => {
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  await signUp(page, newAccount());
  await open(page);
  await ask(page, 'a question of the first person');
  await ended(page);
  await context.clearCookies();
  await context.addCookies(await member.context().cookies());
  const refused = page.waitForResponse('**/stream/chat');
  await ask(page, 'another one');
  expect((await refused).status()).toBe(409);
  await ended(page, 'failed');
  await expect(answer(page).locator('.answer-fault')).toContainText('Somebody else is signed in here now');
  await answer(page).getByRole('link', { name: 'Load the page again' }).click();
  await expect(page.locator('.welcome')).toBeVisible();
  await expect(page.locator('body')).not.toContainText('a question of the first person');
  await context.close();
});

test('files that are taken settle the refusal of others', async ({ member }) => {
  await open(member);
  const notice = member.locator('#assistant-notice');
  await member.setInputFiles('#files', { name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from([0x89, 0x50, 0xff]) });
  await expect(notice).toContainText('“photo.png” is not a text file');
  await member.setInputFiles('#files', { name: 'run.log', mimeType: 'text/plain', buffer: Buffer.from('one line') });
  await expect(member.locator('#chips .chip')).toHaveCount(1);
  await expect(notice).toBeEmpty();
});

test('an imported conversation has a date that a calendar knows', async ({ member }) => {
  await open(member);
  await answerWith(member, 'An answer.');
  await ask(member, 'A question');
  await ended(member);
  const [download] = await Promise.all([member.waitForEvent('download'), member.click('[data-do=export-json]')]);
  const exported = JSON.parse(await readFile((await download.path())!, 'utf8'));
  exported.conversations[0].updated_at = Number.MAX_SAFE_INTEGER;
  exported.conversations[0].title = 'From the far future';
  await member.click('#assistant-bar [data-do=history]');
  const buffer = Buffer.from(JSON.stringify(exported));
  await member.setInputFiles('#import', { name: 'x.json', mimeType: 'application/json', buffer });
  const line = member.locator('.history-list li').filter({ hasText: 'From the far future' });
  await expect(line.locator('time')).toHaveText(/\d{4}/);
  await expect(member.locator('.history-list')).not.toContainText('Invalid Date');
});

test('on a small phone nothing is cut, doubled or printed over', async ({ member }) => {
  await member.setViewportSize({ width: 360, height: 780 });
  await open(member);
  await member.setInputFiles('#files', { name: `${'n'.repeat(80)}.txt`, mimeType: 'text/plain', buffer: Buffer.from('one line') });
  const size = member.locator('#chips .chip > .faint');
  await expect(size).toHaveText('1 KB');
  const lines = await size.evaluate((it) => it.getClientRects().length && it.getBoundingClientRect().height / parseFloat(getComputedStyle(it).fontSize));
  expect(lines).toBeLessThan(2);
  await ask(member, 'hello');
  await ended(member);
  const icon = (action: string) => member.locator(`[data-do=${action}] svg path`).getAttribute('d');
  expect(await icon('export-markdown')).not.toBe(await icon('export-json'));
  await expect(member.getByRole('button', { name: 'JSON' })).toHaveAttribute('title', /JSON/);
  await expectNoSidewaysScroll(member);

  await member.goto('/dashboard?metric=calls');
  const title = member.getByRole('heading', { level: 1 });
  expect(await title.evaluate((it) => it.scrollWidth - it.clientWidth)).toBeLessThanOrEqual(0);
  await expect(member.locator('.chart-wide')).toBeHidden();
  const words = await member.locator('.chart-narrow text').evaluateAll((all) =>
    all.map((it) => it.getBoundingClientRect()).map(({ left, right, top, bottom }) => ({ left, right, top, bottom })),
  );
  for (const word of words) expect(word.bottom - word.top).toBeGreaterThan(10);
  const meet = words.filter((a, at) =>
    words.some((b, other) => other > at && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom),
  );
  expect(meet).toEqual([]);
  const links = await member.locator('main a').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  expect(links.filter((link) => link?.includes('?&'))).toEqual([]);
  await expectNoSidewaysScroll(member);
});
