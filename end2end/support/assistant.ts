// JARVIS as tests use it: the page opened, a question asked, an answer given in the server's place.

import { expect, type Locator, type Page, type Route } from '@playwright/test';
import { hydrated } from './account.ts';

export const DOOR = '**/stream/chat';

export async function open(page: Page): Promise<void> {
  await page.goto('/assistant');
  await hydrated(page);
}

export async function ask(page: Page, text: string): Promise<void> {
  await page.fill('#message', text);
  await page.locator('#message').press('Enter');
}

export const answer = (page: Page): Locator => page.locator('.answer').last();

export async function ended(page: Page, state = 'done'): Promise<void> {
  await expect(answer(page)).toHaveAttribute('data-state', state, { timeout: 30_000 });
}

export function events(...list: [string, object][]): string {
  return list.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('');
}

export const OPEN = {
  request_id: '0199b6a0-0000-7000-8000-000000000001',
  provider: 'spectr',
  model: 'spectr/guide',
  credential: 'none',
};
export const USAGE = { input: 812, output: 392, cached_read: 0, cached_write: 0, reasoning: 0, cost_nano_usd: 2_100_000, estimated: false };

/** Answers the next questions with this text, as the server would. */
export async function answerWith(page: Page, text: string): Promise<void> {
  await page.route(DOOR, (route: Route) =>
    route.fulfill({
      contentType: 'text/event-stream',
      body: events(['open', OPEN], ['delta', { text }], ['usage', USAGE], ['done', { stop: 'end' }]),
    }),
  );
}
