// Asks once more before something that cannot be taken back, and why it is done; a refusal is shown where it was asked.
import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import type { CombinedError } from "@urql/core";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { REASON_LENGTH } from "~/app/reason";
import { Failed } from "./States";

/** What waits to be confirmed. */
export interface Question {
  title: string;
  text: string;
  /** The word on the button. */
  act: string;
  /** Does it; `because(reason)` of `~/app/reason` carries the reason to the audit log. */
  sure: (reason: string) => Promise<{ error?: CombinedError | undefined }>;
}

/** Shows a question until it is answered; `done` is called after it was done. */
export function Confirm({
  question,
  close,
  done,
}: {
  question: Question | null;
  close: () => void;
  done?: () => void;
}) {
  const { t } = useTranslation();
  // While the dialog closes it still says what it was about.
  const shown = useRef({ question, turn: 0 });
  if (question && question !== shown.current.question) shown.current = { question, turn: shown.current.turn + 1 };
  const { question: asked, turn } = shown.current;

  /** An answer that comes after somebody gave up waiting leaves alone what was asked since. */
  function answered(of: Question) {
    if (shown.current.question === of) close();
    done?.();
  }

  return (
    <Modal
      opened={question !== null}
      onClose={close}
      title={asked?.title}
      closeButtonProps={{ "aria-label": t("acts.close") }}
    >
      {asked && <Ask key={turn} question={asked} close={close} answered={answered} />}
    </Modal>
  );
}

function Ask({
  question,
  close,
  answered,
}: {
  question: Question;
  close: () => void;
  answered: (question: Question) => void;
}) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CombinedError>();

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    const result = await question.sure(reason);
    setBusy(false);
    if (result.error) return setError(result.error);
    answered(question);
  }

  return (
    <form onSubmit={submit}>
      <Stack>
        <Text style={{ overflowWrap: "anywhere" }}>{question.text}</Text>
        <Textarea
          label={t("acts.reason")}
          description={t("acts.reasonHelp")}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={REASON_LENGTH}
          rows={2}
          data-autofocus
        />
        {error && <Failed error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("acts.cancel")}
          </Button>
          <Button color="red" type="submit" loading={busy}>
            {question.act}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
