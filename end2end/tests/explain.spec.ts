// Models asked about causes: exactly the text that was shown, side by side, in the assistant's panes, and quotations that
// lead to its lines.

import type { Page, Route } from '@playwright/test';
import { newAccount, signUp, submit } from '../support/account.ts';
import { expect, expectAccessible, expectNoSidewaysScroll, test } from '../support/fixtures.ts';
import { file, give, junit, open } from '../support/reports.ts';

const CANARY = 'canary-51c09e';
const DOOR = '**/stream/chat';
const QUEUE = file('now.xml', junit([['TimeoutError: no answer from the queue', 1]]));
const USAGE = { input: 812, output: 392, cached_read: 0, cached_write: 0, reasoning: 0, cost_nano_usd: 2_100_000, estimated: false };

const answers = (page: Page) => page.locator('#explain-answers .answer');
const send = (page: Page) => page.locator('#explain').getByRole('button', { name: 'Send' });
const events = (...list: [string, object][]) => list.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('');

/** A key for the double that speaks as OpenAI does. */
async function sealKey(page: Page): Promise<void> {
  await page.goto('/settings/keys');
  await page.locator('select[name=provider]').first().selectOption('openai');
  await page.locator('input[name=key]').first().fill('double-key-of-the-reports');
  await submit(page, 'input[name=key]');
  await expect(page.getByRole('main')).toContainText(/works, \d+ models/);
}

/** Opens Explain for the first cause of a report and waits until it can send. */
async function explain(page: Page, report = QUEUE): Promise<void> {
  await open(page);
  await give(page, report);
  await page.locator('#list .cause-link').first().click();
  await page.getByRole('button', { name: 'Explain', exact: true }).click();
  await expect(send(page)).toBeEnabled();
}

/** Puts another model beside those that are chosen. */
async function compare(page: Page, model: string): Promise<void> {
  await page.locator('#explain').getByRole('button', { name: 'Compare' }).click();
  await page.locator('[data-field=search-models]').fill(model);
  await expect(page.locator('#models [role=option]').first()).toContainText(model);
  await page.locator('[data-field=search-models]').press('Enter');
  await expect(page.locator('#picker')).toBeHidden();
}

/** Answers the next questions with this text, as the server would. */
async function answerWith(page: Page, text: string): Promise<void> {
  const body = events(['delta', { text }], ['usage', USAGE], ['done', { stop: 'end' }]);
  await page.route(DOOR, (route: Route) => route.fulfill({ contentType: 'text/event-stream', body }));
}

test('models are asked with exactly the text that was shown, and only after Send', async ({ member }) => {
  await sealKey(member);
  const posts: string[] = [];
  member.on('request', (request) => request.method() === 'POST' && posts.push(request.postData() ?? ''));
  await explain(member, file('now.xml', junit([[`TimeoutError: login of ann@mail.example.org with password=hunter22 at ${CANARY}`, 2]])));
  const box = member.getByLabel('Exactly this text is sent');
  await expect(box).toHaveValue(/TimeoutError: login of \[email\] with password=\[secret\]/);
  await expect(member.locator('#explain .lane')).toHaveCount(1);
  await compare(member, 'double-model-02');
  await compare(member, 'double-model-03');
  await expect(member.locator('#explain .lane')).toHaveCount(3);
  await box.fill(`  ${await box.inputValue()}\nOur queue was full.\n`);
  const shown = await box.inputValue();
  for (const colorScheme of ['light', 'dark'] as const) {
    await member.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(member);
  }
  expect(posts).toEqual([]);

  const asked = member.waitForRequest(DOOR);
  await send(member).click();
  expect((await asked).headers()['x-spectr-account'], 'whose page asks').toMatch(/^[0-9a-f-]{36}$/);
  await expect(answers(member)).toHaveCount(3);
  for (const answer of await answers(member).all()) {
    await expect(answer).toHaveAttribute('data-state', 'done', { timeout: 30_000 });
    await expect(answer.locator('.answer-text')).toContainText('Our queue was full.');
    await expect(answer.locator('.answer-meta')).toContainText(/first token .* tokens \(\d+ in, \d+ out\) · (~?\$|price unknown)/);
  }
  await expect(member.locator('#explain-said')).toContainText('complete');
  await expectAccessible(member);
  expect(posts).toHaveLength(3);
  for (const body of posts) expect(JSON.parse(body)).toMatchObject({ messages: [{ role: 'user', content: shown }], system: null, feature: 'reports' });
  expect(new Set(posts.map((body) => JSON.parse(body).model)).size).toBe(3);

  // Asked again, the model gets what was sent, not what stands in the box by now.
  await box.fill('Changed after Send.');
  await answers(member).last().getByRole('button', { name: 'Regenerate' }).click();
  await expect(answers(member).last()).toHaveAttribute('data-state', 'done', { timeout: 30_000 });
  expect(posts).toHaveLength(4);
  expect(JSON.parse(posts[3]!).messages[0].content).toBe(shown);
});

