// Asks for the ids of users, one a line or with commas between them, and does something with all of them.
import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import type { CombinedError } from "@urql/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { readIds } from "~/lib/ids";
import { Failed } from "./States";

/** How many ids the graph takes at once. */
const MOST = 1000;

/** How much text is taken, in characters: more than so many ids of the longest kind. */
const MUCH = 100_000;

export function Ids(props: {
  opened: boolean;
  close: () => void;
  title: string;
  act: string;
  run: (ids: string[]) => Promise<{ error?: CombinedError | undefined }>;
  done: () => void;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CombinedError>();
  const ids = readIds(text);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    const result = await props.run(ids);
    setBusy(false);
    if (result.error) return setError(result.error);
    setText("");
    props.close();
    props.done();
  }

  return (
    <Modal
      opened={props.opened}
      onClose={props.close}
      title={props.title}
      closeButtonProps={{ "aria-label": t("acts.close") }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Textarea
            label={t("ids.label")}
            description={t("ids.help", { count: ids.length, most: MOST })}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            rows={6}
            required
            maxLength={MUCH}
            data-autofocus
            error={ids.length > MOST && t("ids.tooMany", { most: MOST })}
          />
          {error && <Failed error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={props.close}>
              {t("acts.cancel")}
            </Button>
            <Button type="submit" loading={busy} disabled={ids.length === 0 || ids.length > MOST}>
              {props.act}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
