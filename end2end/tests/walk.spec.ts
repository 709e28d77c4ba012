// What Spectr is for, whole: sign up, seal a key, ask a model, see what it cost. On both databases.

import { expect, test } from '../support/fixtures.ts';
import { hydrated, newAccount, signUp, submit } from '../support/account.ts';
import { Guards } from '../support/guards.ts';
import { startServer } from '../support/server.ts';

const databases: Record<string, () => Record<string, string>> = {
  SQLite: () => ({}),
  PostgreSQL: () => {
    const url = process.env.E2E_POSTGRES_URL;
    if (!url) throw new Error('E2E_POSTGRES_URL is not set: run the browser tests by `cargo xtask test`');
    return { DATABASE_URL: url };
  },
};

for (const [database, settings] of Object.entries(databases)) {
  test(`from sign-up to what the call cost, on ${database}`, async ({ browser, doubles }) => {
    test.setTimeout(120_000);
    const server = await startServer({ ...doubles.env, ...settings() });
    const context = await browser.newContext({ baseURL: server.url });
    try {
      const guards = new Guards(context, server.url);
      const page = await context.newPage();
      await signUp(page, newAccount());

      await test.step('a key that the provider refuses is not kept', async () => {
        await page.goto('/settings/keys');
        guards.expect(/status of 4\d\d/);
        await page.locator('select[name=provider]').first().selectOption('openai');
        await page.locator('input[name=key]').first().fill('wrong-key');
        await submit(page, 'input[name=key]');
        await expect(page.locator('input[name=key]').first()).toHaveValue('');
        await expect(page.getByRole('main')).toContainText(/does not accept this key/i);
      });

      await test.step('a key that works is tried, sealed and masked', async () => {
        await page.goto('/settings/keys');
        await page.locator('select[name=provider]').first().selectOption('openai');
        await page.locator('input[name=key]').first().fill('double-key-of-the-walk');
        await submit(page, 'input[name=key]');
        await expect(page.getByRole('main')).toContainText(/works, \d+ models/);
        expect(await page.content()).not.toContain('double-key-of-the-walk');
      });

      await test.step('an answer appears token by token', async () => {
        await page.goto('/assistant');
        await hydrated(page);
        await page.getByRole('textbox', { name: 'Message' }).fill('Write one test case for a login form.');
        await page.keyboard.press('Enter');
        const answer = page.locator('article.answer').last();
        await expect(answer).toHaveAttribute('data-state', 'done');
        await expect(answer.locator('.answer-text')).not.toBeEmpty();
      });

      await test.step('the call is on the dashboard', async () => {
        await page.goto('/dashboard');
        await expect(page.getByRole('main')).toContainText(/openai/i);
      });

      expect(guards.problems()).toEqual([]);
      expect(server.log()).not.toContain('double-key-of-the-walk');
    } finally {
      await context.close();
      await server.stop();
    }
  });
}
