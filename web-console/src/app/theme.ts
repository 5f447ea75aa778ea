// How the console looks: one accent, tight tables, colours that keep their contrast in both schemes.
import { createTheme, Drawer, Modal } from "@mantine/core";

// The head of a dialog is no landmark: the page has one already.
const plainHead = { defaultProps: { role: "presentation" } };

export const theme = createTheme({
  primaryColor: "blue",
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: "sm",
  autoContrast: true,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, monospace",
  headings: { fontWeight: "600", sizes: { h1: { fontSize: "1.5rem" }, h2: { fontSize: "1.15rem" } } },
  components: { ModalHeader: Modal.Header.extend(plainHead), DrawerHeader: Drawer.Header.extend(plainHead) },
});