test('the code that asks is loaded when Explain opens, and not before', async ({ member }) => {
  await sealKey(member);
  const loaded: string[] = [];
  member.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await open(member);
  await give(member, QUEUE);
  await member.locator('#list .cause-link').first().click();
  await expect(member.locator('#detail')).toBeVisible();
  expect(loaded).toContain('/pkg/analyzer.wasm');
  expect(loaded.filter((path) => path.startsWith('/pkg/spectr.') && !path.endsWith('.css'))).toEqual([]);
  expect(loaded).not.toContain('/stream/models');
  await member.getByRole('button', { name: 'Explain', exact: true }).click();
  await expect(send(member)).toBeEnabled();
  expect(loaded).toContain('/pkg/spectr.wasm');
  const wasm = await member.request.head('/pkg/spectr.wasm', { headers: { 'accept-encoding': 'br' } });
  expect(wasm.headers()['content-encoding']).toBe('br');
  expect(Number(wasm.headers()['content-length'])).toBeLessThanOrEqual(250 * 1024);
});

test('code that does not come is told of, and comes at the next try', async ({ member, guards }) => {
  guards.expect(/ERR_FAILED|Failed to load resource/);
  await open(member);
  await give(member, QUEUE);
  await member.route('**/pkg/spectr.wasm*', (route) => route.abort());
  await member.getByRole('button', { name: 'Explain all' }).click();
  const dialog = member.locator('#explain');
  await expect(dialog.getByRole('alert')).toContainText('could not be loaded');
  await expect(dialog.getByLabel('Exactly this text is sent')).toHaveValue(/TimeoutError/);
  await expect(send(member)).toBeDisabled();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await member.unroute('**/pkg/spectr.wasm*');
  await member.getByRole('button', { name: 'Explain all' }).click();
  await expect(send(member)).toBeEnabled();
  await expect(dialog.locator('#explain-problem')).toBeHidden();
});

test('all causes are explained in one text, and what was asked is counted for the analyzer', async ({ member }) => {
  await sealKey(member);
  await open(member);
  await give(member, file('now.xml', junit([['TimeoutError: no answer', 3], ['KeyError: the price is gone', 1]])));
  await member.getByRole('button', { name: 'Explain all' }).click();
  const box = member.getByLabel('Exactly this text is sent');
  await expect(box).toHaveValue(/Cause: TimeoutError[^]*---[^]*Cause: KeyError/);
  await send(member).click();
  await expect(answers(member)).toHaveAttribute('data-state', 'done', { timeout: 30_000 });
  await member.goto('/dashboard?by=feature');
  await expect(member.getByRole('main')).toContainText('Report Analyzer');
});

test('what an answer quotes leads to its line of what was sent, and on to the cause', async ({ member }) => {
  await sealKey(member);
  await answerWith(member, 'Cause: "no answer from the queue".\n\n> TimeoutError: no answer from the queue\n\nNot said: `something else altogether`.');
  await explain(member);
  await expect(member.locator('#explain-lines')).toBeHidden();
  await send(member).click();
  const links = member.locator('#explain-answers a.evidence');
  await expect(links).toHaveText(['no answer from the queue', 'TimeoutError: no answer from the queue']);
  await expectAccessible(member);
  const address = member.url();
  await links.last().click();
  const line = member.locator('#explain-lines > li:focus');
  await expect(line).toContainText('TimeoutError: no answer from the queue');
  await expect(line).toBeInViewport();
  expect(member.url(), 'the address stays that of the cause').toBe(address);

  await member.getByRole('link', { name: /^Line \d+ in the report$/ }).first().click();
  await expect(member.locator('#explain')).toBeHidden();
  await expect(member.locator('#detail pre')).toBeFocused();
  expect(await member.evaluate(() => getSelection()?.toString())).toBe('no answer from the queue');
  expect(member.url()).toBe(address);

  // The same cause again: the answer is still there. Another one begins anew.
  await member.getByRole('button', { name: 'Explain', exact: true }).click();
  await expect(links).toHaveCount(2);
  await member.locator('#explain').getByRole('button', { name: 'Close' }).click();
  await give(member, file('other.xml', junit([['KeyError: the price is gone', 2]])));
  await member.getByRole('button', { name: 'Explain all' }).click();
  await expect(member.getByLabel('Exactly this text is sent')).toHaveValue(/KeyError/);
  await expect(answers(member)).toHaveCount(0);
  await expect(member.locator('#explain-lines')).toHaveCount(0);
});

