import assert from 'node:assert/strict';

import { WEB } from '../lib/business.mjs';

export default {
  name: 'a bad token is refused, and an administrator ends a login',
  async run(world) {
    const [alice, bob] = await world.users('alice', 'bob');
    const [device] = await world.devices(1);

    for (const token of ['garbled', await world.business.token(bob)]) {
      await device.call('login', world.credentials(device, alice, token)).catch(() => {});
      await device.seen('OnUserTokenInvalid');
      assert.equal(device.count('OnConnectSuccess'), 0);
      await world.recover(device);
    }

    await world.enter(device, alice);
    await world.business.call('/auth/force_logout', { userID: alice, platformID: WEB });
    await device.seen('OnKickedOffline');
    await world.recover(device);
  },
};
