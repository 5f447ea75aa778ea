import assert from 'node:assert/strict';

import { hearsText, sayToGroup } from '../lib/talk.mjs';

export default {
  name: 'a group is muted, given to another owner, left and dismissed',
  async run(world) {
    const [alice, bob, carol] = await world.users('alice', 'bob', 'carol');
    const [hers, his, carols] = await world.login(alice, bob, carol);
    const info = { groupName: 'Keepers', groupType: 2 };
    const { groupID } = await hers.call('createGroup', { memberUserIDs: [bob, carol], groupInfo: info });
    const mine = [{ offset: 0, count: 10 }];
    const has = (groups) => groups.some((one) => one.groupID === groupID);
    for (const device of [hers, his, carols]) await device.eventually('getJoinedGroupListPage', mine, has);
    const shout = async (device, text) => ({ recvID: '', groupID, message: await device.call('createTextMessage', text) });

    // One member is muted: only that one is silent, and may speak again afterwards.
    await hers.call('changeGroupMemberMute', { groupID, userID: bob, mutedSeconds: 600 });
    await his.seen('OnGroupMemberInfoChanged', (one) => one.userID === bob && one.muteEndTime > 0);
    await his.refused('sendMessage', await shout(his, 'muted'));
    await sayToGroup(carols, groupID, 'I may');
    await hearsText(hers, 'I may');
    await hers.call('changeGroupMemberMute', { groupID, userID: bob, mutedSeconds: 0 });
    await his.seen('OnGroupMemberInfoChanged', (one) => one.userID === bob && !(one.muteEndTime > 0));
    await sayToGroup(his, groupID, 'me too');
    await hearsText(hers, 'me too');

    // The whole group is muted: the owner may still speak.
    const mute = async (isMute) => {
      // The package hands its own core one argument more than the core takes: there the business server mutes.
      if (world.kind === 'wasm') await world.business.call(isMute ? '/group/mute_group' : '/group/cancel_mute_group', { groupID });
      else await hers.call('changeGroupMute', { groupID, isMute });
    };
    await mute(true);
    await his.seen('OnGroupInfoChanged', (one) => one.groupID === groupID && one.status === 3);
    await his.refused('sendMessage', await shout(his, 'still muted'));
    await sayToGroup(hers, groupID, 'silence, please');
    await hearsText(his, 'silence, please');
    await mute(false);
    await his.seen('OnGroupInfoChanged', (one) => one.groupID === groupID && one.status === 0);

    // The new owner may do what the old one may no longer.
    await hers.call('transferGroupOwner', { groupID, newOwnerUserID: bob });
    const all = [{ groupID, filter: 0, offset: 0, count: 10 }];
    const owned = (list) => list.find((one) => one.userID === bob)?.roleLevel === 100;
    for (const device of [hers, his]) await device.eventually('getGroupMemberList', all, owned);
    await hers.refused('dismissGroup', groupID);

    // Who leaves is gone for those who stay, and hears nothing more.
    await carols.call('quitGroup', groupID);
    await his.seen('OnGroupMemberDeleted', (one) => one.groupID === groupID && one.userID === carol);
    await carols.eventually('getJoinedGroupListPage', mine, (groups) => !has(groups));
    await carols.refused('sendMessage', await shout(carols, 'let me back'));

    await his.call('dismissGroup', groupID);
    await hers.seen('OnGroupDismissed', (one) => one.groupID === groupID);
    await hers.refused('sendMessage', await shout(hers, 'anybody there?'));
    assert.equal(carols.count('OnGroupDismissed', (one) => one.groupID === groupID), 0);
  },
};
