// The head of a page: its name, what can be done there, and the title of the tab.
import { Group, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";

export function Page({ title, acts, children }: { title: string; acts?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · OpenIM Graph`;
  }, [title]);
  return (
    <>
      <Group justify="space-between" mb="md">
        <Title order={1}>{title}</Title>
        {acts && <Group gap="xs">{acts}</Group>}
      </Group>
      {children}
    </>
  );
}
