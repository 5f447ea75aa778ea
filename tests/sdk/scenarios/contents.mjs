import assert from 'node:assert/strict';

import { hears, say } from '../lib/talk.mjs';

export default {
  name: 'messages of every kind arrive as they were made',
  async run(world) {
    const [alice, bob] = await world.users('alice', 'bob');
    const [hers, his] = await world.login(alice, bob);
    const text = await say(hers, bob, 'the start');

    const picture = { uuid: 'p', type: 'image/png', size: 10, width: 1, height: 1, url: 'http://127.0.0.1/p.png' };
    const kinds = [
      ['customElem', 'createCustomMessage', { data: '{"a":1}', extension: 'x', description: 'd' }],
      ['locationElem', 'createLocationMessage', { description: 'here', longitude: 8.5, latitude: 47.4 }],
      ['faceElem', 'createFaceMessage', { index: 3, data: 'smile' }],
      ['cardElem', 'createCardMessage', { userID: alice, nickname: 'alice', faceURL: '', ex: '' }],
      ['quoteElem', 'createQuoteMessage', { text: 'as I said', message: JSON.stringify(text) }],
      ['mergeElem', 'createMergerMessage', { messageList: [text], title: 'both', summaryList: ['the start'] }],
      ['pictureElem', 'createImageMessageByURL', { sourcePicture: picture, bigPicture: picture, snapshotPicture: picture, sourcePath: '' }],
    ];
    for (const [element, create, params] of kinds) {
      const message = await hers.call(create, params);
      // What has its address already is not uploaded.
      const sent = await hers.call('sendMessageNotOss', { recvID: bob, groupID: '', message });
      const heard = await hears(his, (one) => one.clientMsgID === sent.clientMsgID);
      assert.deepEqual(plain(heard[element]), plain(message[element]), create);
    }
  },
};

/** What is compared of an element: not the state of a message within. */
function plain(element) {
  const state = ['status', 'seq', 'isRead', 'serverMsgID', 'sendTime'];
  return JSON.parse(JSON.stringify(element, (key, value) => (state.includes(key) ? undefined : value)));
}
