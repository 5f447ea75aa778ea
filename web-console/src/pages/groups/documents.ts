// What the page of a group asks, whatever part of it is open, and what it does.
import { graphql, type ResultOf } from "~/graphql";

export const OneGroup = graphql(`
  query OneGroup(
    $id: ID!
    $first: Int!
    $after: String
    $offset: Int
    $withMembers: Boolean!
    $search: String
    $roles: [GroupRole!]
    $withRequests: Boolean!
    $statuses: [GroupRequestStatus!]
  ) {
    group(id: $id) {
      id
      name
      faceUrl
      introduction
      notification
      verification
      lookMemberInfo
      applyMemberFriend
      status
      memberCount
      createdAt
      ownerId
      owner { id nickname }
      members(first: $first, after: $after, offset: $offset, search: $search, roles: $roles) @include(if: $withMembers) {
        totalCount
        pageInfo { endCursor }
        edges { node { userId nickname faceUrl role joinedAt mutedUntil } }
      }
      requests(first: $first, after: $after, offset: $offset, statuses: $statuses) @include(if: $withRequests) {
        totalCount
        pageInfo { endCursor }
        edges { node { userId message status requestedAt answer user { id nickname faceUrl } inviter { id nickname } } }
      }
    }
  }
`);

export type OpenGroup = NonNullable<ResultOf<typeof OneGroup>["group"]>;
export type Member = NonNullable<OpenGroup["members"]>["edges"][number]["node"];
export type Request = NonNullable<OpenGroup["requests"]>["edges"][number]["node"];

export const Mute = graphql(
  `mutation MuteGroup($id: ID!) { muteGroup(input: { groupId: $id }) { group { id status } } }`,
);
export const Unmute = graphql(
  `mutation UnmuteGroup($id: ID!) { unmuteGroup(input: { groupId: $id }) { group { id status } } }`,
);
export const Dismiss = graphql(
  `mutation DismissGroup($id: ID!) { dismissGroup(input: { groupId: $id }) { group { id status } } }`,
);
export const Remove = graphql(`
  mutation RemoveMember($id: ID!, $userId: ID!) {
    removeGroupMembers(input: { groupId: $id, userIds: [$userId] }) { group { id memberCount } }
  }
`);
export const Transfer = graphql(`
  mutation TransferGroup($id: ID!, $from: ID!, $to: ID!) {
    transferGroup(input: { groupId: $id, fromId: $from, toId: $to }) { group { id ownerId } }
  }
`);
export const MuteMember = graphql(`
  mutation MuteMember($id: ID!, $userId: ID!, $seconds: Long!) {
    muteGroupMember(input: { groupId: $id, userId: $userId, seconds: $seconds }) { member { userId mutedUntil } }
  }
`);
export const UnmuteMember = graphql(`
  mutation UnmuteMember($id: ID!, $userId: ID!) {
    unmuteGroupMember(input: { groupId: $id, userId: $userId }) { member { userId mutedUntil } }
  }
`);
export const ChangeRole = graphql(`
  mutation ChangeRole($id: ID!, $userId: ID!, $role: GroupRole!) {
    updateGroupMembers(input: { members: [{ groupId: $id, userId: $userId, role: $role }] }) { members { userId role } }
  }
`);
export const Invite = graphql(`
  mutation InviteToGroup($id: ID!, $userIds: [ID!]!) {
    inviteToGroup(input: { groupId: $id, userIds: $userIds }) { joinedIds alreadyMemberIds }
  }
`);
export const Answer = graphql(`
  mutation AnswerGroupRequest($id: ID!, $userId: ID!, $status: GroupRequestStatus!) {
    respondToGroupRequest(input: { groupId: $id, userId: $userId, status: $status }) { request { userId status } }
  }
`);
export const Update = graphql(`
  mutation UpdateGroup(
    $id: ID!
    $name: String!
    $faceUrl: String!
    $introduction: String!
    $notification: String
    $verification: GroupVerification!
  ) {
    updateGroup(
      input: {
        groupId: $id
        name: $name
        faceUrl: $faceUrl
        introduction: $introduction
        notification: $notification
        verification: $verification
      }
    ) { group { id } }
  }
`);
