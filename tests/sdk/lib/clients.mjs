// Official clients in pages of a browser. Both kinds are driven in one way.

import { chromium } from 'playwright-core';

import { serveFiles } from './site.mjs';
import { soon, until } from './wait.mjs';

/** The kinds of clients: the Go core as WebAssembly with a database of its own, and the one in plain JavaScript without. */
export const KINDS = { wasm: '@openim/wasm-client-sdk', pure: '@openim/client-sdk' };

/** A browser and the site its pages come from. */
export class Browser {
  #browser;
  #site;

  /** Starts both; `executablePath` is a Chromium. */
  static async start(executablePath) {
    const browser = new Browser();
    browser.#site = await serveFiles();
    browser.#browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    return browser;
  }

  /** Opens a device: a page with a storage of its own. */
  async open(kind, name) {
    const context = await this.#browser.newContext();
    const page = await context.newPage();
    const device = new Device(page, kind, name);
    await page.exposeFunction('report', (event) => device.heard(event));
    page.on('console', (message) => device.wrote(message.text()));
    page.on('pageerror', (error) => device.wrote(String(error)));
    await page.goto(`${this.#site.address}/pages/${kind}.html`);
    await device.loaded();
    return device;
  }

  /** Ends both. */
  async stop() {
    await this.#browser?.close();
    this.#site?.stop();
  }
}

/** A refusal that a client tells of. */
export class Refusal extends Error {
  constructor(method, code, message) {
    super(`${method} failed with ${code}: ${message}`);
    this.code = code;
  }
}

/** One client in one page. */
export class Device {
  /** The user who is logged in; empty for none. */
  user = '';
  #page;
  #events = [];
  #output = [];
  #listeners = new Set();

  constructor(page, kind, name) {
    this.#page = page;
    this.kind = kind;
    this.name = name;
  }

  /** Calls a method of the client that must succeed and returns its data. */
  async call(method, ...args) {
    const invoked = this.#page.evaluate(([name, values]) => window.invoke(name, values), [method, args]);
    const { data, errCode, errMsg } = await soon(`${this.name}: ${method} answers`, invoked, () => this.told());
    if (errCode !== 0) throw new Refusal(method, errCode, errMsg);
    return data;
  }

  /** Calls a method that must be refused and returns the refusal. */
  async refused(method, ...args) {
    try {
      await this.call(method, ...args);
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
    throw new Error(`${this.name}: ${method} was not refused`);
  }

  /** Waits for an event that fits, past or to come, and returns its data. Each event is returned once. */
  async seen(event, fits = () => true) {
    const names = [event].flat();
    let listener;
    const found = new Promise((resolve) => {
      listener = () => {
        const hit = this.#events.find((one) => !one.taken && names.includes(one.event) && fits(one.data));
        if (!hit) return;
        hit.taken = true;
        resolve(hit.data);
      };
      this.#listeners.add(listener);
      listener();
    });
    try {
      return await soon(`${this.name} sees ${names.join(' or ')}`, found, () => this.told());
    } finally {
      this.#listeners.delete(listener);
    }
  }

  /** Tells how many events that fit came so far. */
  count(event, fits = () => true) {
    return this.#events.filter((one) => [event].flat().includes(one.event) && fits(one.data)).length;
  }

  /** Asks the client until the answer fits, and returns it. */
  async eventually(method, args, fits) {
    let last;
    const ask = async () => {
      last = await this.call(method, ...args);
      return fits(last);
    };
    await until(`${this.name}: ${method} answers as it should`, ask).catch((error) => {
      throw new Error(`${error.message}; the client said ${JSON.stringify(last)}${this.told()}`);
    });
    return last;
  }

  /** Forgets the events so far. */
  forget() {
    this.#events = [];
    this.#output = [];
  }

  /** Waits until the page has its client. */
  async loaded() {
    await this.#page.waitForFunction('window.invoke');
  }

  /** Loads the page again. */
  async reload() {
    await this.#page.reload();
    await this.loaded();
  }

  /** Ends the client. */
  async close() {
    await this.#page.context().close();
  }

  /** Takes an event in; one that tells of a list counts as one for each of it. */
  heard(event) {
    for (const data of [event.data].flat()) this.#events.push({ ...event, data });
    for (const listener of this.#listeners) listener();
  }

  /** Takes a line of the page's console in. */
  wrote(line) {
    this.#output.push(line);
  }

  /** Tells what happened here, for a failed test. */
  told() {
    const events = this.#events.map(({ event, data, errCode }) => `  ${event} ${errCode || ''} ${clipped(data)}`);
    const output = this.#output.slice(-10).map((line) => `  ${line.slice(0, 300)}`);
    return `\nevents of ${this.name} (${this.user}):\n${events.join('\n')}\nits console:\n${output.join('\n')}`;
  }
}

function clipped(data) {
  return (JSON.stringify(data) ?? '').slice(0, 300);
}
