/**
 * Debian's Chromium, for properties of a page that only a browser can check. All tests of a file share one.
 */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const PLACE = PLACES.find(existsSync);

/** Why the browser tests cannot run; null if they can. */
export const NO_BROWSER = PLACE ? null : `no Chromium at ${PLACES.join(', ')}; try apt-get install chromium`;

/** An opened page with its console messages and the requests it made besides itself. */
export interface Opened {
  page: Page;
  said: string[];
  requests: string[];
}

export interface View {
  scheme?: 'light' | 'dark';
  width?: number;
}

/** Starts the browser before the tests; `open` opens a local file in it. */
export function useBrowser(): { open(file: string, view?: View): Promise<Opened> } {
  let browser: Browser;
  beforeAll(async () => {
    // Without a sandbox, because tests may run as root; the pages are our own.
    browser = await chromium.launch({ executablePath: PLACE!, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());
  return {
    async open(file, { scheme = 'light', width = 1200 } = {}) {
      const page = await browser.newPage({ colorScheme: scheme, viewport: { width, height: 900 } });
      const said: string[] = [];
      const requests: string[] = [];
      page.on('console', message => said.push(message.text()));
      page.on('pageerror', error => said.push(String(error)));
      const own = pathToFileURL(file).href;
      page.on('request', request => {
        if (request.url() !== own) requests.push(request.url());
      });
      await page.goto(own);
      return { page, said, requests };
    },
  };
}
