import assert from 'node:assert/strict';

import { SINGLE, hearsText, historyShows, pair, say } from '../lib/talk.mjs';

export default {
  name: 'unread messages are counted, read ones are receipted to their sender',
  async run(world) {
    const [alice, bob] = await world.users('alice', 'bob');
    const conversation = pair(alice, bob);
    const [hers, his] = await world.devices(2);
    const args = [{ sourceID: alice, sessionType: SINGLE }];

    // What came while he was away.
    await world.enter(hers, alice);
    await say(hers, bob, 'zero');
    await world.enter(his, bob);
    await his.eventually('getTotalUnreadMsgCount', [], (count) => count === 1);
    await historyShows(his, conversation, (messages) => messages.length === 1);
    await his.call('markConversationMessageAsRead', conversation);
    await his.eventually('getTotalUnreadMsgCount', [], (count) => count === 0);
    await hers.seen('OnRecvC2CReadReceipt', ({ userID }) => userID === bob);

    // What comes while he is there.
    const sent = [];
    for (const text of ['one', 'two', 'three']) sent.push((await say(hers, bob, text)).clientMsgID);
    await hearsText(his, 'three');
    await his.eventually('getTotalUnreadMsgCount', [], (count) => count === 3);
    await his.eventually('getOneConversation', args, (one) => one.unreadCount === 3);
    assert.equal(await hers.call('getTotalUnreadMsgCount'), 0, 'own messages are read');

    await historyShows(hers, conversation, (messages) => messages.length === 4 && messages.every(({ seq }) => seq > 0));
    await his.call('markConversationMessageAsRead', conversation);
    await his.eventually('getTotalUnreadMsgCount', [], (count) => count === 0);
    await his.eventually('getOneConversation', args, (one) => one.unreadCount === 0);
    // A gateway that may have missed something tells again what is stored: the receipt before may come once more.
    const receipt = await hers.seen('OnRecvC2CReadReceipt', ({ msgIDList }) => msgIDList.includes(sent[0]));
    assert.equal(receipt.userID, bob);
    assert.deepEqual(receipt.msgIDList.sort(), sent.sort());
    await historyShows(hers, conversation, (messages) => messages.some(({ isRead }) => isRead));

    // Another device counts from what the server keeps.
    await world.leave(hers);
    await world.leave(his);
    await world.enter(hers, bob);
    assert.equal(await hers.call('getTotalUnreadMsgCount'), 0);
  },
};
