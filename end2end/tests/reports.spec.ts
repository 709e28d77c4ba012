// The report analyzer in a real browser: reports of real tools give the counts and the ids that the command
// gives, two runs compare, and nothing of a report goes over the network.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectNoSidewaysScroll, test } from '../support/fixtures.ts';
import { file, give, junit, open } from '../support/reports.ts';

const FOLDER = join(import.meta.dirname, '../../crates/reports/fixtures');
const CANARY = 'canary-51c09e';
const NAMES = ['passed', 'failed', 'errored', 'skipped', 'flaky'] as const;

/** Reports of these tools, and how many passed, failed, errored, were skipped, were flaky. */
const TOOLS: [file: string, counts: number[]][] = [
  ['pytest-junit.xml', [3, 3, 3, 2, 0]],
  ['jest.json', [1, 3, 1, 2, 0]],
  ['mocha.json', [2, 3, 0, 2, 1]],
  ['node.tap', [2, 3, 0, 2, 0]],
  ['playwright.json', [4, 4, 0, 4, 2]],
  ['robot.xml', [1, 2, 0, 1, 0]],
  ['ctest.xml', [1, 1, 1, 3, 0]],
  ['cucumber.json', [1, 2, 0, 1, 0]],
  ['go-test.jsonl', [2, 4, 1, 1, 0]],
  ['gtest.xml', [1, 2, 0, 2, 0]],
  ['nextest-junit.xml', [2, 3, 0, 0, 1]],
  ['allure.zip', [3, 4, 2, 2, 0]],
];

interface Analysis {
  clusters: { id: string; members: unknown[] }[];
}

/** What `spectr analyze` says of these files. */
function native(...files: string[]): Analysis {
  return JSON.parse(execFileSync(process.env.E2E_SERVER!, ['analyze', '--json', ...files], { encoding: 'utf8' }));
}

const NOW = junit([[`TimeoutError: no answer from ${CANARY}`, 4], ['KeyError: the price is gone', 2]]);

const figure = (page: Page, name: string) => page.locator(`#summary [data-count=${name}]`);
/** Chooses a report so large that there is time to press the button. */
async function huge(page: Page, input: string): Promise<void> {
  await page.evaluate((input) => {
    const block = new Blob([`<testcase name="a"><failure message="b"/></testcase>`.repeat(20_000)]);
    const data = new DataTransfer();
    data.items.add(new File(['<testsuite>', ...Array(1500).fill(block)], 'huge.xml'));
    const chosen = document.querySelector<HTMLInputElement>(input)!;
    chosen.files = data.files;
    chosen.dispatchEvent(new Event('change'));
  }, input);
}

const ids = (page: Page) => page.locator('#list .cause').evaluateAll((all) => all.map((row) => (row as HTMLElement).dataset.cause));

test('reports of twelve tools open with exact counts and the ids of the command', async ({ member }) => {
  await open(member);
  for (const [name, counts] of TOOLS) {
    const path = join(FOLDER, name);
    await give(member, path);
    await expect(figure(member, 'tests'), name).toHaveText(String(counts.slice(0, 4).reduce((sum, it) => sum + it, 0)));
    for (const [at, count] of counts.entries()) await expect(figure(member, NAMES[at]), `${name} ${NAMES[at]}`).toHaveText(String(count));
    const { clusters } = native(path);
    expect(await ids(member), name).toEqual(clusters.map((it) => it.id));
    const sizes = await member.locator('#list .cause-size').allTextContents();
    expect(sizes, name).toEqual(clusters.map((it) => String(it.members.length)));
  }
});

