// Signs in with the administrators' secret, or with a token that one has.
import {
  Alert,
  Button,
  Center,
  Group,
  Paper,
  PasswordInput,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "urql";
import { problemOf, toldOf } from "~/app/errors";
import { lastEnding, type Session, signIn } from "~/app/session";
import { graphql } from "~/graphql";

const SignInBySecret = graphql(`
  mutation SignInBySecret($secret: String!, $userId: ID!) {
    createAdminToken(input: { secret: $secret, userId: $userId }) { token expiresAt }
  }
`);

const SignInByToken = graphql(`
  query SignInByToken($token: String!) { tokenInfo(token: $token) { userId expiresAt } }
`);

type Way = "secret" | "token";

/** What the graph says of a wrong secret, or of somebody who is no administrator: nobody is told which of them it is. */
const REFUSED = ["NO_PERMISSION", "ARGS_ERROR", "RECORD_NOT_FOUND"];

const refusal = (code: string) => (REFUSED.includes(code) ? "WRONG_SECRET" : code);

export function LoginPage() {
  const { t, i18n } = useTranslation();
  const client = useClient();
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/login" });
  const [way, setWay] = useState<Way>("secret");
  const [userId, setUserId] = useState("imAdmin");
  const [secret, setSecret] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const ending = lastEnding();

  async function ask(): Promise<Session | string> {
    if (way === "secret") {
      const { data, error } = await client.mutation(SignInBySecret, { secret, userId });
      if (!data) return error ? refusal(problemOf(error).code) : "INTERNAL";
      return { token: data.createAdminToken.token, userId, expiresAt: data.createAdminToken.expiresAt };
    }
    const { data, error } = await client.query(SignInByToken, { token: secret });
    if (!data) return error ? problemOf(error).code : "INTERNAL";
    return { token: secret, userId: data.tokenInfo.userId, expiresAt: data.tokenInfo.expiresAt };
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    const session = await ask();
    setBusy(false);
    if (typeof session === "string") {
      setFailure(session);
      return;
    }
    signIn(session);
    await navigate({ href: next?.startsWith("/") && !next.startsWith("//") ? next : "/" });
  }

  return (
    <Center className="canvas" mih="100dvh" p="md" component="main">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={400} component="form" onSubmit={submit}>
        <Stack>
          <Group gap="xs">
            <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={28} height={28} />
            <Text fw={700}>OpenIM Graph</Text>
          </Group>
          <Title order={1}>{t("login.title")}</Title>
          {ending && ending !== "signedOut" && !failure && <Alert color="yellow">{t(`login.ended.${ending}`)}</Alert>}
          {failure && (
            <Alert color="red" role="alert">
              {t(toldOf(failure, i18n))}
            </Alert>
          )}
          <SegmentedControl
            aria-label={t("login.way")}
            value={way}
            onChange={(value) => setWay(value as Way)}
            data={[
              { value: "secret", label: t("login.bySecret") },
              { value: "token", label: t("login.byToken") },
            ]}
          />
          {way === "secret" && (
            <TextInput
              label={t("login.userId")}
              value={userId}
              onChange={(event) => setUserId(event.currentTarget.value)}
              required
              autoComplete="username"
            />
          )}
          <PasswordInput
            label={t(way === "secret" ? "login.secret" : "login.token")}
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
            required
            autoComplete="off"
            data-autofocus
          />
          <Button type="submit" loading={busy}>
            {t("login.submit")}
          </Button>
        </Stack>
      </Paper>
    </Center>
  );
}
