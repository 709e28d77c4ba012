// Saving what was chosen of a report: exactly the text that was shown is sent, and only then; the history tells which
// causes came, stayed and went.

import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectNoSidewaysScroll, test } from '../support/fixtures.ts';
import { file, give, junit, open } from '../support/reports.ts';

const CANARY = 'canary-88d1f2';
const FIRST = junit([[`TimeoutError: login of ann@mail.example.org failed at ${CANARY}`, 4], ['KeyError: the price is gone', 2]]);
const SECOND = junit([['KeyError: the price is gone', 1], ['OSError: no space left on device', 3]], 5);

const rows = (page: Page) => page.locator('#saved tbody tr');

async function save(page: Page, name: string, keep: string): Promise<string> {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const dialog = page.locator('#save');
  await dialog.locator(`input[value=${keep}]`).check();
  // Last, so that the button takes the focus from it.
  await dialog.getByLabel('Name', { exact: true }).fill(name);
  await expect(dialog.locator('#save-text')).toContainText(`"keep": "${keep}"`);
  await expect(dialog.locator('#save-text')).toContainText(`"name": "${name}"`);
  const shown = (await dialog.locator('#save-text').textContent())!;
  const sent = page.waitForRequest((it) => it.method() === 'POST' && it.url().endsWith('/reports/saved'));
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  expect((await sent).postData()).toBe(shown);
  await expect(dialog).toBeHidden();
  return shown;
}

test('a report is saved as it was shown, compared with the next one, opened, renamed and deleted', async ({ member, context }) => {
  await open(member);
  await expect(member.locator('#saved')).toContainText('None yet');
  const posts: string[] = [];
  member.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
  await give(member, file('first.xml', FIRST));
  await member.getByRole('button', { name: 'Save', exact: true }).click();
  const dialog = member.locator('#save');
  // Each choice shows what it keeps.
  const text = dialog.locator('#save-text');
  await expect(text).toContainText('TimeoutError: login of [email]');
  await expect(text).not.toContainText('t0 1');
  await dialog.locator('input[value=tests]').check();
  await expect(text).toContainText('t0 1');
  await expectAccessible(member);
  await dialog.locator('input[value=counts]').check();
  await expect(text).not.toContainText(CANARY);
  await expect(text).toContainText('"failed": 6');
  await dialog.getByRole('button', { name: 'Close' }).click();
  expect(posts, 'nothing is sent before Save').toEqual([]);

  const shown = await save(member, 'Monday', 'causes');
  expect(shown).not.toContain('ann@');
  await expect(rows(member)).toHaveCount(1);
  await expect(rows(member)).toContainText('6 of 9');
  await expect(member.locator('.sentence'), 'the report at hand stays open').toHaveText('6 failures, 2 causes');

  await give(member, file('second.xml', SECOND));
  await save(member, 'Tuesday', 'tests');
  await expect(rows(member)).toHaveCount(2);
  await expect(rows(member).first()).toContainText('1 new · 1 still there · 1 gone');
  await expect(member.getByRole('img', { name: 'Failures of the saved reports, the oldest first: 6, 4' })).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await member.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(member);
  }

  // A saved report opens beside the one at hand, which stays.
  const [tab] = await Promise.all([context.waitForEvent('page'), rows(member).first().getByRole('link', { name: 'Tuesday' }).click()]);
  await expect(tab.locator('.sentence')).toHaveText('Tuesday');
  await tab.close();
  await expect(member.locator('.sentence')).toHaveText('4 failures, 2 causes');

  // With nothing open that could be lost, in its place.
  await open(member);
  await rows(member).first().getByRole('link', { name: 'Tuesday' }).click();
  await expect(member.locator('.sentence')).toHaveText('Tuesday');
  const causes = member.locator('.saved-causes').first().locator('> li');
  await expect(causes).toHaveCount(2);
  await expect(causes.first()).toContainText('new');
  await causes.first().locator('summary').click();
  await expect(causes.first()).toContainText('no space left on device');
  await expect(causes.first()).toContainText('c1 › t1 2');
  await expect(member.locator('.saved-gone')).toContainText('TimeoutError');
  await expectAccessible(member);
  await member.setViewportSize({ width: 360, height: 740 });
  await expectNoSidewaysScroll(member);
  await member.getByLabel('Name', { exact: true }).fill('Tuesday, mended');
  await member.getByRole('button', { name: 'Rename' }).click();
  await expect(member.locator('.sentence')).toHaveText('Tuesday, mended');

  // Deleted on its page, and from the list with a report open, which stays.
  member.on('dialog', (asked) => asked.accept());
  await member.getByRole('button', { name: 'Delete saved report' }).click();
  await expect(member).toHaveURL(/\/reports\?notice=deleted/);
  await expect(rows(member)).toHaveCount(1);
  await expectNoSidewaysScroll(member);
  await give(member, file('first.xml', FIRST));
  await member.getByRole('button', { name: 'Delete Monday' }).click();
  await expect(member.locator('#saved')).toContainText('None yet');
  await expect(member.locator('.sentence')).toHaveText('6 failures, 2 causes');
});

test('what the server refuses is said in the dialog, and nothing is lost', async ({ member, guards }) => {
  guards.expect(/status of 422/);
  await open(member);
  await give(member, file('first.xml', FIRST));
  await member.route('**/reports/saved', (route) =>
    route.fulfill({ status: 422, contentType: 'application/problem+json', body: JSON.stringify({ detail: 'Fifty are kept.', help: 'Delete one.' }) }),
  );
  await member.getByRole('button', { name: 'Save', exact: true }).click();
  const dialog = member.locator('#save');
  const button = dialog.getByRole('button', { name: 'Save', exact: true });
  await expect(button).toBeEnabled();
  await button.click();
  await expect(dialog.getByRole('alert')).toHaveText('Fifty are kept. Delete one.');
  await expect(button).toBeEnabled();
});
