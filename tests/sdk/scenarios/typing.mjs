import assert from 'node:assert/strict';

import { hearsText, history, pair, say } from '../lib/talk.mjs';

export default {
  name: 'one sees the other type, and nothing of it is kept',
  async run(world) {
    const [alice, bob] = await world.users('alice', 'bob');
    const conversationID = pair(alice, bob);
    const [hers, his] = await world.login(alice, bob);
    await say(hers, bob, 'Hello');
    await hearsText(his, 'Hello');

    await his.call('changeInputStates', { conversationID, focus: true });
    const typing = ({ userID, platformIDs }) => userID === bob && platformIDs?.length === 1;
    const state = await hers.seen('OnConversationUserInputStatusChanged', typing);
    assert.equal(state.conversationID, conversationID);
    await his.call('changeInputStates', { conversationID, focus: false });
    // The plain client tells that something changed, but forgets the typing only after a while.
    const resting = ({ userID, platformIDs }) => userID === bob && (world.kind === 'pure' || !platformIDs?.length);
    await hers.seen('OnConversationUserInputStatusChanged', resting);

    await say(his, alice, 'Done');
    assert.equal((await hearsText(hers, 'Done')).seq, 2);
    assert.equal((await history(hers, conversationID)).messageList.length, 2);
  },
};
