import assert from 'node:assert/strict';

import { WEB } from '../lib/business.mjs';

export default {
  name: 'who asked is told when another comes and goes',
  async run(world) {
    const [alice, bob] = await world.users('alice', 'bob');
    const [hers, his] = await world.devices(2);
    await world.enter(hers, alice);

    const [before] = await hers.call('subscribeUsersStatus', [bob]);
    assert.equal(before.status, 0, 'not yet there');
    await world.enter(his, bob);
    const there = await hers.seen('OnUserStatusChanged', ({ userID, status }) => userID === bob && status === 1);
    assert.deepEqual(there.platformIDs, [WEB]);
    // The core answers this one with nothing.
    if (world.kind === 'pure') {
      const [state] = await hers.call('getSubscribeUsersStatus');
      assert.deepEqual([state.userID, state.status], [bob, 1]);
    }

    await world.leave(his);
    await hers.seen('OnUserStatusChanged', ({ userID, status }) => userID === bob && status === 0);

    // The plain client stumbles over the answer, which is empty, after the server has done it.
    if (world.kind === 'pure') await hers.refused('unsubscribeUsersStatus', [bob]);
    else await hers.call('unsubscribeUsersStatus', [bob]);
    const heard = hers.count('OnUserStatusChanged');
    await world.enter(his, bob);
    // What comes later than a change of presence shows that none came.
    await his.call('addFriend', { toUserID: alice, reqMsg: '' });
    await hers.seen('OnFriendApplicationAdded');
    assert.equal(hers.count('OnUserStatusChanged'), heard);
  },
};
