import assert from 'node:assert/strict';

import { hearsText, historyShows, pair, say, texts } from '../lib/talk.mjs';

export default {
  name: 'a gateway that is killed and comes back costs no message',
  async run(world) {
    // A server that was given is left alive.
    if (!world.ours) return;
    const [alice, bob] = await world.users('alice', 'bob');
    const [hers, his] = await world.login(alice, bob);
    const spoken = ['Hello', 'How are you?'];
    for (const text of spoken) await say(hers, bob, text);
    await hearsText(his, 'How are you?');
    for (const device of [hers, his]) device.forget();

    await world.crash();
    // In a cluster only her gateway is gone.
    const answers = world.clustered ? ['Fine', 'And you?'] : [];
    for (const text of answers) await say(his, alice, text);
    await world.mend();
    for (const device of world.clustered ? [hers] : [hers, his]) await device.seen('OnConnectSuccess');
    await say(his, alice, 'Are you back?');
    // Of what was missed the core tells the newest and fetches the rest when one looks. The plain client asks for no range at
    // all: its `pullMsgBySeqRange` takes the iterator of a map for a list and fails before it sends anything.
    if (answers.length > 0 && world.kind === 'wasm') await hearsText(hers, answers.at(-1));
    await hearsText(hers, 'Are you back?');
    const told = [...spoken, ...answers, 'Are you back?'];
    const messages = await historyShows(hers, pair(alice, bob), (all) => all.length === told.length);
    assert.deepEqual(texts(messages), told);
  },
};
