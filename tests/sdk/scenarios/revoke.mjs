import assert from 'node:assert/strict';

import { hearsText, historyShows, numbered, pair, say } from '../lib/talk.mjs';

const REVOKED = 2101;

export default {
  name: 'a revoked message is gone for both',
  async run(world) {
    const [alice, bob] = await world.users('alice', 'bob');
    const conversation = pair(alice, bob);
    const [hers, his] = await world.login(alice, bob);

    const { clientMsgID } = await say(hers, bob, 'not meant for you');
    await say(hers, bob, 'good morning');
    await hearsText(his, 'good morning');
    await numbered(hers, conversation, clientMsgID);
    await hers.call('revokeMessage', { conversationID: conversation, clientMsgID });

    const told = await his.seen('OnNewRecvMessageRevoked', (info) => info.clientMsgID === clientMsgID);
    assert.equal(told.revokerID, alice);
    assert.equal(told.sourceMessageSendID, alice);
    for (const device of [hers, his]) {
      const messages = await historyShows(device, conversation, ([first]) => first?.contentType === REVOKED);
      assert.equal(messages.length, 2);
      assert.ok(!JSON.stringify(messages).includes('not meant for you'));
    }

    const { clientMsgID: hisOwn } = await say(his, alice, 'mine');
    await numbered(his, conversation, hisOwn);
    await hearsText(hers, 'mine');
    const refusal = await hers.refused('revokeMessage', { conversationID: conversation, clientMsgID: hisOwn });
    assert.ok(refusal.code > 0, 'nobody revokes the other one\'s message');
  },
};
