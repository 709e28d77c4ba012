// JARVIS in a real browser: streaming, Stop, faults, safety of what a model writes, conversations
// that stay in the browser, and everything by keyboard.

import type { Browser, Page, Route } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { hydrated, newAccount, signUp } from '../support/account.ts';
import { answer, answerWith, ask, DOOR, ended, events, open, OPEN, USAGE } from '../support/assistant.ts';
import { expect, expectAccessible, test } from '../support/fixtures.ts';

async function refuseWith(page: Page, status: number, problem: object, headers: Record<string, string> = {}): Promise<void> {
  await page.route(DOOR, (route: Route) =>
    route.fulfill({ status, headers, contentType: 'application/problem+json', body: JSON.stringify({ status, ...problem }) }),
  );
}

/** Another person in a browser of their own. */
async function stranger(browser: Browser, baseURL: string): Promise<Page> {
  const context = await browser.newContext({ baseURL });
  const page = await context.newPage();
  await signUp(page, newAccount());
  return page;
}

test('an answer appears piece by piece, with its figures after it', async ({ member }) => {
  await open(member);
  await member.evaluate(() => {
    const lengths: number[] = [];
    Object.assign(window, { lengths });
    const look = () => {
      const length = document.querySelector('.answer-text')?.textContent?.length ?? 0;
      if (length !== lengths.at(-1)) lengths.push(length);
    };
    new MutationObserver(look).observe(document.querySelector('#thread')!, { childList: true, characterData: true, subtree: true });
  });
  await ask(member, 'hello');
  await ended(member);
  const lengths = await member.evaluate(() => (window as unknown as { lengths: number[] }).lengths);
  expect(lengths.length).toBeGreaterThan(5);
  await expect(answer(member).locator('.answer-meta')).toContainText(/first token .* tokens .*no key needed/);
  await expect(member.locator('#said')).toContainText('complete');
});

test('Stop ends the answer, by button and by Escape, and keeps what arrived', async ({ member }) => {
  await open(member);
  for (const stop of [() => member.click('#tools [data-do=stop]'), () => member.keyboard.press('Escape')]) {
    await ask(member, 'hello');
    await expect(answer(member)).toHaveAttribute('data-state', 'streaming');
    await stop();
    await ended(member, 'stopped');
    await expect(answer(member).locator('.answer-text')).not.toBeEmpty();
    await expect(answer(member)).toContainText('What had arrived is kept');
    await expect(member.locator('#message')).toBeFocused();
  }
});

test('what a model writes cannot run, load or lead astray', async ({ member }) => {
  await open(member);
  await member.evaluate(() => Object.assign(window, { hurt: 0, alert: () => ((window as unknown as { hurt: number }).hurt += 1) }));
  await answerWith(
    member,
    [
      '<script>alert(1)</script>',
      '<img src=x onerror=alert(1)> and <svg onload=alert(1)>',
      '![pixel](https://foreign.example/pixel.png)',
      '[one](javascript:alert(1)) [two](JaVaScRiPt:alert(1)) [three](data:text/html,<script>alert(1)</script>)',
      '[four](vbscript:x) [five](//foreign.example) [good](https://example.org/) <https://example.org/auto>',
      '```html\n<script>alert(1)</script>\n```',
    ].join('\n\n'),
  );
  await ask(member, 'attack');
  await ended(member);
  const text = answer(member).locator('.answer-text');
  await expect(text).toContainText('<script>alert(1)</script>');
  await expect(text).toContainText('<img src=x onerror=alert(1)>');
  expect(await text.locator('script, img, svg, iframe, object, style, [onerror], [onload]').count()).toBe(0);
  const addresses = await text.locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  expect(addresses).toEqual(['https://foreign.example/pixel.png', 'https://example.org/', 'https://example.org/auto']);
  for (const link of await text.locator('a').all()) await expect(link).toHaveAttribute('rel', /noopener/);
  expect(await member.evaluate(() => (window as unknown as { hurt: number }).hurt)).toBe(0);
});

