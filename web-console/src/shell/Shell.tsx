// The frame of all pages but the login: navigation, who is signed in, language, colours, and whether data is live.
import {
  ActionIcon,
  AppShell,
  Burger,
  Group,
  Menu,
  NavLink,
  ScrollArea,
  Text,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconLanguage, IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { LANGUAGES, type Language, speak } from "~/app/i18n";
import { signOut, useSession } from "~/app/session";
import { LiveBadge } from "./LiveBadge";
import { SECTIONS } from "./places";

export function Shell() {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure();
  const session = useSession();
  const path = useLocation({ select: (location) => location.pathname });
  const here = (to: string) => (to === "/" ? path === "/" : path.startsWith(to));
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding="md"
    >
      <a className="skip-link" href="#page">
        {t("shell.skip")}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t("shell.menu")} />
            <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={26} height={26} />
            <Text fw={700} component="span" visibleFrom="xs">
              OpenIM Graph
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <LiveBadge />
            <Text size="sm" visibleFrom="sm">
              {session?.userId}
            </Text>
            <LanguageMenu />
            <SchemeSwitch />
            <ActionIcon
              variant="subtle"
              size="lg"
              aria-label={t("shell.signOut")}
              title={t("shell.signOut")}
              onClick={() => signOut("signedOut")}
            >
              <IconLogout size={18} />
            </ActionIcon>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar px="xs" py={6} aria-label={t("shell.navigation")}>
        <ScrollArea scrollbarSize={6}>
          {SECTIONS.map(({ name, places }) => (
            <Fragment key={name}>
              {name && (
                <Text id={`section-${name}`} size="xs" fw={600} c="dimmed" px={10} pt={8} pb={2}>
                  {t(`sections.${name}`)}
                </Text>
              )}
              <ul className="places" {...(name && { "aria-labelledby": `section-${name}` })}>
                {places.map((place) => (
                  <li key={place.to}>
                    <NavLink
                      className="place"
                      component={Link}
                      to={place.to}
                      active={here(place.to)}
                      label={t(`places.${place.name}`)}
                      leftSection={<place.icon size={18} aria-hidden />}
                      onClick={close}
                    />
                  </li>
                ))}
              </ul>
            </Fragment>
          ))}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="page" className="canvas" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function LanguageMenu() {
  const { t, i18n } = useTranslation();
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" size="lg" aria-label={t("shell.language")} title={t("shell.language")}>
          <IconLanguage size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <Menu.Item
            key={code}
            lang={code}
            fw={i18n.resolvedLanguage === code ? 700 : 400}
            onClick={() => void speak(code as Language)}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function SchemeSwitch() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const dark = colorScheme === "dark";
  return (
    <ActionIcon
      variant="subtle"
      size="lg"
      aria-label={t(dark ? "shell.light" : "shell.dark")}
      title={t(dark ? "shell.light" : "shell.dark")}
      onClick={() => setColorScheme(dark ? "light" : "dark")}
    >
      {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  );
}
