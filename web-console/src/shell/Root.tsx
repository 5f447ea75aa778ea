// What surrounds every page: colours, notices, and the graph's client of whoever is signed in.
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { Outlet, useRouter } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Provider } from "urql";
import { makeClient } from "~/app/client";
import { useSession } from "~/app/session";
import { theme } from "~/app/theme";

export function Root() {
  const session = useSession();
  const router = useRouter();
  const client = useMemo(() => makeClient(session), [session]);
  const before = useRef(session);
  useEffect(() => {
    const ended = before.current !== null && session === null;
    before.current = session;
    if (ended) void router.navigate({ to: "/login", search: {} });
  }, [session, router]);
  const { t } = useTranslation();
  // What closes a notice has a name in every language.
  const close = t("acts.close");
  const named = useMemo(
    () => ({
      ...theme,
      components: {
        ...theme.components,
        Notification: { defaultProps: { closeButtonProps: { "aria-label": close } } },
      },
    }),
    [close],
  );
  return (
    <MantineProvider theme={named} defaultColorScheme="auto">
      <Notifications position="bottom-right" />
      <Provider value={client}>
        <Outlet />
      </Provider>
    </MantineProvider>
  );
}
