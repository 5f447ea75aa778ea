import assert from 'node:assert/strict';

import { SINGLE, hearsText, historyShows, numbered, pair, say, texts } from '../lib/talk.mjs';

const QUIET = 2;

export default {
  name: 'a conversation is pinned, silenced and emptied by its owner alone',
  async run(world) {
    const [alice, bob] = await world.users('alice', 'bob');
    const conversation = pair(alice, bob);
    const [hers, his] = await world.login(alice, bob);
    for (const text of ['one', 'two', 'three']) await say(hers, bob, text);
    await hearsText(his, 'three');
    const args = [{ sourceID: bob, sessionType: SINGLE }];
    await hers.call('getOneConversation', ...args);
    // The client asks the server about a conversation only once it is known there.
    await numbered(hers, conversation, (await say(hers, bob, 'four')).clientMsgID);

    await hers.call('setConversation', { conversationID: conversation, isPinned: true });
    await hers.seen('OnConversationChanged', (one) => one.conversationID === conversation && one.isPinned);
    await hers.call('setConversation', { conversationID: conversation, recvMsgOpt: QUIET });
    await hers.seen('OnConversationChanged', (one) => one.recvMsgOpt === QUIET);
    const mine = await hers.call('getOneConversation', ...args);
    assert.deepEqual([mine.isPinned, mine.recvMsgOpt], [true, QUIET]);
    const kept = async (ownerUserID) => {
      const answer = await world.business.call('/conversation/get_conversation', { ownerUserID, conversationID: conversation });
      const one = answer.conversation;
      return [one.isPinned, one.recvMsgOpt];
    };
    assert.deepEqual(await kept(alice), [true, QUIET]);
    assert.deepEqual(await kept(bob), [false, 0]);

    const [first] = await historyShows(hers, conversation, (messages) => messages.length === 4);
    await hers.call('deleteMessage', { conversationID: conversation, clientMsgID: first.clientMsgID });
    assert.deepEqual(texts(await historyShows(hers, conversation, (messages) => messages.length === 3)), ['two', 'three', 'four']);

    if (world.kind === 'wasm') await hers.call('clearConversationAndDeleteAllMsg', conversation);
    else await hers.call('deleteConversationAndDeleteAllMsg', conversation);
    await world.leave(hers);
    await world.enter(hers, alice);
    await historyShows(hers, conversation, (messages) => messages.length === 0);
    assert.deepEqual(texts(await historyShows(his, conversation, (messages) => messages.length === 4)), ['one', 'two', 'three', 'four']);
    await say(his, alice, 'five');
    await hearsText(hers, 'five');
    assert.deepEqual(texts(await historyShows(hers, conversation, (messages) => messages.length > 0)), ['five']);
  },
};
