import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { findChromium, startChromium } from '../browser/chromium';
import { FakeDevOps } from './fakeDevOps';
import type { HostScenario } from './scenario';
import { TabPage } from './tabPage';

/** What a test of the tab works with. */
export interface TabSuite {
  readonly devOps: FakeDevOps;
  readonly open: (scenario?: Partial<HostScenario>, options?: { readonly hasClock?: boolean; readonly isDark?: boolean }) => Promise<TabPage>;
  /** A page without the tab, in the same browser. */
  readonly openPage: () => Promise<Page>;
  /** Console messages and requests that this test expects to fail. */
  readonly expectErrors: (pattern: RegExp) => void;
}

/** Tests of the packaged tab in a real browser; skipped, and said so, where there is none. */
export function tabSuite(title: string, define: (suite: () => TabSuite) => void): void {
  const executable = findChromium(title);
  (executable === undefined ? describe.skip : describe)(title, function () {
    this.timeout(120_000);
    let browser: Browser;
    let devOps: FakeDevOps;
    let pages: TabPage[] = [];
    let others: Page[] = [];
    let expected: RegExp | undefined;
    before(async () => {
      devOps = await FakeDevOps.start();
      const here = ['dev.azure.com', '*.visualstudio.com', '*.gallerycdn.vsassets.io'].map((host) => `MAP ${host} 127.0.0.1:${devOps.port}`);
      browser = await startChromium(executable ?? '', [`--host-resolver-rules=${[...here, 'MAP * ~NOTFOUND'].join(', ')}`]);
    });
    after(async () => {
      await browser.close();
      await devOps.close();
    });
    afterEach(async () => {
      const [errors, unexpected] = [pages.flatMap((tab) => tab.errors), devOps.unexpected];
      await Promise.all([...pages, ...others].map((page) => page.close()));
      [pages, others] = [[], []];
      devOps.reset();
      const surprising = errors.filter((error) => !expected?.test(error));
      expected = undefined;
      assert.deepEqual({ errors: surprising, unexpected }, { errors: [], unexpected: [] });
    });
    define(() => ({
      devOps,
      open: async (scenario, options) => {
        const tab = await TabPage.open(browser, devOps, scenario, options);
        pages.push(tab);
        return tab;
      },
      openPage: async () => {
        const page = await browser.newPage();
        others.push(page);
        return page;
      },
      expectErrors: (pattern) => {
        expected = pattern;
      },
    }));
  });
}