test('code can be copied as it was written', async ({ member, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(member);
  const code = 'fn main() {\n    println!("<b>&amp;</b>");\n}\n';
  await answerWith(member, `Here:\n\n\`\`\`rust\n${code}\`\`\`\n`);
  await ask(member, 'code');
  await ended(member);
  await answer(member).locator('[data-do=copy-code]').click();
  await expect(answer(member).locator('[data-do=copy-code]')).toHaveText('Copied');
  expect(await member.evaluate(() => navigator.clipboard.readText())).toBe(code);
  await expect(answer(member).locator('.tok-keyword').first()).toHaveText('fn');
});

test('a missing key is told where it happened and leads to Settings', async ({ member, guards }) => {
  guards.expect(/409/);
  await open(member);
  await refuseWith(member, 409, { code: 'no_key', detail: 'No key for this provider.', help: 'Add a key under Settings, API keys.' });
  await ask(member, 'hello');
  await ended(member, 'failed');
  await expect(answer(member).locator('.answer-fault')).toContainText('No key for this provider.');
  await expect(answer(member).getByRole('link', { name: 'Open API keys' })).toHaveAttribute('href', '/settings/keys');
  await expect(member.locator('#said')).toContainText('No key for this provider.');
});

test('a rate limit counts down and then lets retry', async ({ member, guards }) => {
  guards.expect(/429/);
  await open(member);
  await refuseWith(member, 429, { code: 'provider_rate_limited', detail: 'Limit.', help: 'Wait.' }, { 'retry-after': '2' });
  await ask(member, 'hello');
  const retry = answer(member).locator('.answer-fault [data-do=again]');
  await expect(retry).toBeDisabled();
  await expect(retry).toHaveText(/Retry in \d s/);
  await expect(retry).toBeEnabled();
  await member.unroute(DOOR);
  await answerWith(member, 'Better now.');
  await retry.click();
  await ended(member);
  await expect(answer(member)).toContainText('Better now.');
});

test('a cut answer is kept and said to be cut', async ({ member }) => {
  await open(member);
  await member.route(DOOR, (route) =>
    route.fulfill({ contentType: 'text/event-stream', body: events(['open', OPEN], ['delta', { text: 'The first half' }]) }),
  );
  await ask(member, 'hello');
  await ended(member, 'failed');
  await expect(answer(member)).toContainText('The first half');
  await expect(answer(member)).toContainText('The answer was cut off');
});

test('offline is said, and nothing is lost', async ({ member, context, guards }) => {
  guards.expect(/ERR_INTERNET_DISCONNECTED/);
  await open(member);
  await context.setOffline(true);
  await ask(member, 'hello');
  await ended(member, 'failed');
  await expect(answer(member)).toContainText('You are offline.');
  await context.setOffline(false);
  await answer(member).locator('[data-do=again]').click();
  await ended(member);
});

test('regenerate asks again, edit and resend replaces what came after', async ({ member }) => {
  await open(member);
  await answerWith(member, 'First.');
  await ask(member, 'one');
  await ended(member);
  await ask(member, 'two');
  await ended(member);
  await expect(member.locator('.turn')).toHaveCount(2);
  await member.unroute(DOOR);
  await answerWith(member, 'Second.');
  await answer(member).locator('[data-do=again]').click();
  await expect(answer(member)).toContainText('Second.');
  const bodies: string[] = [];
  member.on('request', (request) => request.url().endsWith('/stream/chat') && bodies.push(request.postData() ?? ''));
  await member.locator('[data-do=edit]').first().click();
  await expect(member.locator('[data-field=edit]')).toBeFocused();
  await expect(member.locator('.question-edit')).toContainText('message after it');
  await member.fill('[data-field=edit]', 'changed');
  await member.keyboard.press('Enter');
  await ended(member);
  await expect(member.locator('.turn')).toHaveCount(1);
  await expect(member.locator('.question-text')).toHaveText('changed');
  expect(JSON.parse(bodies[0]!).messages).toEqual([{ role: 'user', content: 'changed' }]);
});

test('two models answer side by side, each with its own figures and its own Stop', async ({ member }) => {
  await open(member);
  await member.click('[data-do=compare]');
  await expect(member.locator('#picker')).toBeVisible();
  await expect(member.locator('#models [role=option]').first()).toContainText('spectr/guide');
  await member.locator('[data-field=search-models]').press('Enter');
  await expect(member.locator('.lane')).toHaveCount(2);
  await ask(member, 'hello');
  const panes = member.locator('.answer');
  await expect(panes).toHaveCount(2);
  await expect(panes.first()).toHaveAttribute('data-state', 'streaming');
  await panes.first().locator('[data-do=stop-answer]').click();
  await expect(panes.first()).toHaveAttribute('data-state', 'stopped');
  await expect(panes.last()).toHaveAttribute('data-state', 'done', { timeout: 30_000 });
  await expect(panes.last().locator('.answer-meta')).toContainText('tokens');
  await expectAccessible(member);
});

test('a preset gives the model its instructions', async ({ member }) => {
  await open(member);
  await answerWith(member, 'Done.');
  await member.getByRole('button', { name: 'Explain a failure' }).click();
  await expect(member.locator('#message')).toBeFocused();
  const sent = member.waitForRequest(DOOR);
  await ask(member, 'why');
  expect(JSON.parse((await sent).postData()!).system).toContain('failing test');
});

test('text files go along; others are refused with the reason', async ({ member }) => {
  await open(member);
  await answerWith(member, 'Read.');
  await member.setInputFiles('#files', [
    { name: 'run.log', mimeType: 'text/plain', buffer: Buffer.from('line one\nline two') },
    { name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0xff]) },
    { name: 'huge.txt', mimeType: 'text/plain', buffer: Buffer.alloc(300 * 1024, 'x') },
  ]);
  await expect(member.locator('#chips .chip')).toHaveCount(1);
  await expect(member.locator('#assistant-notice')).toContainText('“photo.png” is not a text file');
  await expect(member.locator('#assistant-notice')).toContainText('“huge.txt” is larger than can be attached');
  const sent = member.waitForRequest(DOOR);
  await ask(member, 'what failed');
  const content = JSON.parse((await sent).postData()!).messages[0].content as string;
  expect(content).toContain('what failed');
  expect(content).toContain('File `run.log`:\n```\nline one\nline two\n```');
});

