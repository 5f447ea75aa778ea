import assert from 'node:assert/strict';

import { hearsText, historyShows, sayToGroup, texts } from '../lib/talk.mjs';

export default {
  name: 'a group is made, grows, talks and sends a member away',
  async run(world) {
    const [alice, bob, carol] = await world.users('alice', 'bob', 'carol');
    const [hers, his, carols] = await world.login(alice, bob, carol);

    const group = await hers.call('createGroup', { memberUserIDs: [bob], groupInfo: { groupName: 'Readers', groupType: 2 } });
    const { groupID } = group;
    assert.equal(group.groupName, 'Readers');
    assert.equal(group.ownerUserID, alice);
    for (const device of [hers, his]) await joined(device, groupID);
    const all = [{ groupID, filter: 0, offset: 0, count: 10 }];
    await his.eventually('getGroupMemberList', all, (list) => list.length === 2);

    await hers.call('inviteUserToGroup', { groupID, reason: '', userIDList: [carol] });
    await joined(carols, groupID);
    await his.seen('OnGroupMemberAdded', (one) => one.groupID === groupID && one.userID === carol);
    const members = await his.eventually('getGroupMemberList', all, (list) => list.length === 3);
    assert.deepEqual(members.map(({ userID, roleLevel }) => [userID, roleLevel]).sort(), [[alice, 100], [bob, 20], [carol, 20]].sort());

    await sayToGroup(hers, groupID, 'Welcome');
    for (const device of [his, carols]) assert.equal((await hearsText(device, 'Welcome')).groupID, groupID);
    await sayToGroup(carols, groupID, 'Thanks');
    for (const device of [hers, his]) assert.equal((await hearsText(device, 'Thanks')).sendID, carol);

    await hers.call('kickGroupMember', { groupID, reason: 'no reason', userIDList: [carol] });
    await carols.seen('OnJoinedGroupDeleted', (one) => one.groupID === groupID);
    await his.seen('OnGroupMemberDeleted', (one) => one.userID === carol);
    await carols.refused('sendMessage', { recvID: '', groupID, message: await carols.call('createTextMessage', 'let me in') });

    await sayToGroup(his, groupID, 'She is gone');
    await hearsText(hers, 'She is gone');
    const spoken = ['Welcome', 'Thanks', 'She is gone'];
    const heard = await historyShows(hers, `sg_${groupID}`, (messages) => texts(messages).includes('She is gone'));
    assert.deepEqual(texts(heard).filter(Boolean), spoken);
    assert.equal(carols.count(['OnRecvNewMessages'], (message) => message.textElem?.content === 'She is gone'), 0);
  },
};

/** Waits until a client has the group. There is an event, but the core leaves it out when a message came first. */
async function joined(device, groupID) {
  const page = [{ offset: 0, count: 10 }];
  await device.eventually('getJoinedGroupListPage', page, (groups) => groups.some((one) => one.groupID === groupID));
  if (device.kind === 'pure') await device.seen('OnJoinedGroupAdded', (one) => one.groupID === groupID);
}
