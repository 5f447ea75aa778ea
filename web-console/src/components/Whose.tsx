// Asks whose things are shown.
import { Button, Group, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

export function Whose({ user, choose }: { user: string; choose: (user: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(user);

  function submit(event: FormEvent) {
    event.preventDefault();
    choose(text.trim());
  }

  return (
    <form onSubmit={submit}>
      <Group mb="sm" align="flex-end">
        <TextInput
          flex={1}
          maw={420}
          aria-label={t("whose.user")}
          placeholder={t("whose.user")}
          leftSection={<IconSearch size={16} />}
          value={text}
          maxLength={64}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" variant="default">
          {t("whose.show")}
        </Button>
      </Group>
    </form>
  );
}
