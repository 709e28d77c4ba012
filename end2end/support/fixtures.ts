// What every browser test imports instead of Playwright's own `test`.
//
// Each worker has a server, provider doubles and one account of its own; each test a fresh browser
// context, watched by the guards. `page` is signed out, `member` is signed in.

import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';
import { newAccount, signUp, type Account } from './account.ts';
import { Guards } from './guards.ts';
import { startDoubles, startServer, type Doubles, type Server } from './server.ts';

type StorageState = Awaited<ReturnType<import('@playwright/test').BrowserContext['storageState']>>;

interface ForWorker {
  doubles: Doubles;
  server: Server;
  /** An account with a verified address, and the cookies of a browser signed in to it. */
  account: Account & { storageState: StorageState };
}

interface ForTest {
  guards: Guards;
  /** A page of a person who is signed in. */
  member: Page;
}

export const test = base.extend<ForTest, ForWorker>({
  doubles: [
    async ({}, use) => {
      const doubles = await startDoubles();
      await use(doubles);
      await doubles.stop();
    },
    { scope: 'worker' },
  ],
  server: [
    async ({ doubles }, use) => {
      const server = await startServer(doubles.env);
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
  account: [
    async ({ browser, server }, use) => {
      const account = newAccount();
      const context = await browser.newContext({ baseURL: server.url });
      await signUp(await context.newPage(), account).catch((error: Error) => {
        throw new Error(`${error.message}\n${server.log()}`);
      });
      const storageState = await context.storageState();
      await context.close();
      await use({ ...account, storageState });
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  guards: [
    async ({ context, server }, use) => {
      const guards = new Guards(context, server.url);
      await use(guards);
      expect(guards.problems(), 'the console is silent and no other host is asked').toEqual([]);
    },
    { auto: true },
  ],
  member: async ({ context, account, guards }, use) => {
    expect(guards.problems()).toEqual([]);
    await context.addCookies(account.storageState.cookies);
    await use(await context.newPage());
  },
});

export { expect };

/** Fails on any violation of WCAG 2.2 AA or axe's best practices. */
export async function expectAccessible(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const problems = found.violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  expect.soft(problems, `axe on ${page.url()}`).toEqual([]);
}

/** Fails when the page is wider than the window. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect.soft(content, `width of ${page.url()}`).toBeLessThanOrEqual(window);
}
