// Buttons, words and entries of menus that lead to a page; their addresses are checked when the console is compiled.
import { Anchor, type AnchorProps, Button, type ButtonProps, Menu, type MenuItemProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ComponentPropsWithRef } from "react";

type Of<Props> = Props & Omit<ComponentPropsWithRef<"a">, keyof Props>;

export const LinkButton = createLink((props: Of<ButtonProps>) => <Button component="a" {...props} />);
export const TextLink = createLink((props: Of<AnchorProps>) => <Anchor {...props} />);
export const MenuLink = createLink((props: Of<MenuItemProps>) => <Menu.Item component="a" {...props} />);
