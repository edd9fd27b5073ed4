import assert from 'node:assert/strict';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { REPORT_ATTACHMENT, type ReportData } from '../../tasks/common/report/reportData';
import { CONTENT_ORIGIN, DEV_AZURE, PROJECT, TAB_URL, TOKEN, type FakeDevOps, type StoredAttachment, type StoredRun } from './fakeDevOps';
import { reportFixture } from './reportFixture';
import type { HostControl, HostScenario } from './scenario';

export const RUN = 4711;
export const TIMELINE = '96ac2280-8cb4-5df5-99de-dd2da759617d';
export const RECORD = 'e213ff0f-5d5c-4791-802d-52ea3e7be1f1';
export const OTHER_RECORD = '12f1170f-54f2-53f3-20dd-22fc7dff55f9';
export const ATTACHMENT_NAME = 'fabrikam.20261119T000000Z_20261120T000000Z.run4711-1.json';

/** As Azure DevOps shows a run today, as far as that is known. */
export const USUAL: HostScenario = {
  handshake: 'current', hasBuildEvents: true, tellsAtOnce: true, tellsProject: true, hasPageData: true, hasResourceAreas: true,
  build: { id: RUN, project: PROJECT }, collection: `${DEV_AZURE}/fabrikam/`, token: TOKEN, theme: null, resizes: false,
  tabUrl: TAB_URL, tabOrigin: CONTENT_ORIGIN,
};

/** The message that the SDK's own way to set a theme costs under a strict policy; see tab/theme.ts. */
const THEME_REFUSED = 'Applying inline style violates the following Content Security Policy directive \'style-src';

/** A run page in a context of its own, and all that went wrong on it. */
export class TabPage {
  readonly page: Page;
  readonly errors: string[] = [];
  /** How often the page's policy refused the SDK's own way to set a theme. */
  refusedThemes = 0;
  readonly requests: { readonly url: string; readonly headers: Record<string, string> }[] = [];
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.text().includes(THEME_REFUSED)) this.refusedThemes += 1;
      else if (message.type() === 'error') this.errors.push(message.text());
    });
    context.on('request', (request) => this.requests.push({ url: request.url(), headers: request.headers() }));
  }

  /** @param hasClock whether time passes only as the test says */
  static async open(browser: Browser, devOps: FakeDevOps, scenario: Partial<HostScenario> = {}, { hasClock = false, isDark = false } = {}): Promise<TabPage> {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 800 }, colorScheme: isDark ? 'dark' : 'light', locale: 'en-US', timezoneId: 'Europe/Berlin' });
    const tab = new TabPage(context, await context.newPage());
    if (hasClock) await tab.page.clock.install();
    devOps.scenario = { ...USUAL, ...scenario };
    await tab.page.goto(`${DEV_AZURE}/fabrikam/Fabrikam%20Audit/_build/results?buildId=${RUN}&view=tab`);
    return tab;
  }

  get frame(): Frame {
    const [, frame] = this.page.frames();
    assert.ok(frame, 'the page has no frame');
    return frame;
  }

  /** Waits until the tab shows a state. */
  async state(name: string): Promise<void> {
    await this.frame.locator(`[data-name="${name}"]`).waitFor({ timeout: 30_000 });
  }

  /** Waits until a report with all its rows is there. */
  async report(): Promise<void> {
    await this.frame.locator('.audit-report[data-state="ready"]').waitFor({ timeout: 30_000 });
  }

  async text(): Promise<string> {
    return this.frame.locator('body').innerText();
  }

  async calls(): Promise<readonly string[]> {
    return this.page.evaluate(() => (window as unknown as { host: HostControl }).host.calls);
  }

  async buildChanged(id: number): Promise<void> {
    await this.page.evaluate((build) => (window as unknown as { host: HostControl }).host.buildChanged(build), { id, project: PROJECT });
  }

  async changeTheme(theme: Record<string, string>): Promise<void> {
    await this.page.evaluate((variables) => (window as unknown as { host: HostControl }).host.changeTheme(variables), theme);
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}

export function attachment(data: ReportData | string | Buffer = reportFixture(), changes: Partial<StoredAttachment> = {}): StoredAttachment {
  const content = typeof data === 'string' || Buffer.isBuffer(data) ? data : JSON.stringify(data);
  return { type: REPORT_ATTACHMENT, name: ATTACHMENT_NAME, timelineId: TIMELINE, recordId: RECORD, content, address: `${DEV_AZURE}/fabrikam`, ...changes };
}

/** A run that has just ended. */
export function run(attachments: StoredAttachment[], changes: Partial<StoredRun> = {}): StoredRun {
  return { id: RUN, status: 'completed', finishTime: new Date().toISOString(), attachments, ...changes };
}
