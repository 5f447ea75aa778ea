// Somebody in a table: picture, name and id.
import { Avatar, Group, Text } from "@mantine/core";
import { lettersOf } from "~/lib/names";

export function Person({ id, nickname, faceUrl }: { id: string; nickname?: string | null; faceUrl?: string | null }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <Avatar src={faceUrl || null} size="sm" alt="" name={lettersOf(nickname, id)} />
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={600} lineClamp={1}>
          {nickname || id}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {id}
        </Text>
      </div>
    </Group>
  );
}
