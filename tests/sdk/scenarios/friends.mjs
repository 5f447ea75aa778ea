import assert from 'node:assert/strict';

const friendsPage = [{ offset: 0, count: 10 }];

export default {
  name: 'an accepted friend request makes friends of two, until one ends it',
  async run(world) {
    const [alice, bob] = await world.users('alice', 'bob');
    const [hers, his] = await world.login(alice, bob);

    await hers.call('addFriend', { toUserID: bob, reqMsg: 'It is me' });
    const asked = await his.seen('OnFriendApplicationAdded', (one) => one.fromUserID === alice);
    assert.equal(asked.reqMsg, 'It is me');
    assert.equal(asked.fromNickname, 'alice');
    const requests = await his.call('getFriendApplicationListAsRecipient', { offset: 0, count: 10 });
    assert.deepEqual(requests.map(({ fromUserID, handleResult }) => [fromUserID, handleResult]), [[alice, 0]]);

    await his.call('acceptFriendApplication', { toUserID: alice, handleMsg: 'Welcome' });
    const accepted = await hers.seen('OnFriendApplicationAccepted', (one) => one.toUserID === bob);
    assert.equal(accepted.handleMsg, 'Welcome');
    // The plain client forgets to look at its list of friends when it was the one who asked.
    if (world.kind === 'wasm') await hers.seen('OnFriendAdded', ({ userID }) => userID === bob);
    await his.seen('OnFriendAdded', ({ userID }) => userID === alice);
    for (const [device, friend] of [[hers, bob], [his, alice]]) {
      await device.eventually('checkFriend', [[friend]], ([one]) => one.userID === friend && one.result === 1);
      const list = await device.eventually('getFriendListPage', friendsPage, (friends) => friends.length === 1);
      assert.equal(list[0].userID, friend);
    }

    await hers.call('deleteFriend', bob);
    await hers.eventually('getFriendListPage', friendsPage, (friends) => friends.length === 0);
    await hers.eventually('checkFriend', [[bob]], ([one]) => one.result === 0);
  },
};
