// Runs every scenario with every kind of client. The environment says against what; see README.md.

import { readdir } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';

import { Browser, KINDS } from './lib/clients.mjs';
import { Deployment } from './lib/deployment.mjs';
import { World } from './lib/world.mjs';

const { env } = process;
const place = env.SDK_TESTS_DEPLOYMENT ?? 'embedded';
const kinds = env.SDK_TESTS_CLIENTS?.split(',') ?? Object.keys(KINDS);
const folder = new URL('scenarios/', import.meta.url);
const files = (await readdir(folder)).filter((file) => file.endsWith('.mjs') && file.includes(env.SDK_TESTS_ONLY ?? '')).sort();
const scenarios = (await Promise.all(files.map((file) => import(new URL(file, folder))))).map((module) => module.default);

let deployment;
let browser;
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) process.once(signal, () => process.exit(code));

before(async () => {
  deployment = await start();
  browser = await Browser.start(env.SDK_TESTS_CHROMIUM ?? '/usr/bin/chromium');
});

after(async () => {
  await browser?.stop();
  await deployment?.stop();
});

for (const kind of kinds) {
  describe(`${KINDS[kind]} (${place})`, () => {
    let world;
    before(async () => {
      world = await World.start(deployment, browser, kind);
    });
    after(() => world?.stop());
    for (const scenario of scenarios) {
      test(scenario.name, { skip: scenario.lacking?.[kind] }, async () => {
        let failed = true;
        try {
          await scenario.run(world);
          failed = false;
        } catch (error) {
          error.message += await world.told();
          throw error;
        } finally {
          await world.tidy(failed);
        }
      });
    }
  });
}

async function start() {
  if (env.SDK_TESTS_API) return Deployment.at(env.SDK_TESTS_API, env.SDK_TESTS_WS, env.SDK_TESTS_SECRET);
  return place === 'cluster' ? Deployment.cluster(env.SDK_TESTS_BINARY, env) : Deployment.embedded(env.SDK_TESTS_BINARY);
}
