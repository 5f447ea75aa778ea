// The server under test: the real binary, as one process on SQLite or as a cluster of many.

import { execFile, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { soon, until } from './wait.mjs';

const SECRET = 'a secret of the tests with clients';
const SUBGRAPHS = ['users', 'relations', 'groups', 'messages', 'conversations', 'third'];

/** A running server: `nodes` are the addresses of its gateways, each `{api, ws}`. */
export class Deployment {
  nodes = [];
  secret = SECRET;
  #binary;
  #folder;
  #environment = {};
  #processes = [];
  #dead = [];

  /**
   * Starts one process with everything in it; settings are named as in the environment (`WEBHOOKS__URL`). What lies in the
   * folder `dump`, if there is one, is imported before.
   */
  static embedded(binary, settings = {}, dump = undefined) {
    return Deployment.#start(binary, async (deployment) => {
      for (const [key, value] of Object.entries(settings)) deployment.#set(key, value);
      if (dump) await deployment.#run('import', dump, '--data-dir', join(deployment.#folder, 'server'));
      await deployment.#gateway('server', 'all');
      // Without a secret of the tests' the server makes one.
      if (settings.AUTH__SECRET !== '') return;
      deployment.secret = (await readFile(join(deployment.#folder, 'server', 'secret'), 'utf8')).trim();
    });
  }

  /** Starts two gateways and a process for every other role over the services whose addresses the environment names. */
  static cluster(binary, environment) {
    return Deployment.#start(binary, async (deployment) => {
      const services = { DATABASE__URL: 'POSTGRES', REDIS__URL: 'REDIS', AMQP__URL: 'AMQP' };
      for (const [key, service] of Object.entries(services)) {
        const address = environment[`OPENIM_TEST_${service}_URL`];
        if (!address) throw new Error(`OPENIM_TEST_${service}_URL is not set: a cluster needs its services`);
        deployment.#set(key, address);
      }
      deployment.#set('INTERNAL__SECRET', 'the proof of the processes');
      deployment.#set('OBJECTS__FOLDER', 'objects'); // all run in one folder
      const ports = await Promise.all(SUBGRAPHS.map(freePort));
      SUBGRAPHS.forEach((name, index) => deployment.#set(`SUBGRAPHS__${name.toUpperCase()}`, `http://127.0.0.1:${ports[index]}`));
      await deployment.#run('migrate');
      const parts = SUBGRAPHS.map((name, index) => deployment.#serve(name, name, ports[index]));
      await Promise.all([...parts, deployment.#serve('worker', 'worker', await freePort())]);
      await deployment.#gateway('gateway-1', 'gateway');
      await deployment.#gateway('gateway-2', 'gateway');
    });
  }

  /** Uses a server that runs already. */
  static at(api, ws, secret) {
    const deployment = new Deployment();
    Object.assign(deployment, { nodes: [{ api, ws }], secret });
    return deployment;
  }

  static async #start(binary, launch) {
    const deployment = new Deployment();
    deployment.#binary = binary;
    deployment.#folder = await mkdtemp(join(tmpdir(), 'openim-sdk-'));
    deployment.#set('AUTH__SECRET', SECRET);
    process.once('exit', () => deployment.#clean());
    try {
      await launch(deployment);
    } catch (error) {
      error.message += await deployment.told();
      await deployment.stop();
      throw error;
    }
    return deployment;
  }

  /** Kills a gateway without a warning. */
  async crash(node) {
    const index = this.#processes.findIndex(({ name }) => name === node.name);
    const [{ child, ended, again }] = this.#processes.splice(index, 1);
    this.#dead.push(again);
    child.kill('SIGKILL');
    await soon(`${node.name} is dead`, ended);
  }

  /** Starts what was killed again, at the same addresses. */
  async mend() {
    for (const again of this.#dead.splice(0)) await again();
  }

  /** Ends every process and removes what they left. */
  async stop() {
    for (const { name, child, ended } of this.#processes.reverse()) {
      child.kill('SIGTERM');
      await soon(`${name} ends`, ended);
    }
    this.#clean();
  }

  /** Tells what the processes wrote last, for a failed test. */
  async told() {
    const parts = this.#processes.map(async ({ name, log }) => {
      const text = await readFile(log, 'utf8').catch(() => '');
      return `\nlog of ${name}:\n${text.split('\n').slice(-15).join('\n')}`;
    });
    return (await Promise.all(parts)).join('');
  }

  /** Also when a signal ends the tests: kills what still runs. */
  #clean() {
    for (const { child } of this.#processes) child.kill('SIGKILL');
    this.#processes = [];
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
  }

  #set(key, value) {
    this.#environment[`OPENIM__${key}`] = value;
  }

  async #run(...args) {
    await promisify(execFile)(this.#binary, args, { cwd: this.#folder, env: this.#environment });
  }

  async #gateway(name, role) {
    const [port, door] = [await freePort(), await freePort()];
    await this.#serve(name, role, port, { OPENIM__SDK__LISTEN: `127.0.0.1:${door}` });
    this.nodes.push({ name, api: `http://127.0.0.1:${port}`, ws: `ws://127.0.0.1:${door}` });
  }

  async #serve(name, role, port, more = {}) {
    const log = join(this.#folder, `${name}.log`);
    const output = await open(log, 'a');
    const args = ['serve', '--roles', role, '--listen', `127.0.0.1:${port}`, '--data-dir', join(this.#folder, name)];
    const env = { ...this.#environment, ...more };
    const child = spawn(this.#binary, args, { cwd: this.#folder, env, stdio: ['ignore', output.fd, output.fd] });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    this.#processes.push({ name, child, ended, log, again: () => this.#serve(name, role, port, more) });
    await output.close();
    await until(`${name} is ready`, async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode} while it started`);
      return (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok;
    });
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
