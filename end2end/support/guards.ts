// Fails a test when a page writes to the console, throws, or asks another host for anything.

import type { BrowserContext, Page } from '@playwright/test';

export class Guards {
  private readonly found: string[] = [];
  private readonly expected: RegExp[] = [];

  constructor(
    context: BrowserContext,
    private readonly origin: string,
  ) {
    context.on('page', (page) => this.watch(page));
    for (const page of context.pages()) this.watch(page);
    context.on('request', (request) => {
      const url = new URL(request.url());
      if (['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol) && url.origin !== this.origin) {
        this.found.push(`foreign request: ${url.origin}`);
      }
    });
  }

  /** A message the test provokes on purpose, such as the browser's own line about a 409. */
  expect(message: RegExp): void {
    this.expected.push(message);
  }

  /** What went wrong and was not expected. */
  problems(): string[] {
    return this.found.filter((text) => !this.expected.some((pattern) => pattern.test(text)));
  }

  private watch(page: Page): void {
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) {
        const about = message.location().url || page.url();
        this.found.push(`console ${message.type()}: ${message.text()} (${about}, on ${page.url()})`);
      }
    });
    page.on('pageerror', (error) => this.found.push(`page error: ${error.message} (${page.url()})`));
  }
}
