// A person's rights, as a person exercises them: see, download, correct, stop, delete, call off.

import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from '@playwright/test';
import { expect, expectAccessible, test } from '../support/fixtures.ts';
import { newAccount, signIn, signUp, submit, type Account } from '../support/account.ts';
import { Guards } from '../support/guards.ts';
import { readZip } from '../support/zip.ts';

const DATA = ['account', 'provider_keys', 'usage', 'sessions', 'consents', 'requests', 'security', 'saved'];

interface Person {
  page: Page;
  account: Account;
  /** Closes the browser; fails when a page wrote to the console or asked another host. */
  leave: (...expected: RegExp[]) => Promise<void>;
}

/** A person nobody else in this run is, signed in. */
async function person(browser: Browser, url: string): Promise<Person> {
  const context = await browser.newContext({ baseURL: url, acceptDownloads: true });
  const guards = new Guards(context, url);
  const page = await context.newPage();
  const account = newAccount();
  await signUp(page, account);
  const leave = async (...expected: RegExp[]) => {
    for (const pattern of expected) guards.expect(pattern);
    expect(guards.problems(), 'the console is silent and no other host is asked').toEqual([]);
    await context.close();
  };
  return { page, account, leave };
}

/** What the browser itself says of a form that came back. */
const REFUSED = /status of 4\d\d/;

/** Saves what this action downloads. */
async function download(page: Page, action: () => Promise<void>): Promise<Buffer> {
  const [found] = await Promise.all([page.waitForEvent('download'), action()]);
  return readFile(await found.path());
}