test('an answer is Markdown with code to copy, and nothing of it runs, loads or leads away from the report', async ({ member, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await sealKey(member);
  const code = 'def test_queue():\n    assert take() is None\n';
  await answerWith(member, `# Cause\n\n<img src=x onerror=alert(1)> ![p](https://foreign.example/p.png)\n\n\`\`\`python\n${code}\`\`\`\n\nSee [keys](/settings/keys).`);
  await explain(member);
  await send(member).click();
  const answer = answers(member);
  await expect(answer).toHaveAttribute('data-state', 'done');
  await expect(answer.locator('.tok-keyword').first()).toHaveText('def');
  await expect(answer.locator('.answer-text img')).toHaveCount(0);
  await answer.locator('[data-do=copy-code]').click();
  await expect(answer.locator('[data-do=copy-code]')).toHaveText('Copied');
  expect(await member.evaluate(() => navigator.clipboard.readText())).toBe(code);
  await answer.getByRole('button', { name: 'Copy answer' }).click();
  await expect.poll(() => member.evaluate(() => navigator.clipboard.readText())).toMatch(/^# Cause\n/);
  const [tab] = await Promise.all([context.waitForEvent('page'), answer.getByRole('link', { name: 'keys' }).click()]);
  await expect(tab).toHaveURL(/\/settings\/keys$/);
  await tab.close();
  await expect(member.locator('.sentence')).toHaveText('1 failure, 1 cause');
});

test('each answer has a Stop of its own, and closing stops them all', async ({ member }) => {
  await sealKey(member);
  await explain(member);
  await member.locator('#explain .lane-model').click();
  await member.locator('[data-field=search-models]').fill('double-slow');
  await member.locator('[data-field=search-models]').press('Enter');
  await compare(member, 'double-endless');
  await send(member).click();
  const [slow, endless] = [answers(member).first(), answers(member).last()];
  await expect(slow).toHaveAttribute('data-state', 'streaming');
  await expect(endless).toHaveAttribute('data-state', 'streaming');
  await expect(slow.locator('.answer-meter')).toContainText('tokens');
  await member.getByRole('button', { name: 'Stop double-endless' }).click();
  await expect(endless).toHaveAttribute('data-state', 'stopped');
  await expect(slow).toHaveAttribute('data-state', 'streaming');
  await member.keyboard.press('Escape');
  await expect(member.locator('#explain')).toBeHidden();
  await member.getByRole('button', { name: 'Explain', exact: true }).click();
  await expect(slow).toHaveAttribute('data-state', 'stopped');
  await expect(slow.locator('.answer-text')).not.toBeEmpty();
  await expect(slow).toContainText('What had arrived is kept');
});

test('a fault names its mend, and Retry asks again with the same text', async ({ member, guards, context }) => {
  guards.expect(/409/);
  await sealKey(member);
  await explain(member);
  await member.route(DOOR, (route) =>
    route.fulfill({
      status: 409,
      contentType: 'application/problem+json',
      body: JSON.stringify({ status: 409, code: 'no_key', detail: 'No key for this provider.', help: 'Add a key under Settings, API keys.' }),
    }),
  );
  await send(member).click();
  const answer = answers(member);
  await expect(answer).toHaveAttribute('data-state', 'failed');
  await expect(answer.locator('.answer-fault')).toContainText('Add a key under Settings, API keys.');
  await expect(member.locator('#explain-said')).toContainText('No key for this provider.');
  const [tab] = await Promise.all([context.waitForEvent('page'), answer.getByRole('link', { name: 'Open API keys' }).click()]);
  await expect(tab).toHaveURL(/\/settings\/keys$/);
  await tab.close();
  await member.unroute(DOOR);
  await answerWith(member, 'Better now.');
  const sent = member.waitForRequest(DOOR);
  await answer.getByRole('button', { name: 'Retry' }).click();
  expect(JSON.parse((await sent).postData()!).messages[0].content).toBe(await member.getByLabel('Exactly this text is sent').inputValue());
  await expect(answer).toContainText('Better now.');
});

test('without a key Explain shows the text, points to Settings, and the guide says that it is no model', async ({ browser, server }) => {
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  await signUp(page, newAccount());
  await explain(page);
  const dialog = page.locator('#explain');
  await expect(dialog.getByRole('link', { name: 'API keys' })).toHaveAttribute('href', '/settings/keys');
  await expect(dialog.getByLabel('Exactly this text is sent')).toHaveValue(/TimeoutError/);
  await send(page).click();
  await expect(answers(page)).toHaveAttribute('data-state', 'done', { timeout: 30_000 });
  await expect(answers(page)).toContainText('cannot read this failure');
  await context.close();
});

test('on a phone everything fits, and a long answer does not hold the page up', async ({ member }) => {
  await member.setViewportSize({ width: 390, height: 844 });
  await sealKey(member);
  const part = '# Part\n\n> TimeoutError: no answer from the queue\n\n`code`\n\n```ts\nconst a = 1; // note\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n';
  const pieces = part.repeat(100).match(/[\s\S]{1,12}/g)!;
  const body = events(...pieces.map((text): [string, object] => ['delta', { text }]), ['usage', USAGE], ['done', { stop: 'end' }]);
  await member.route(DOOR, (route) => route.fulfill({ contentType: 'text/event-stream', body }));
  await explain(member);
  await compare(member, 'double-model-02');
  await expectNoSidewaysScroll(member);
  await send(member).click();
  for (const answer of await answers(member).all()) {
    await expect(answer).toHaveAttribute('data-state', 'done', { timeout: 30_000 });
    await expect(answer.locator('a.evidence')).toHaveCount(100);
    await expect(answer.locator('figure')).toHaveCount(100);
  }
  await expectNoSidewaysScroll(member);
  const dialog = (await member.locator('#explain').boundingBox())!;
  expect(dialog.width).toBeLessThanOrEqual(390);
});