test('a conversation survives a reload and can be found, renamed and deleted', async ({ member }) => {
  await open(member);
  await answerWith(member, 'The needle is here.');
  await ask(member, 'Where is it');
  await ended(member);
  await expect(member).toHaveURL(/#.+/);
  await member.reload();
  await hydrated(member);
  await expect(member.locator('.question-text')).toHaveText('Where is it');
  await expect(member.locator('.answer-text')).toHaveText('The needle is here.');
  await member.click('#assistant-bar [data-do=history]');
  await expect(member.locator('.history')).toContainText('Kept only in this browser');
  await member.fill('[data-field=search-history]', 'NEEDLE');
  await expect(member.locator('.history-list li')).toHaveCount(1);
  await member.fill('[data-field=search-history]', 'haystack');
  await expect(member.locator('.history-list li')).toHaveCount(0);
  await member.fill('[data-field=search-history]', '');
  await member.getByRole('button', { name: 'Rename Where is it' }).click();
  await member.fill('[data-field=rename]', 'Found it');
  await member.keyboard.press('Enter');
  await expect(member.locator('.assistant-title')).toHaveText('Found it');
  await expectAccessible(member);
  await member.getByRole('button', { name: 'Delete Found it' }).click();
  await member.locator('[data-do=delete-now]').click();
  await expect(member.locator('.history-list li')).toHaveCount(0);
  await expect(member.locator('.welcome')).toBeVisible();
});

test('conversations leave as Markdown and JSON and come back', async ({ member }) => {
  await open(member);
  await answerWith(member, 'An **answer**.');
  await ask(member, 'A question');
  await ended(member);
  const [markdown] = await Promise.all([member.waitForEvent('download'), member.click('[data-do=export-markdown]')]);
  expect(markdown.suggestedFilename()).toBe('a-question.md');
  expect(await readFile((await markdown.path())!, 'utf8')).toContain('## You\n\nA question');
  await member.click('#assistant-bar [data-do=history]');
  const [json] = await Promise.all([member.waitForEvent('download'), member.click('[data-do=export-all]')]);
  const path = (await json.path())!;
  await member.click('[data-do=forget]');
  await member.click('[data-do=forget-now]');
  await expect(member.locator('.history-list li')).toHaveCount(0);
  await member.setInputFiles('#import', path);
  await expect(member.locator('.history-list li')).toHaveCount(1);
  await member.locator('.history-list a').click();
  await expect(member.locator('.answer-text')).toHaveText('An answer.');
  await member.setInputFiles('#import', { name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{"a":1}') });
  await expect(member.locator('#assistant-notice')).toContainText('not an export of Spectr');
});

test('another account in the same browser sees nothing of it', async ({ browser, server, member }) => {
  const page = await stranger(browser, server.url);
  await open(page);
  await answerWith(page, 'Secret answer.');
  await ask(page, 'secret question');
  await ended(page);
  await page.waitForFunction(() => location.hash.length > 1);
  await page.context().clearCookies();
  await page.context().addCookies(await member.context().cookies());
  await page.goto('/assistant');
  await hydrated(page);
  await page.click('#assistant-bar [data-do=history]');
  await expect(page.locator('.history')).toContainText('What you ask will be listed here');
  await expect(page.locator('body')).not.toContainText('secret question');
  await page.context().close();
});

test('two tabs do not overwrite each other', async ({ member, context }) => {
  await open(member);
  await answerWith(member, 'One.');
  await ask(member, 'shared');
  await ended(member);
  await member.waitForFunction(() => location.hash.length > 1);
  const other = await context.newPage();
  await other.goto(member.url());
  await hydrated(other);
  await expect(other.locator('.turn')).toHaveCount(1);
  await answerWith(other, 'Two.');
  await ask(other, 'from the other tab');
  await expect(other.locator('.turn')).toHaveCount(2);
  await expect(member.locator('.turn')).toHaveCount(2);
  await expect(member.locator('.answer-text').last()).toHaveText('Two.');
});

test('nothing of a conversation is in any request but the one that asks', async ({ member }) => {
  const canary = 'canary-7f3a91';
  const leaks: string[] = [];
  member.on('request', (request) => {
    const text = `${request.url()} ${request.url().endsWith('/stream/chat') ? '' : request.postData()} ${JSON.stringify(request.headers())}`;
    if (text.includes(canary)) leaks.push(request.url());
  });
  await open(member);
  await answerWith(member, `Echo ${canary}`);
  await ask(member, `About ${canary}`);
  await ended(member);
  await member.click('#assistant-bar [data-do=history]');
  await member.fill('[data-field=search-history]', canary);
  await expect(member.locator('.history-list li')).toHaveCount(1);
  await member.reload();
  await hydrated(member);
  await member.goto('/settings/keys');
  expect(leaks).toEqual([]);
  expect(await member.title()).not.toContain(canary);
  expect(await member.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]))).not.toContain(canary);
});

