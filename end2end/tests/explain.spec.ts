// Models asked about causes: exactly the text that was shown, side by side, and quotations that lead to its lines.

import type { Page } from '@playwright/test';
import { submit } from '../support/account.ts';
import { expect, expectAccessible, test } from '../support/fixtures.ts';
import { file, give, junit, open } from '../support/reports.ts';

const CANARY = 'canary-51c09e';

/** A key for the double that speaks as OpenAI does. */
async function sealKey(page: Page): Promise<void> {
  await page.goto('/settings/keys');
  await page.locator('select[name=provider]').first().selectOption('openai');
  await page.locator('input[name=key]').first().fill('double-key-of-the-reports');
  await submit(page, 'input[name=key]');
  await expect(page.getByRole('main')).toContainText(/works, \d+ models/);
}

test('models are asked with exactly the text that was shown, and only after Send', async ({ member }) => {
  await sealKey(member);
  await open(member);
  const posts: string[] = [];
  member.on('request', (request) => request.method() === 'POST' && posts.push(request.postData() ?? ''));
  await give(member, file('now.xml', junit([[`TimeoutError: login of ann@mail.example.org with password=hunter22 at ${CANARY}`, 2]])));
  await member.locator('#list .cause-link').first().click();
  await member.getByRole('button', { name: 'Explain', exact: true }).click();
  const box = member.getByLabel('Exactly this text is sent');
  await expect(box).toHaveValue(/TimeoutError: login of \[email\] with password=\[secret\]/);
  await expect(member.locator('#explain-model-1 option')).not.toHaveCount(0);
  await member.getByRole('button', { name: 'Compare with another model' }).click();
  await expect(member.locator('#explain-model-2 option')).not.toHaveCount(0);
  await expectAccessible(member);
  await box.fill(`${await box.inputValue()}\nOur queue was full.`);
  const shown = await box.inputValue();
  expect(posts).toEqual([]);

  await member.getByRole('button', { name: 'Send' }).click();
  const answers = member.locator('#explain-answers .answer');
  await expect(answers).toHaveCount(2);
  for (const answer of await answers.all()) {
    await expect(answer).toHaveAttribute('data-state', 'done');
    await expect(answer.locator('.answer-text')).not.toBeEmpty();
    await expect(answer.locator('.answer-meta')).toContainText('tokens');
  }
  expect(posts).toHaveLength(2);
  for (const body of posts) expect(JSON.parse(body)).toMatchObject({ messages: [{ role: 'user', content: shown }], feature: 'reports' });
});

test('all causes are explained in one text, and what was asked is counted for the analyzer', async ({ member }) => {
  await sealKey(member);
  await open(member);
  await give(member, file('now.xml', junit([['TimeoutError: no answer', 3], ['KeyError: the price is gone', 1]])));
  await member.getByRole('button', { name: 'Explain all' }).click();
  const box = member.getByLabel('Exactly this text is sent');
  await expect(box).toHaveValue(/Cause: TimeoutError[^]*---[^]*Cause: KeyError/);
  await expect(member.locator('#explain-model-1 option')).not.toHaveCount(0);
  await member.getByRole('button', { name: 'Send' }).click();
  await expect(member.locator('#explain-answers .answer')).toHaveAttribute('data-state', 'done');
  await member.goto('/dashboard?by=feature');
  await expect(member.getByRole('main')).toContainText('Report Analyzer');
});

test('what an answer quotes leads to its line of what was sent', async ({ member }) => {
  await sealKey(member);
  await open(member);
  await give(member, file('now.xml', junit([['TimeoutError: no answer from the queue', 1]])));
  const text = 'Cause: "no answer from the queue".\n\n> TimeoutError: no answer from the queue\n\nNot said: `something else altogether`.';
  const events = [['delta', { text }], ['done', { stop: 'end' }]].map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  await member.route('**/stream/chat', (route) => route.fulfill({ contentType: 'text/event-stream', body: events.join('') }));
  await member.locator('#list .cause-link').first().click();
  await member.getByRole('button', { name: 'Explain', exact: true }).click();
  await expect(member.locator('#explain-model-1 option')).not.toHaveCount(0);
  await expect(member.locator('#explain-sent')).toBeHidden();
  await member.getByRole('button', { name: 'Send' }).click();
  const links = member.locator('#explain-answers a.evidence');
  await expect(links).toHaveText(['no answer from the queue', 'TimeoutError: no answer from the queue']);
  await expectAccessible(member);
  const address = member.url();
  await links.last().click();
  const line = member.locator('#explain-lines > li:focus');
  await expect(line).toContainText('TimeoutError: no answer from the queue');
  await expect(line).toBeInViewport();
  expect(member.url(), 'the address stays that of the cause').toBe(address);
});
