// How the console looks: one accent, tight tables, colours that keep their contrast in both schemes.
import { createTheme } from "@mantine/core";

// The head of a dialog is no landmark: the page has one already.
const dialog = { title: { fontWeight: 600, fontSize: "var(--mantine-font-size-lg)" } };
const plainHead = { defaultProps: { role: "presentation" } };

export const theme = createTheme({
  primaryColor: "blue",
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: "md",
  autoContrast: true,
  // Who asked the system for less motion gets dialogs and menus at once.
  respectReducedMotion: true,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, monospace",
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "1.4rem" }, h2: { fontSize: "1rem" }, h3: { fontSize: "0.95rem" } },
  },
  // Named, not imported: a component comes with the first page that uses it.
  components: {
    // A word that is cut off tells nothing.
    Badge: {
      styles: {
        root: { textTransform: "none", fontWeight: 600, minWidth: "max-content", flexShrink: 0 },
        label: { overflow: "visible" },
      },
    },
    Drawer: { styles: dialog },
    DrawerHeader: plainHead,
    Modal: { styles: dialog },
    ModalHeader: plainHead,
    TableTh: { defaultProps: { fz: "xs", fw: 600, c: "dimmed" } },
  },
});
