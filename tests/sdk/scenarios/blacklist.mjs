import assert from 'node:assert/strict';

import { hearsText, pair, history, say, texts } from '../lib/talk.mjs';

const BLOCKED = 1302;
/** The client's own error for what it did not expect. */
const SDK_INTERNAL = 10005;

export default {
  name: 'who is on the black list cannot write',
  async run(world) {
    const [alice, bob] = await world.users('alice', 'bob');
    const [hers, his] = await world.login(alice, bob);
    await say(hers, bob, 'Listen');
    await hearsText(his, 'Listen');

    await his.call('addBlack', { toUserID: alice, ex: '' }).catch((error) => {
      // The core stores the new entry twice at once, when it is done and when it is told, and says so at times.
      if (error.code !== SDK_INTERNAL) throw error;
    });
    await his.seen('OnBlackAdded', ({ userID }) => userID === alice);
    const message = await hers.call('createTextMessage', 'Listen!');
    const refusal = await hers.refused('sendMessage', { recvID: bob, groupID: '', message });
    assert.equal(refusal.code, BLOCKED);

    await his.call('removeBlack', alice);
    await his.seen('OnBlackDeleted', ({ userID }) => userID === alice);
    await say(hers, bob, 'Thank you');
    await hearsText(his, 'Thank you');
    assert.deepEqual(texts((await history(his, pair(alice, bob))).messageList), ['Listen', 'Thank you']);
  },
};
