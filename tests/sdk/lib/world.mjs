// What a scenario gets: users of its own and devices to log them in on.

import { Business, WEB } from './business.mjs';
import { KINDS } from './clients.mjs';

/** The devices of one kind of client against one deployment. */
export class World {
  #deployment;
  #browser;
  #devices = [];
  #names = 0;
  #run = Date.now().toString(36);

  /** Opens the devices that nearly every scenario needs. */
  static async start(deployment, browser, kind) {
    const world = new World();
    world.kind = kind;
    world.#deployment = deployment;
    world.#browser = browser;
    world.business = await Business.login(deployment.nodes[0].api, deployment.secret);
    world.#devices = await Promise.all([0, 1].map((index) => world.#open(index)));
    return world;
  }

  /** Registers users with these nicknames; returns their ids, which no other scenario has. */
  async users(...nicknames) {
    const users = nicknames.map((nickname) => ({ userID: `${nickname}${this.#run}${(this.#names += 1)}`, nickname }));
    await this.business.register(users);
    return users.map(({ userID }) => userID);
  }

  /** Returns that many devices, nobody logged in: the first of the first gateway, the second of the next, and so on. */
  async devices(count) {
    while (this.#devices.length < count) this.#devices.push(await this.#open(this.#devices.length));
    return this.#devices.slice(0, count);
  }

  /** Logs users in, each on a device of its own. */
  async login(...users) {
    const devices = await this.devices(users.length);
    for (const [index, device] of devices.entries()) await this.enter(device, users[index]);
    return devices;
  }

  /** Logs a user in on a device and waits until all is synchronised. */
  async enter(device, user, token) {
    device.forget();
    device.user = user;
    await device.call('login', this.credentials(device, user, token ?? (await this.business.token(user))));
    await device.seen('OnSyncServerFinish');
  }

  /** Returns what a client needs to log in, without any logging of its own. */
  credentials(device, userID, token) {
    const nodes = this.#deployment.nodes;
    const { api, ws } = nodes[this.#devices.indexOf(device) % nodes.length];
    return { userID, token, platformID: WEB, apiAddr: api, wsAddr: ws, logLevel: device.kind === 'wasm' ? 1 : 5 };
  }

  /** Logs a device out. */
  async leave(device) {
    device.user = '';
    await device.call('logout');
  }

  /** Makes a device good again whose client was refused or sent away. */
  async recover(device) {
    device.user = '';
    device.forget();
    // After a refusal the plain client does not log in again: its page has to be loaded anew.
    if (device.kind === 'pure') await device.reload();
  }

  /** Whether the second device's gateway is another than the first one's. */
  get clustered() {
    return this.#deployment.nodes.length > 1;
  }

  /** Whether the server was started by these tests. */
  get ours() {
    return this.#deployment.nodes.every(({ name }) => name);
  }

  /** Kills the first gateway. */
  crash() {
    return this.#deployment.crash(this.#deployment.nodes[0]);
  }

  /** Starts it again. */
  mend() {
    return this.#deployment.mend();
  }

  /** Makes the devices as good as new; after a failure by opening others. */
  async tidy(failed) {
    await this.mend();
    for (const [index, device] of this.#devices.entries()) {
      if (failed) {
        await device.close();
        this.#devices[index] = await this.#open(index);
      } else if (device.user) {
        await this.leave(device);
      }
      this.#devices[index].forget();
    }
  }

  /** Tells what happened, for a failed test. */
  async told() {
    return this.#devices.map((device) => device.told()).join('') + (await this.#deployment.told());
  }

  /** Closes the devices. */
  async stop() {
    await Promise.all(this.#devices.map((device) => device.close()));
  }

  #open(index) {
    return this.#browser.open(this.kind, `device ${index + 1} of ${KINDS[this.kind]}`);
  }
}
