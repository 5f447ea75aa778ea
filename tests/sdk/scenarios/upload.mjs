import assert from 'node:assert/strict';

import { hears } from '../lib/talk.mjs';

/** More than one part of an upload. */
const LONG = 'A line of a long report.\n'.repeat(300_000);

export default {
  name: 'a file is uploaded, sent and read by who got its address',
  async run(world) {
    const [alice, bob] = await world.users('alice', 'bob');
    const [hers, his] = await world.login(alice, bob);

    for (const [name, text] of [['short.txt', 'only this'], ['long.txt', LONG]]) {
      const file = { name, type: 'text/plain', text };
      const { url } = await hers.call('uploadFile', { name: `${alice}/${name}`, contentType: file.type, uuid: name, cause: 'msg-file', file });
      assert.equal(await read(url), text, `${name} is what was uploaded`);
      const sourceUrl = url;
      const message = await hers.call('createFileMessageByURL', { filePath: '', fileName: name, uuid: name, sourceUrl, fileSize: text.length, fileType: file.type });
      const sent = await hers.call('sendMessageNotOss', { recvID: bob, groupID: '', message });
      const heard = await hears(his, (one) => one.clientMsgID === sent.clientMsgID);
      assert.equal(heard.fileElem.fileName, name);
      assert.equal(await read(heard.fileElem.sourceUrl), text, `${name} is what the other one reads`);
    }
  },
};

async function read(url) {
  const answer = await fetch(url);
  assert.equal(answer.status, 200, url);
  return answer.text();
}