test('nothing of a report is in any request', async ({ member }) => {
  await open(member);
  await member.waitForLoadState('networkidle');
  const sent: string[] = [];
  member.on('request', (request) => {
    // The browser may ask for the page's icon when it likes.
    if (!request.url().endsWith('/icon.svg')) sent.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`);
  });
  await give(member, file('now.xml', NOW));
  await member.locator('#list .cause-link').first().click();
  await expect(member.locator('#detail')).toContainText(CANARY);
  await member.fill('#filter', CANARY);
  await expect(member.locator('#list .cause')).toHaveCount(1);
  expect(sent).toEqual([]);
});

test('the worker may run our code and fetch it, and nothing else', async ({ page, server }) => {
  const answer = await page.request.get(`${server.url}/analyzer-worker.js`);
  const policy = answer.headers()['content-security-policy'];
  expect(policy).toContain("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'");
});

test('the worker and its wasm weigh at most 250 KiB as they are sent', async ({ page, server }) => {
  let bytes = 0;
  for (const path of ['analyzer-worker.js', 'pkg/analyzer.js', 'pkg/analyzer.wasm']) {
    const answer = await page.request.head(`${server.url}/${path}`, { headers: { 'accept-encoding': 'br' } });
    expect(answer.headers()['content-encoding'], path).toBe('br');
    bytes += Number(answer.headers()['content-length']);
  }
  expect(bytes).toBeGreaterThan(50 * 1024);
  expect(bytes).toBeLessThanOrEqual(250 * 1024);
});

test('a cause is found, opened, arranged and linked to', async ({ member, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(member);
  await give(member, file('now.xml', NOW));
  await expect(member.locator('.sentence')).toHaveText('6 failures, 2 causes');
  await member.keyboard.press('j');
  await member.keyboard.press('j');
  await member.keyboard.press('Enter');
  const detail = member.locator('#detail');
  await expect(detail.locator('h2')).toContainText('KeyError');
  await expect(detail).toContainText('2 failing tests');
  const small = (await ids(member))[1]!;
  await expect(member).toHaveURL(new RegExp(`#cause=${small}$`));

  await detail.getByRole('button', { name: 'Copy as Markdown' }).click();
  await expect(detail.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await member.evaluate(() => navigator.clipboard.readText())).toMatch(/^### KeyError.*\n\n2 tests/);

  await detail.getByLabel('Name').fill('Prices are lost');
  await detail.getByRole('button', { name: 'Rename' }).click();
  await expect(member.locator('#list .cause-title').nth(1)).toHaveText('Prices are lost');
  await detail.getByRole('button', { name: 'Pin' }).click();
  await expect(member.locator('#list .cause-title').first()).toHaveText('Prices are lost');

  await detail.getByRole('button', { name: 'Merge' }).click();
  await expect(member.locator('#list .cause')).toHaveCount(1);
  await expect(detail).toContainText('6 failing tests');
  await detail.getByRole('button', { name: 'Split off' }).first().click();
  await expect(member.locator('#list .cause')).toHaveCount(2);
  await member.getByRole('button', { name: 'Undo my arrangement' }).click();
  await expect(member.locator('#list .badge')).toHaveCount(0);
  await member.keyboard.press('Escape');
  await expect(detail).toBeHidden();

  await member.goto('about:blank');
  await open(member, `/reports#cause=${small}`);
  await expect(member.locator('#problem')).toContainText('Drop the report');
  await give(member, file('now.xml', NOW));
  await expect(detail.locator('h2')).toContainText('KeyError');
});

test('two runs compare: new, fixed and still failing', async ({ member }) => {
  await open(member);
  await give(member, file('now.xml', NOW));
  // Three of the four time-outs were there; p2 failed.
  const before = junit([[`TimeoutError: no answer from ${CANARY}`, 3]]);
  const mended = 'name="p2"><failure message="x"/></testcase><testcase name="q"';
  await member.setInputFiles('#against', file('before.xml', before.replace('name="p2"', mended)));
  await expect(member.locator('.sentence')).toContainText('since the earlier run 3 new, 1 fixed, 3 still failing (1 new cause)');
  await expect(member.locator('#list .tests li')).toHaveCount(3);
  await member.getByRole('button', { name: /^Still failing/ }).click();
  await expect(member.locator('#list .tests li')).toHaveCount(3);
  await member.getByRole('button', { name: /^Files/ }).click();
  await expect(member.locator('#list .files li').last()).toContainText('earlier run');
  await member.getByRole('button', { name: 'Stop comparing' }).click();
  await expect(member.locator('.sentence')).toHaveText('6 failures, 2 causes');
});

test('text is pasted, files are dropped, and what cannot be read is told with its place', async ({ member }) => {
  await open(member);
  await member.getByText('Paste text instead').click();
  await member.getByLabel('Text of a report').fill(NOW);
  await member.getByRole('button', { name: 'Read text' }).click();
  await expect(member.locator('.sentence')).toHaveText('6 failures, 2 causes');

  const transfer = await member.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'torn.xml'));
    data.items.add(new File(['hello'], 'notes.txt'));
    return data;
  }, NOW.slice(0, NOW.indexOf('t1 1') + 30));
  await member.dispatchEvent('.analyzer-drop', 'drop', { dataTransfer: transfer });
  await expect(figure(member, 'tests')).toHaveText('5');
  await expect(member.locator('#summary')).toContainText('1 file is no report that is known here');
  await member.getByRole('button', { name: /^Files/ }).click();
  await expect(member.locator('[data-file="notes.txt"]')).toContainText('not a test report');
  await expect(member.locator('[data-file="torn.xml"] .problems')).toContainText(/line \d+/);
});

