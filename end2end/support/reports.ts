// What tests of the report analyzer share: made-up reports, and how they are given to the page.

import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';

/** A JUnit report of failures of these messages, so many each, and of tests that passed. */
export function junit(failures: [message: string, count: number][], passed = 3): string {
  const bad = failures.flatMap(([message, count], kind) =>
    Array.from({ length: count }, (_, n) => `<testcase classname="c${kind}" name="t${kind} ${n}" time="0.5"><failure message="${message}"/></testcase>`),
  );
  const good = Array.from({ length: passed }, (_, n) => `<testcase classname="ok" name="p${n}" time="1.25"/>`);
  return `<testsuite name="s">${[...bad, ...good].join('\n')}</testsuite>`;
}

/** A file to choose. */
export const file = (name: string, text: string) => ({ name, mimeType: 'text/xml', buffer: Buffer.from(text) });

/** Opens the analyzer. */
export async function open(page: Page, at = '/reports'): Promise<void> {
  await page.goto(at);
  await page.locator('html[data-scripts]').waitFor();
}

/** Chooses these files and waits until they are read. */
export async function give(page: Page, ...files: Parameters<Page['setInputFiles']>[1][]): Promise<void> {
  await page.setInputFiles('#files', files as string[]);
  await expect(page.locator('#progress')).toBeHidden({ timeout: 30_000 });
  await expect(page.locator('#results')).toBeVisible();
}
