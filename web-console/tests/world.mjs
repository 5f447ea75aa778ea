// A server, a browser, and people in it, for the tests of the console's pages.
import { execFile } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { Deployment } from "../../tests/sdk/lib/deployment.mjs";
import { PATIENCE, soon, until } from "../../tests/sdk/lib/wait.mjs";

const { env } = process;
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const shots = new URL("../../target/console/", import.meta.url).pathname;

export class World {
  #deployment;
  #browser;

  /** Starts a server; settings are named as in the environment (`WEBHOOKS__URL`), a dump of OpenIM is imported before. */
  static async start(settings = {}, dump = undefined) {
    const world = new World();
    try {
      world.#deployment = await Deployment.embedded(env.CONSOLE_TESTS_BINARY, settings, dump);
      world.#browser = await chromium.launch({
        executablePath: env.CONSOLE_TESTS_CHROMIUM,
        args: ["--no-sandbox", "--disable-smooth-scrolling"],
        timeout: PATIENCE,
      });
      await mkdir(shots, { recursive: true });
    } catch (error) {
      // Whatever runs on keeps the tests from ending.
      await world.stop();
      throw error;
    }
    return world;
  }

  async stop() {
    try {
      if (this.#browser) await soon("Chromium ends", this.#browser.close());
    } finally {
      await this.#deployment?.stop();
    }
  }

  get secret() {
    return this.#deployment.secret;
  }

  get address() {
    return this.#deployment.nodes[0].api;
  }

  /** Asks the graph as the application's own server would. */
  async ask(query, variables, token) {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    const body = JSON.stringify({ query, variables });
    const answer = fetch(`${this.address}/graphql`, { method: "POST", headers, body }).then((answer) => answer.json());
    const { data, errors } = await soon(`the answer to ${query}`, answer);
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  async adminToken() {
    const query =
      'mutation($secret: String!) { createAdminToken(input: { secret: $secret, userId: "imAdmin" }) { token } }';
    return (await this.ask(query, { secret: this.secret })).createAdminToken.token;
  }

  /** Makes a token with which somebody asks the graph. */
  async userToken(id, platform = "WEB") {
    const query =
      "mutation($id: ID!, $platform: Platform!) { createUserToken(input: { userId: $id, platform: $platform }) { token } }";
    return (await this.ask(query, { id, platform }, await this.adminToken())).createUserToken.token;
  }

  /** Registers accounts, however many. */
  async register(users) {
    const query = "mutation($users: [NewUserInput!]!) { registerUsers(input: { users: $users }) { users { id } } }";
    const token = await this.adminToken();
    for (let start = 0; start < users.length; start += 1000) {
      await this.ask(query, { users: users.slice(start, start + 1000) }, token);
    }
  }

  /** Fills the server as `openim seed` does. */
  async seed(...args) {
    await promisify(execFile)(env.CONSOLE_TESTS_BINARY, ["seed", "--url", this.address, ...args], {
      env: { ...env, OPENIM__AUTH__SECRET: this.secret },
      timeout: 2 * PATIENCE,
    });
  }

  /** Waits until messages with these words are found: the index follows the log. */
  async indexed(text) {
    const query = "query($text: String!) { admin { searchMessages(text: $text, first: 1) { edges { cursor } } } }";
    const token = await this.adminToken();
    await until(`"${text}" is found`, async () => {
      const { admin } = await this.ask(query, { text }, token);
      return admin.searchMessages.edges.length > 0;
    });
  }

  /** Waits until calls of a hook were given up: they are made after what they tell of. */
  async givenUp(command) {
    const query =
      "query($command: String!) { admin { webhookDeliveries(first: 1, outcome: FAILED, command: $command) { totalCount } } }";
    const token = await this.adminToken();
    await until(`a call of ${command} was given up`, async () => {
      const { admin } = await this.ask(query, { command }, token);
      return admin.webhookDeliveries.totalCount > 0;
    });
  }

  /** Waits until an act is in the audit log. */
  async audited(operation) {
    const query = "query($operation: String!) { admin { auditLog(first: 1, operation: $operation) { totalCount } } }";
    const token = await this.adminToken();
    await until(`${operation} is in the audit log`, async () => {
      const { admin } = await this.ask(query, { operation }, token);
      return admin.auditLog.totalCount > 0;
    });
  }

  /** Kills the server without a warning. */
  async crash() {
    await this.#deployment.crash(this.#deployment.nodes[0]);
  }

  /** Starts the server that was killed again, at the same address. */
  async mend() {
    await this.#deployment.mend();
  }

  /**
   * Opens a window of its own, in which nothing moves by itself: what moves may be missed by a click. Whatever the page complains
   * about is kept in `page.complaints`.
   */
  async open({ language = "en-GB", scheme = "light", width = 1280, path = "/console/" } = {}) {
    const look = { locale: language, colorScheme: scheme, viewport: { width, height: 800 }, reducedMotion: "reduce" };
    const page = await soon("a window opens", this.#browser.newPage(look));
    page.complaints = [];
    page.pending = new Set();
    page.on("request", (request) => page.pending.add(request));
    for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => page.pending.delete(request));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") page.complaints.push(message.text());
    });
    page.on("pageerror", (error) => page.complaints.push(String(error)));
    page.setDefaultTimeout(PATIENCE);
    await page.goto(`${this.address}${path}`);
    return page;
  }

  async signIn(page, secret = this.secret) {
    await page.locator('input[type="password"]').fill(secret);
    await page.locator('button[type="submit"]').click();
  }

  /** Opens a window and signs in. */
  async inside(options) {
    const page = await this.open(options);
    await this.signIn(page);
    await page.locator("#page h1").waitFor();
    return page;
  }

  /** Waits until nothing that a page asked for is under way. */
  async settled(page) {
    await until("all requests of the page are answered", async () => page.pending.size === 0);
  }

  /** Returns what axe finds wrong with the page as it is. */
  async violations(page) {
    return soon("what axe finds", this.#violations(page));
  }

  async #violations(page) {
    // Evaluated, not added as a script: the page's policy would refuse that.
    await page.evaluate(await readFile(axe, "utf8"));
    // Colours are those of the end of what is fading in.
    await page.evaluate(() => {
      const ends = (one) =>
        one.playState === "running" && one.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY;
      return Promise.allSettled(
        document
          .getAnimations()
          .filter(ends)
          .map((one) => one.finished),
      );
    });
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    return found.violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 2)
          .map((node) => `${node.html} ${node.failureSummary}`)
          .join(" | ")}`,
    );
  }

  async shot(page, name) {
    await page.screenshot({ path: `${shots}${name}.png` });
  }

  async close(page) {
    await soon("a window closes", page.context().close());
  }
}