test('a report of 7,580 cases is paged, and what is cancelled leaves the page as it was', async ({ member }) => {
  await open(member);
  const kinds = Array.from({ length: 60 }, (_, n): [string, number] => [`Error${n}: thing ${n} broke`, n + 1]);
  await give(member, file('large.xml', junit(kinds, 7580 - (60 * 61) / 2)));
  await expect(figure(member, 'tests')).toHaveText('7,580');
  await member.getByRole('button', { name: /^Slowest/ }).click();
  await expect(member.locator('#list .tests > li')).toHaveCount(100);
  await member.locator('#list').getByRole('button', { name: 'Next' }).click();
  await expect(member.locator('#list .pager')).toContainText('101–200 of 7,580');

  await huge(member, '#files');
  await member.getByRole('button', { name: 'Cancel' }).click();
  await expect(member.locator('#progress')).toBeHidden();
  await expect(figure(member, 'tests')).toHaveText('7,580');
  await member.getByRole('button', { name: /^Causes/ }).click();
  await expect(member.locator('#list .cause')).toHaveCount(60);

  // Nor does a comparison that is called off.
  await huge(member, '#against');
  await member.getByRole('button', { name: 'Cancel' }).click();
  await expect(member.locator('#progress')).toBeHidden();
  await member.getByRole('button', { name: /^Slowest/ }).click();
  await expect(member.locator('#list .tests > li')).toHaveCount(100);
  await expect(member.getByRole('button', { name: 'Stop comparing' })).toBeHidden();
  await give(member, file('now.xml', NOW));
  await expect(member.locator('.sentence')).toHaveText('6 failures, 2 causes');
});

test('with nothing open, a cancelled reading leaves nothing', async ({ member }) => {
  await open(member);
  await huge(member, '#files');
  await member.getByRole('button', { name: 'Cancel' }).click();
  await expect(member.locator('#progress')).toBeHidden();
  await expect(member.locator('#results')).toBeHidden();
  await give(member, file('now.xml', NOW));
  await expect(member.locator('.sentence')).toHaveText('6 failures, 2 causes');
});

test('a folder is dropped as a person drops it: what is a report is read, with its path', async ({ member, context }) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'spectr-drop-')), 'build');
  mkdirSync(join(folder, 'node_modules/inner'), { recursive: true });
  mkdirSync(join(folder, 'unit'));
  writeFileSync(join(folder, 'unit/now.xml'), NOW);
  writeFileSync(join(folder, 'later.xml'), junit([['OSError: no space left', 1]], 1));
  writeFileSync(join(folder, 'node_modules/inner/theirs.xml'), NOW);
  writeFileSync(join(folder, 'notes.txt'), 'hello');
  await open(member);
  const zone = (await member.locator('.analyzer-drop').boundingBox())!;
  const browser = await context.newCDPSession(member);
  const data = { items: [], files: [folder], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await browser.send('Input.dispatchDragEvent', { type, x: zone.x + 20, y: zone.y + 20, data });
  await expect(member.locator('.sentence')).toHaveText('7 failures, 3 causes');
  await member.getByRole('button', { name: /^Files/ }).click();
  await expect(member.locator('#list .files > li')).toHaveCount(2);
  await expect(member.locator('[data-file="build/unit/now.xml"]')).toBeVisible();
  rmSync(folder, { recursive: true });
});

