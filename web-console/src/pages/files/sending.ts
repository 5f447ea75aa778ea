// Sends a file as a browser's form does, straight to where it is stored, and tells how far it is.
import type { ResultOf } from "~/graphql";
import { graphql } from "~/graphql";

export const Start = graphql(`
  mutation StartForm($name: String!, $size: Long!, $contentType: String, $cause: String) {
    startFormUpload(input: { name: $name, size: $size, contentType: $contentType, cause: $cause }) {
      upload { id }
      form { url fileField successStatuses fields { name value } }
    }
  }
`);

export const Complete = graphql(`
  mutation CompleteForm($id: ID!) { completeFormUpload(input: { uploadId: $id }) { file { name url } } }
`);

type Form = ResultOf<typeof Start>["startFormUpload"]["form"];

/** Posts the form; `told` hears the share that has arrived, from 0 to 1. */
export function sendForm(form: Form, file: File, told: (share: number) => void, stop: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const data = new FormData();
    for (const field of form.fields) data.append(field.name, field.value);
    // Whoever reads the form takes the file as its end.
    data.append(form.fileField, file);
    request.upload.onprogress = (event) => event.lengthComputable && told(event.loaded / event.total);
    request.onload = () => {
      if (form.successStatuses.includes(request.status)) resolve();
      else reject(new Error(`HTTP ${request.status}`));
    };
    request.onerror = () => reject(new Error("the connection broke"));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    stop.addEventListener("abort", () => request.abort(), { once: true });
    request.open("POST", form.url);
    request.send(data);
  });
}

/** Returns the name that a file gets in a folder, without what would lead out of it. */
export function nameIn(folder: string, file: string): string {
  const parts = folder.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
  return [...parts, file.replaceAll("/", "_")].join("/");
}
