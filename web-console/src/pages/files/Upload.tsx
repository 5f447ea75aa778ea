// Uploads files one after the other, each with its progress; what failed can be sent again, what runs can be stopped.
import { Button, FileInput, Group, Modal, Progress, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { CombinedError, useClient } from "urql";
import { problemOf } from "~/app/errors";
import { useSession } from "~/app/session";
import { nameIn, type Progress as Share, send, Unanswered } from "./sending";

const COLOURS = { waiting: "blue", reading: "gray", sending: "blue", done: "blue", failed: "red" } as const;

type State = { kind: "waiting" | "done" } | Share | { kind: "failed"; why: string };

export function Upload({ opened, close, stored }: { opened: boolean; close: () => void; stored: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t("files.upload")}
      size="lg"
      closeButtonProps={{ "aria-label": t("acts.close") }}
    >
      <UploadForm stored={stored} />
    </Modal>
  );
}

function UploadForm({ stored }: { stored: () => void }) {
  const { t } = useTranslation();
  const client = useClient();
  const me = useSession()?.userId ?? "";
  const [files, setFiles] = useState<File[]>([]);
  const [folder, setFolder] = useState(me);
  const [cause, setCause] = useState("");
  const [states, setStates] = useState<readonly State[]>([]);
  const stop = useRef<AbortController | null>(null);
  const [busy, setBusy] = useState(false);
  const become = (place: number, state: State) =>
    setStates((before) => files.map((_, other) => (other === place ? state : (before[other] ?? { kind: "waiting" }))));

  function textOf(error: unknown): string {
    if (error instanceof Unanswered) return t("files.unanswered", { store: error.origin, page: location.origin });
    if (error instanceof CombinedError) return problemOf(error).detail;
    return error instanceof Error ? error.message : String(error);
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    stop.current = new AbortController();
    for (const [place, file] of files.entries()) {
      if (states[place]?.kind === "done") continue;
      if (stop.current.signal.aborted) break;
      become(place, { kind: "reading", share: 0 });
      try {
        const wish = { name: nameIn(folder, file.name), cause };
        await send(client, file, wish, (share) => become(place, share), stop.current.signal);
        become(place, { kind: "done" });
        stored();
      } catch (error) {
        become(place, { kind: "failed", why: textOf(error) });
      }
    }
    setBusy(false);
  }

  const done = files.length > 0 && files.every((_, place) => states[place]?.kind === "done");
  return (
    <form onSubmit={submit}>
      <Stack>
        <FileInput
          label={t("files.choose")}
          multiple
          clearable
          clearButtonProps={{ "aria-label": t("acts.clear") }}
          value={files}
          onChange={(chosen) => {
            setFiles(chosen);
            setStates([]);
          }}
          disabled={busy}
        />
        <TextInput
          label={t("files.folder")}
          description={t("files.folderHelp")}
          value={folder}
          onChange={(event) => setFolder(event.currentTarget.value)}
          disabled={busy}
        />
        <TextInput
          label={t("files.cause")}
          value={cause}
          onChange={(event) => setCause(event.currentTarget.value)}
          maxLength={64}
          disabled={busy}
        />
        {files.map((file, place) => (
          <Line key={`${file.name} ${file.size}`} name={nameIn(folder, file.name)} state={states[place]} />
        ))}
        <Group justify="flex-end">
          {busy && (
            <Button variant="default" onClick={() => stop.current?.abort(new Error(t("files.stopped")))}>
              {t("files.stop")}
            </Button>
          )}
          <Button type="submit" loading={busy} disabled={files.length === 0 || done}>
            {t("files.upload")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Line({ name, state = { kind: "waiting" } }: { name: string; state: State | undefined }) {
  const { t } = useTranslation();
  const share = state.kind === "done" ? 100 : "share" in state ? Math.round(state.share * 100) : 0;
  return (
    <div>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {name}
        </Text>
        <Text
          size="sm"
          c={state.kind === "failed" ? "red" : "dimmed"}
          role={state.kind === "failed" ? "alert" : "status"}
        >
          {state.kind === "failed" ? state.why : t(`files.states.${state.kind}`, { share })}
        </Text>
      </Group>
      <Progress value={share} aria-label={name} color={COLOURS[state.kind]} />
    </div>
  );
}