test('the whole is downloaded in four forms', async ({ member }) => {
  await open(member);
  await give(member, file('now.xml', NOW));
  const folder = mkdtempSync(join(tmpdir(), 'spectr-reports-'));
  writeFileSync(join(folder, 'now.xml'), NOW);
  const wanted = native(join(folder, 'now.xml'));
  rmSync(folder, { recursive: true });
  for (const [button, name] of [['HTML page', 'html'], ['Markdown', 'md'], ['JSON', 'json'], ['JUnit XML', 'xml']]) {
    await member.locator('.analyzer-tools summary').click();
    const [download] = await Promise.all([member.waitForEvent('download'), member.getByRole('button', { name: button, exact: true }).click()]);
    expect(download.suggestedFilename()).toBe(`test-report.${name}`);
    const text = readFileSync(await download.path(), 'utf8');
    for (const { id } of wanted.clusters) expect(text, name).toContain(id);
    if (name === 'json') expect(JSON.parse(text).clusters.map((it: { id: string }) => it.id)).toEqual(wanted.clusters.map((it) => it.id));
  }
});

test('with a report open the page is accessible in both themes and fits a phone', async ({ member }) => {
  await open(member);
  await give(member, join(FOLDER, 'playwright.json'));
  await member.locator('#list .cause-link').first().click();
  await expect(member.locator('#detail')).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await member.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(member);
  }
  await member.setViewportSize({ width: 360, height: 740 });
  await expectNoSidewaysScroll(member);
  await member.getByRole('button', { name: 'Close' }).click();
  await expectNoSidewaysScroll(member);
});

test('what a report says is shown, never run', async ({ member }) => {
  await open(member);
  const evil = '&lt;img src=x onerror=&quot;window.hacked=1&quot;&gt;&lt;script&gt;window.hacked=1&lt;/script&gt;';
  await give(member, file(`${'<b>'}.xml`, junit([[`Error: ${evil}`, 1]], 0).replaceAll('t0', evil)));
  await member.locator('#list .cause-link').first().click();
  await expect(member.locator('#detail')).toContainText('<img src=x');
  expect(await member.evaluate(() => 'hacked' in window)).toBe(false);
  await expect(member.locator('#analyzer img')).toHaveCount(0);
});

test('names and summaries stay in this browser, until they are forgotten', async ({ member }) => {
  await open(member);
  await give(member, file('now.xml', NOW));
  await member.locator('#list .cause-link').first().click();
  await member.locator('#detail').getByLabel('Name').fill('The queue is full');
  await member.getByRole('button', { name: 'Rename' }).click();
  await expect(member.locator('#list .cause-title').first()).toHaveText('The queue is full');
  await member.getByRole('button', { name: 'Keep summary' }).click();
  await expect(member.locator('#kept-list > li')).toHaveCount(1);

  await open(member, '/reports?again');
  await expect(member.locator('#kept-list > li')).toContainText('6 of 9 tests failed, 2 causes · now.xml');
  await give(member, file('later.xml', NOW));
  await expect(member.locator('#list .cause-title').first()).toHaveText('The queue is full');
  await member.getByRole('button', { name: 'Undo my arrangement' }).click();
  await expect(member.locator('#list .cause-title').first()).toContainText('TimeoutError');
  await member.locator('#kept-list').getByRole('button', { name: 'Forget' }).click();
  await expect(member.locator('#kept')).toBeHidden();
});

test('a report whose only test was cut does not look like a pass', async ({ member }) => {
  await open(member);
  await give(member, file('cut.xml', '<testsuite><testcase name="a"><failure mess'));
  await expect(member.locator('#summary .sentence')).toHaveText('No test was read');
  await expect(member.locator('#list')).toContainText('No test was read, so whether anything failed is not known.');
});
