// What the page asks: the settings with where each value comes from, what does not fit, and what was changed.
import { graphql, type ResultOf } from "~/graphql";

export const Configuration = graphql(`
  query Configuration {
    admin {
      configuration {
        managed
        nodeId
        problems { key message }
        settings {
          key section type value defaultValue source origin secret description allowed choices
          live editable lockedBecause restartNeeded changedAt changedBy problem
        }
      }
    }
  }
`);

export const History = graphql(`
  query ConfigurationHistory($first: Int!, $after: String, $offset: Int) {
    admin {
      configuration {
        history(first: $first, after: $after, offset: $offset) {
          totalCount
          pageInfo { endCursor }
          edges { node { id at changedBy key oldValue newValue } }
        }
      }
    }
  }
`);

export const Update = graphql(`
  mutation UpdateSettings($changes: [SettingInput!]!) { updateSettings(input: { changes: $changes }) { changed } }
`);

export const Reset = graphql(`
  mutation ResetSettings($keys: [String!]!) { resetSettings(input: { keys: $keys }) { changed } }
`);

export const Manage = graphql(`
  mutation ManageConfiguration($enabled: Boolean!) {
    setConfigurationManaged(input: { enabled: $enabled }) { configuration { managed } }
  }
`);

export const Restart = graphql(
  `mutation RestartNodes($nodeIds: [ID!]) { restartNodes(input: { nodeIds: $nodeIds }) { nodeIds } }`,
);

type Found = NonNullable<ResultOf<typeof Configuration>["admin"]>["configuration"];
export type Setting = Found["settings"][number];
export type Change = NonNullable<
  ResultOf<typeof History>["admin"]
>["configuration"]["history"]["edges"][number]["node"];
