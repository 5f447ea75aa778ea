import assert from 'node:assert/strict';

import { hearsText, say } from '../lib/talk.mjs';

export default {
  name: 'a second login of the same platform ends the first, on whatever gateway',
  async run(world) {
    const [alice, bob] = await world.users('alice', 'bob');
    const [first, second, his] = await world.devices(3);
    const token = await world.business.token(alice);
    await world.enter(first, alice, token);
    await world.enter(his, bob);

    await world.enter(second, alice);
    await first.seen('OnKickedOffline');
    await say(his, alice, 'Which one are you?');
    await hearsText(second, 'Which one are you?');
    await say(second, bob, 'The second');
    await hearsText(his, 'The second');
    assert.equal(second.count('OnKickedOffline'), 0);

    // The old token is of no use any more.
    await world.recover(first);
    await first.call('login', world.credentials(first, alice, token)).catch(() => {});
    await first.seen('OnKickedOffline');
    assert.equal(first.count('OnConnectSuccess'), 0);
    await world.recover(first);
  },
};