test('the privacy centre shows what is held and leads to every right', async ({ browser, server }) => {
  const { page, account, leave } = await person(browser, server.url);
  await page.goto('/settings/privacy');
  const main = page.getByRole('main');
  for (const words of ['Account', 'Security log']) await expect(main).toContainText(words);
  for (const name of ['See', 'Download', 'Correct', 'Delete']) await expect(main.getByText(name, { exact: true }).first()).toBeVisible();
  const links = await main.locator('a[href^="/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')!.split(/[#?]/)[0]!));
  for (const path of new Set(links)) {
    const answer = await page.request.get(path, { maxRedirects: 0 });
    expect(answer.status(), path).toBeLessThan(400);
  }
  await expectAccessible(page);
  expect(account.email).toContain('@');
  await leave();
});

test('the download is whole, signed, and holds no secret', async ({ browser, server }) => {
  const { page, account, leave } = await person(browser, server.url);
  const secret = 'double-key-of-the-download';
  await page.goto('/settings/keys');
  await page.locator('select[name=provider]').first().selectOption('openai');
  await page.locator('input[name=key]').first().fill(secret);
  await submit(page, 'input[name=key]');

  await page.goto('/settings/privacy/downloads');
  const zip = await download(page, () => page.getByRole('button', { name: 'Download my data' }).click());
  const entries = readZip(zip);
  const paths = [...entries.keys()];
  expect(paths).toEqual(expect.arrayContaining(['README.html', 'manifest.json', 'manifest.sig', ...DATA.map((name) => `data/${name}.json`)]));
  const manifest = JSON.parse(entries.get('manifest.json')!.toString());
  const listed = manifest.files.map((file: { path: string }) => file.path).sort();
  expect(listed).toEqual(paths.filter((path) => !path.startsWith('manifest.')).sort());
  for (const file of manifest.files) {
    const bytes = entries.get(file.path)!;
    expect(bytes.length, file.path).toBe(file.bytes);
    expect(createHash('sha256').update(bytes).digest('hex'), file.path).toBe(file.sha256);
  }

  const { keys } = await (await page.request.get('/.well-known/spectr-keys.json')).json();
  const signed = keys.some((key: { public_key: string }) => {
    const head = Buffer.from('302a300506032b6570032100', 'hex');
    const der = Buffer.concat([head, Buffer.from(key.public_key, 'hex')]);
    const known = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return verify(null, entries.get('manifest.json')!, known, entries.get('manifest.sig')!);
  });
  expect(signed, 'a published key of this server signed the manifest').toBe(true);

  const everything = [...entries.values()].map((bytes) => bytes.toString('utf8')).join('\n');
  expect(everything).toContain(account.email);
  expect(everything).not.toContain(secret);
  expect(everything).not.toMatch(/\$2b\$12\$/);
  await leave();
});

test('an old sign-in is asked for the password before a download', async ({ browser, server }) => {
  const { page, leave } = await person(browser, server.url);
  const answer = await page.request.get('/settings/privacy/export');
  expect(answer.headers()['content-type']).toBe('application/zip');
  const wrong = await page.request.post('/settings/privacy/export', {
    form: { password: 'not the password' },
    headers: { origin: server.url, accept: 'text/html' },
  });
  expect(wrong.status()).toBe(422);
  expect(await wrong.text()).toContain('aria-invalid');
  await leave();
});

test('a correction stands in the security log with what was there before', async ({ browser, server }) => {
  const { page, leave } = await person(browser, server.url);
  await page.goto('/settings/profile');
  await page.locator('input[name=name]').first().fill('Augusta Ada King');
  await submit(page, 'input[name=name]');
  await page.goto('/settings/privacy/security-log');
  const main = page.getByRole('main');
  await expect(main).toContainText(/Chain of \d+ events intact/);
  await expect(main).toContainText('Profile changed');
  await expect(main).toContainText('Ada Lovelace');
  await expect(main).toContainText('Augusta Ada King');
  await leave();
});

test('uses are stopped, consents given and taken back, and a request has a clock', async ({ browser, server }) => {
  const { page, leave } = await person(browser, server.url);
  await page.goto('/settings/privacy/rights');
  const main = page.getByRole('main');
  await main.getByRole('button', { name: /^(Object|Restrict): / }).first().click();
  await expect(main).toContainText('Stopped');
  await main.getByRole('button', { name: /^Allow again: / }).first().click();
  await main.getByRole('button', { name: /^I agree: / }).first().click();
  await expect(main).toContainText('In force');
  await main.getByRole('button', { name: /^Withdraw: / }).first().click();
  await page.fill('textarea[name=message]', 'Please tell me where my data came from.');
  await submit(page, 'textarea[name=message]');
  await expect(main).toContainText('Your request has arrived');
  await expect(main).toContainText(/(29|30) days left/);
  await leave();
});

test('a deletion is asked for, waits with a receipt, and is called off', async ({ browser, server }) => {
  const { page, account, leave } = await person(browser, server.url);
  await page.goto('/settings/privacy/delete');
  await expectAccessible(page);
  await page.fill('input[name=confirm]', 'delete');
  await page.fill('input[name=password]', account.password);
  await submit(page, 'input[name=confirm]');
  await expect(page.getByRole('main')).toContainText('Type DELETE in capital letters');
  await page.fill('input[name=confirm]', 'DELETE');
  await page.fill('input[name=password]', account.password);
  await submit(page, 'input[name=confirm]');
  await page.waitForURL(/\/erasure\/[0-9a-f-]{36}/);
  await expectAccessible(page);
  const receipt = new URL(page.url()).pathname;

  const stranger = await browser.newContext({ baseURL: server.url });
  const facts = await (await stranger.request.get(receipt, { headers: { accept: 'application/json' } })).text();
  expect(facts).not.toContain(account.email);
  expect(facts).not.toContain(account.name);
  await stranger.close();

  await page.goto('/settings/privacy/delete');
  await page.getByRole('button', { name: 'Keep my account' }).click();
  await expect(page.getByRole('main')).toContainText('Your account stays');
  await page.goto(receipt);
  await expect(page.getByRole('main')).toContainText('The account stays');
  await leave(REFUSED);
});

test('a deletion at once ends the account, and the receipt is signed', async ({ browser, server }) => {
  const { page, account, leave } = await person(browser, server.url);
  await page.goto('/settings/privacy/delete');
  await page.check('input[name=when][value=now]');
  await page.fill('input[name=confirm]', 'DELETE');
  await page.fill('input[name=password]', account.password);
  await submit(page, 'input[name=confirm]');
  await page.waitForURL(/\/erasure\//);
  const receipt = new URL(page.url()).pathname;
  await expect(page.getByRole('main')).toContainText('It is all gone', { timeout: 30_000 });
  expect((await page.context().cookies()).map((cookie) => cookie.name)).toEqual([]);
  const signed = await page.request.get(`${receipt}/receipt.json`);
  expect(signed.status()).toBe(200);
  expect(await signed.text()).not.toContain(account.email);
  await page.goto('/login');
  await page.fill('input[name=email]', account.email);
  await page.fill('input[name=password]', account.password);
  await submit(page, 'input[name=password]');
  await expect(page).toHaveURL(/\/login/);
  await leave(REFUSED);
});

test('the proof page checks this server, and the canary is found nowhere', async ({ browser, server }) => {
  test.setTimeout(120_000);
  const { page, leave } = await person(browser, server.url);
  await page.goto('/privacy/proof');
  await expectAccessible(page);
  await expect(page.getByRole('main')).toContainText('90 days');
  await page.getByRole('button', { name: /^Send a/ }).click();
  await expect(page.locator('#canary')).toContainText('Not found anywhere', { timeout: 60_000 });
  await expect(page.locator('#canary')).toContainText('Not searched');
  const canary = (await page.locator('#canary .proof-string').textContent())!;
  expect(server.log()).not.toContain(canary);
  await expectAccessible(page);
  await leave();
});

test('somebody else in the account: every device is signed out', async ({ browser, server }) => {
  const { page, account, leave } = await person(browser, server.url);
  const other = await browser.newContext({ baseURL: server.url });
  const second = await other.newPage();
  await signIn(second, account);
  await page.goto('/settings/privacy/security-log');
  await page.getByRole('button', { name: /not me/i }).click();
  await expect(page).toHaveURL(/\/not-me/);
  await second.goto('/dashboard');
  await expect(second).toHaveURL(/\/login/);
  await other.close();
  await leave();
});
