// Waiting, always for something and never for ever.

/** How long anything may take on a busy machine, in milliseconds. */
export const PATIENCE = 30_000;

/** Waits for a promise; says what was awaited in vain. */
export async function soon(what, promise, explain = () => '') {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${PATIENCE / 1000} s in vain: ${what}${explain()}`)), PATIENCE);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again and again until the answer is truthy, and returns it. */
export async function until(what, ask) {
  const end = Date.now() + PATIENCE;
  let last;
  while (Date.now() < end) {
    const answer = await soon(what, ask());
    if (answer) return answer;
    last = answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited ${PATIENCE / 1000} s in vain: ${what} (last answer: ${JSON.stringify(last)})`);
}
