import assert from 'node:assert/strict';

export default {
  name: 'a new name is told to oneself and to friends',
  async run(world) {
    const [alice, bob] = await world.users('alice', 'bob');
    await world.business.call('/friend/import_friend', { ownerUserID: alice, friendUserIDs: [bob] });
    const [hers, his] = await world.login(alice, bob);

    await hers.call('setSelfInfo', { nickname: 'Alice the Second', ex: '{"colour":"green"}' });
    await hers.seen('OnSelfInfoUpdated', ({ nickname }) => nickname === 'Alice the Second');
    await his.seen('OnFriendInfoChanged', ({ userID, nickname }) => userID === alice && nickname === 'Alice the Second');
    const me = await hers.call('getSelfUserInfo');
    assert.deepEqual([me.userID, me.nickname, me.ex], [alice, 'Alice the Second', '{"colour":"green"}']);
    const [seen] = await his.call('getUsersInfo', [alice]);
    assert.equal(seen.nickname, 'Alice the Second');
  },
};