test('everything can be done by keyboard', async ({ member }) => {
  await open(member);
  await answerWith(member, 'By keys.');
  const key = (name: string) => member.keyboard.press(name);
  await member.locator('#main').focus();
  await key('?');
  await expect(member.locator('#shortcuts')).toBeVisible();
  await key('Escape');
  await expect(member.locator('#shortcuts')).toBeHidden();
  await member.locator('#main').focus();
  await key('/');
  await expect(member.locator('#message')).toBeFocused();
  await member.keyboard.type('first');
  await key('Shift+Enter');
  await member.keyboard.type('second line');
  await key('Enter');
  await ended(member);
  await expect(member.locator('.question-text')).toHaveText('first\nsecond line');
  await member.locator('#thread').focus();
  await key('m');
  await expect(member.locator('[data-field=search-models]')).toBeFocused();
  await expect(member.locator('#models [role=option]')).toHaveCount(1);
  await key('Escape');
  await member.locator('#thread').focus();
  await key('e');
  await expect(member.locator('[data-field=edit]')).toBeFocused();
  await key('Escape');
  await expect(member.locator('[data-field=edit]')).toBeHidden();
  await member.locator('#thread').focus();
  await key('h');
  await expect(member.locator('[data-field=search-history]')).toBeFocused();
  await key('Escape');
  await expect(member.locator('.history')).toBeHidden();
  await member.locator('#thread').focus();
  await key('n');
  await expect(member.locator('.welcome')).toBeVisible();
  await expect(member.locator('#message')).toBeFocused();
});

test('long answers do not block the page', async ({ member }) => {
  await open(member);
  const text = '# Part\n\nA paragraph with **bold** and `code`.\n\n```ts\nconst a = 1; // note\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n'.repeat(150);
  const pieces = text.match(/[\s\S]{1,12}/g)!;
  await member.route(DOOR, (route) =>
    route.fulfill({
      contentType: 'text/event-stream',
      body: events(['open', OPEN], ...pieces.map((piece): [string, object] => ['delta', { text: piece }]), ['usage', USAGE], ['done', { stop: 'end' }]),
    }),
  );
  await ask(member, 'long');
  await ended(member);
  await expect(member.locator('.answer-text figure')).toHaveCount(150);
  await expect(member.locator('.answer-text table')).toHaveCount(150);
});

test('on a phone the message can be written and nothing is cut off', async ({ member }) => {
  await member.setViewportSize({ width: 390, height: 844 });
  await open(member);
  await ask(member, 'hello');
  await ended(member);
  const overflow = await member.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await expect(member.locator('#message')).toBeInViewport();
  await expect(member.locator('.send')).toBeInViewport();
  await expectAccessible(member);
});

test('dark, reduced motion and an empty page are accessible', async ({ member }) => {
  await member.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await open(member);
  await expectAccessible(member);
  await member.click('[data-do=help]');
  await expectAccessible(member);
});
