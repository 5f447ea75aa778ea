// What the tests of several pages do.

/** Answers the dialog that asks for a reason, which closes then; `last` tells whether it is the last one. */
export async function sure(page, act, reason, last = true) {
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Reason" }).fill(reason);
  await dialog.getByRole("button", { name: act, exact: true }).click();
  if (last) await closed(dialog);
}

/** Waits until a dialog is closed; of one that stays it is told what it says. */
export async function closed(dialog) {
  await dialog.waitFor({ state: "hidden" }).catch(async (error) => {
    error.message += `\nthe dialog says: ${await dialog.textContent({ timeout: 1000 }).catch(() => "nothing any more")}`;
    throw error;
  });
}
