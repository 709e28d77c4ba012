// Keys for a person's own programs, and what they connect: made, used, lost, switched on and off.

import { expect, test } from '../support/fixtures.ts';
import { newAccount, signUp, submit } from '../support/account.ts';

const KEYS = '/settings/platform-keys';
const USAGE = '/api/v1/usage';

test('a platform key is shown once, reads usage, and is dead once somebody burned it', async ({ member, request, browser, server }) => {
  await member.goto(KEYS);
  await member.fill('input[name=label]', 'nightly report');
  await submit(member, 'input[name=label]');
  const key = (await member.locator('#new-key').textContent())!;
  expect(key).toMatch(/^spectr_[0-9A-Za-z]{49}$/);
  expect(member.url(), 'never in an address').not.toContain(key);

  await member.goto(KEYS);
  expect(await member.content()).not.toContain(key);
  await expect(member.getByRole('main')).toContainText(`spectr_…${key.slice(-4)}`);

  const ask = () => request.get(USAGE, { headers: { authorization: `Bearer ${key}`, cookie: '' } });
  const answer = await ask();
  expect(answer.status()).toBe(200);
  expect(answer.headers()['set-cookie']).toBeUndefined();
  expect(await answer.json()).toMatchObject({ retention_days: 90, calls: expect.any(Array), next: null });

  await test.step('whoever finds it burns it without an account', async () => {
    const context = await browser.newContext({ baseURL: server.url });
    const finder = await context.newPage();
    await finder.goto('/security/leaked-key');
    await finder.fill('input[name=key]', `TOKEN=${key} # found in a log`);
    await submit(finder, 'input[name=key]');
    await expect(finder.getByRole('status')).toContainText('does not work any more');
    expect(finder.url()).not.toContain(key);
    await context.close();
  });
  const refused = await ask();
  expect(refused.status()).toBe(401);
  expect(refused.headers()['www-authenticate']).toContain('Bearer');
  expect(refused.headers()['content-type']).toBe('application/problem+json');
  expect(server.log()).not.toContain(key);
});

test('a key is replaced in one step, and the old one ends', async ({ member, request }) => {
  await member.goto(KEYS);
  await submit(member, 'input[name=label]');
  const first = (await member.locator('#new-key').textContent())!;
  const more = member.locator('details').filter({ hasText: `spectr_…${first.slice(-4)}` });
  await more.locator('summary').click();
  await more.getByRole('button', { name: 'Replace key' }).click();
  const second = (await member.locator('#new-key').textContent())!;
  expect(second).not.toBe(first);
  const status = async (key: string) =>
    (await request.get(USAGE, { headers: { authorization: `Bearer ${key}`, cookie: '' } })).status();
  expect([await status(first), await status(second)]).toEqual([401, 200]);
});

test('tracing needs a key, a consent and the switch, and stops where it was started', async ({ browser, server }) => {
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  await signUp(page, newAccount());
  await page.goto('/settings/integrations');
  await page.fill('input[name=key]', 'lsv2_pt_double_of_the_walk');
  await submit(page, 'input[name=key]');
  await expect(page.getByRole('status')).toContainText('Nothing is sent before you switch it on');
  expect(await page.content()).not.toContain('lsv2_pt_double_of_the_walk');

  await page.check('input[name=consent]');
  await page.getByRole('button', { name: 'Test key and switch on' }).click();
  await expect(page.getByRole('main')).toContainText('LangSmith takes your key');
  await page.getByRole('button', { name: 'Withdraw consent' }).click();
  await expect(page.getByRole('main')).toContainText('nothing is sent any more');
  await expect(page.locator('input[name=consent]')).not.toBeChecked();
  await context.close();
});

test('the API is described for machines', async ({ request }) => {
  const answer = await request.get('/openapi.json');
  expect(answer.headers()['content-type']).toContain('application/json');
  const document = await answer.json();
  expect(document.openapi).toMatch(/^3\.1/);
  expect(Object.keys(document.paths)).toContain(USAGE);
  expect(document.components.securitySchemes.platformKey).toMatchObject({ type: 'http', scheme: 'bearer' });
});
