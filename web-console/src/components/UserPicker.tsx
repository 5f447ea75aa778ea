// Finds somebody by name or id: what is typed is looked for; an id that was pasted counts as it is.
import { Autocomplete, Button, Group } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient, useQuery } from "urql";
import { problemOf, toldOf } from "~/app/errors";
import { graphql, type ResultOf } from "~/graphql";
import { canBeId, meant } from "~/lib/ids";
import { Person } from "./Person";

const FindUsers = graphql(`
  query FindUsers($text: String!, $canBeId: Boolean!, $id: ID!) {
    user(id: $id) @include(if: $canBeId) { id nickname faceUrl }
    admin { users(first: 8, search: $text) { edges { node { id nickname faceUrl } } } }
  }
`);

/** Whoever has exactly this id comes first, whoever has it in the name or the id after that. */
function foundIn(data: ResultOf<typeof FindUsers> | undefined) {
  const all = [data?.user, ...(data?.admin?.users.edges ?? []).map((edge) => edge.node)];
  return [...new Map(all.flatMap((user) => (user ? [[user.id, user] as const] : []))).values()];
}

const asked = (text: string) => ({ text, canBeId: canBeId(text), id: text });

export function UserPicker({
  user,
  choose,
  label,
  placeholder,
  act,
}: {
  /** The id of whoever is chosen; empty for nobody. */
  user: string;
  choose: (id: string) => void;
  /** Seen above the field; the placeholder is its name otherwise. */
  label?: string;
  placeholder?: string;
  /** The word on a button beside it. */
  act?: string;
}) {
  const { t, i18n } = useTranslation();
  const client = useClient();
  const [text, setText] = useState(user);
  const latest = useRef(text);
  latest.current = text;
  const [shown, setShown] = useState(user);
  const [problem, setProblem] = useState<string | null>(null);
  const [taken, setTaken] = useState<string | null>(null);
  // Somebody else is chosen, such as by a step back. Who was chosen here stands in the field already, or what was typed since.
  if (shown !== user) {
    setShown(user);
    setTaken(null);
    if (user !== taken) setText(user);
  }
  const [typed] = useDebouncedValue(text.trim(), 250);
  const looking = typed !== "" && typed !== user;
  const [{ data }] = useQuery({ query: FindUsers, variables: asked(typed), pause: !looking });
  const found = looking && text.trim() !== user ? foundIn(data) : [];
  const people = new Map(found.map((one) => [one.id, one]));

  function type(next: string) {
    setText(next);
    setProblem(null);
    if (next === "" && user !== "") pick("");
  }

  function take(id: string) {
    setText(id);
    setProblem(null);
    if (id !== user) pick(id);
  }

  function pick(id: string) {
    setTaken(id);
    choose(id);
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    const wanted = text.trim();
    if (wanted === "" || wanted === user) return;
    const { data, error } = await client.query(FindUsers, asked(wanted));
    // Something else was typed meanwhile.
    if (latest.current.trim() !== wanted) return;
    const all = foundIn(data);
    const id = meant(wanted, all);
    if (id !== null) return take(id);
    setProblem(
      error ? t(toldOf(problemOf(error).code, i18n)) : t(all.length > 0 ? "whose.several" : "users.noneFound"),
    );
  }

  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="xs">
        <Autocomplete
          flex={1}
          {...(label ? { label } : { "aria-label": placeholder })}
          {...(placeholder && { placeholder })}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={type}
          onOptionSubmit={take}
          error={problem}
          // Below the field is where the list opens.
          inputWrapperOrder={["label", "error", "input"]}
          maxLength={64}
          clearable
          clearButtonProps={{ "aria-label": t("acts.clear") }}
          data={found.map(({ id }) => id)}
          // The server has found them, also by what is not to be seen in their ids.
          filter={({ options }) => options}
          // Inside the page's landmarks, and seen whole.
          comboboxProps={{ withinPortal: false }}
          withScrollArea={false}
          renderOption={({ option }) => <Person {...people.get(option.value)} id={option.value} />}
        />
        {act && (
          <Button type="submit" variant="default">
            {act}
          </Button>
        )}
      </Group>
    </form>
  );
}
