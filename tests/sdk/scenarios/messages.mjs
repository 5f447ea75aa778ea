import assert from 'node:assert/strict';

import { ARRIVALS, hearsText, historyShows, pair, say, texts } from '../lib/talk.mjs';

export default {
  name: 'two users exchange messages both ways',
  async run(world) {
    const [alice, bob] = await world.users('alice', 'bob');
    const [hers, his] = await world.login(alice, bob);

    const sent = await say(hers, bob, 'Hello Bob');
    assert.equal(sent.status, 2, 'sent');
    assert.ok(sent.serverMsgID && sent.sendTime > 0);
    const heard = await hearsText(his, 'Hello Bob');
    assert.equal(heard.clientMsgID, sent.clientMsgID);
    assert.equal(heard.serverMsgID, sent.serverMsgID);
    assert.equal(heard.sendID, alice);
    assert.equal(heard.recvID, bob);
    assert.equal(heard.senderNickname, 'alice');

    await say(his, alice, '你好, Alice ❤');
    await hearsText(hers, '你好, Alice ❤');

    // Many in a row come in their order and once.
    const many = Array.from({ length: 10 }, (_, index) => `number ${index}`);
    for (const text of many) await say(hers, bob, text);
    for (const text of many) await hearsText(his, text);
    assert.equal(hers.count(ARRIVALS, ({ sendID }) => sendID === alice), 0, 'one\'s own messages are no news');
    for (const device of [hers, his]) {
      const messages = await historyShows(device, pair(alice, bob), (all) => all.length === 12 && all.every(({ seq }) => seq > 0));
      assert.deepEqual(texts(messages), ['Hello Bob', '你好, Alice ❤', ...many]);
      assert.deepEqual(messages.map(({ seq }) => seq), messages.map((_, index) => index + 1));
    }
  },
};
