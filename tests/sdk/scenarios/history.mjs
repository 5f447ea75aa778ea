import assert from 'node:assert/strict';

import { history, historyShows, pair, say, texts } from '../lib/talk.mjs';

export default {
  name: 'a fresh device pages through the history of a conversation',
  async run(world) {
    const [alice, bob] = await world.users('alice', 'bob');
    const conversation = pair(alice, bob);
    const [hers] = await world.login(alice);
    const all = Array.from({ length: 8 }, (_, index) => `line ${index}`);
    for (const text of all) await say(hers, bob, text);
    await world.leave(hers);

    const [, his] = await world.login(alice, bob);
    await historyShows(his, conversation, (messages) => messages.length === all.length);
    const pages = [];
    let start = '';
    for (let isEnd = false; !isEnd && pages.length < 5; ) {
      const page = await history(his, conversation, 3, start);
      if (page.messageList?.length) {
        pages.unshift(texts(page.messageList));
        start = page.messageList[0].clientMsgID;
      }
      isEnd = page.isEnd;
    }
    assert.deepEqual(pages.flat(), all);
    assert.deepEqual(pages.at(-1), all.slice(-3));
  },
};
