// What scenarios say often.

/** Kinds of conversations. */
export const SINGLE = 1;
export const GROUP = 3;

/** The events by which a client tells of a message: as it comes, and what came while it was away. */
export const ARRIVALS = ['OnRecvNewMessage', 'OnRecvNewMessages', 'OnRecvOfflineNewMessage', 'OnRecvOfflineNewMessages'];

/** The conversation of two users. */
export function pair(one, other) {
  return `si_${[one, other].sort().join('_')}`;
}

/** Sends a message that the client made; returns it as sent. */
export function send(device, target, message) {
  return device.call('sendMessage', { recvID: '', groupID: '', ...target, message });
}

/** Sends a text to a user. */
export async function say(device, recvID, text) {
  return send(device, { recvID }, await device.call('createTextMessage', text));
}

/** Sends a text to a group. */
export async function sayToGroup(device, groupID, text) {
  return send(device, { groupID }, await device.call('createTextMessage', text));
}

/** Waits until a device tells of a message that fits. */
export function hears(device, fits) {
  return device.seen(ARRIVALS, fits);
}

/** Waits until a device tells of a text. */
export function hearsText(device, text) {
  return hears(device, (message) => message.textElem?.content === text);
}

/** A page of a conversation's messages, the oldest first. */
export async function history(device, conversationID, count = 20, startClientMsgID = '') {
  return device.call('getAdvancedHistoryMessageList', { conversationID, count, startClientMsgID, viewType: 0 });
}

/** Waits until a conversation's last page fits and returns its messages. */
export async function historyShows(device, conversationID, fits) {
  const args = [{ conversationID, count: 20, startClientMsgID: '', viewType: 0 }];
  const page = await device.eventually('getAdvancedHistoryMessageList', args, (answer) => fits(answer.messageList ?? []));
  return page.messageList ?? [];
}

/** The texts of messages. */
export function texts(messages) {
  return messages.map((message) => message.textElem?.content);
}

/** Waits until the sender's copy of a message has its number: what it does with the message later needs that. */
export function numbered(device, conversationID, clientMsgID) {
  return historyShows(device, conversationID, (messages) => messages.some((one) => one.clientMsgID === clientMsgID && one.seq > 0));
}
