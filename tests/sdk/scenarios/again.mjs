import assert from 'node:assert/strict';

import { GROUP, SINGLE, hearsText, historyShows, pair, say, sayToGroup, texts } from '../lib/talk.mjs';

export default {
  name: 'who logs in again gets what happened meanwhile',
  async run(world) {
    const [alice, bob] = await world.users('alice', 'bob');
    const conversation = pair(alice, bob);
    const [hers, his] = await world.login(alice, bob);
    await say(hers, bob, 'before');
    await hearsText(his, 'before');
    await world.leave(his);

    const missed = ['while', 'you', 'were', 'away'];
    for (const text of missed) await say(hers, bob, text);
    const { groupID } = await hers.call('createGroup', { memberUserIDs: [bob], groupInfo: { groupName: 'New', groupType: 2 } });
    await sayToGroup(hers, groupID, 'the first');

    await world.enter(his, bob);
    await his.eventually('getOneConversation', [{ sourceID: alice, sessionType: SINGLE }], (one) => one.unreadCount === 5);
    const messages = await historyShows(his, conversation, (all) => all.length === 5);
    assert.deepEqual(texts(messages), ['before', ...missed]);
    await his.eventually('getJoinedGroupListPage', [{ offset: 0, count: 10 }], (groups) => groups.some((one) => one.groupID === groupID));
    const group = await his.eventually('getOneConversation', [{ sourceID: groupID, sessionType: GROUP }], (one) => one.unreadCount > 0);
    assert.equal(group.showName, 'New');
    await historyShows(his, `sg_${groupID}`, (all) => texts(all).includes('the first'));
  },
};
