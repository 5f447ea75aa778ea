// What the tests use of a page: `invoke` calls the client, `report` (a binding of the tests) hears of its events.

/** Hands a client to the tests. */
export function expose(client, events) {
  for (const event of new Set(Object.values(events))) {
    client.on(event, ({ data, errCode, errMsg }) => window.report({ event, data, errCode, errMsg }));
  }
  window.invoke = async (method, args) => {
    if (typeof client[method] !== 'function') return { errCode: -1, errMsg: `the client has no ${method}` };
    try {
      const { data, errCode = 0, errMsg = '' } = (await client[method](...args.map(withFile))) ?? {};
      return { data, errCode, errMsg };
    } catch (error) {
      return { errCode: error?.errCode || -1, errMsg: error?.errMsg ?? String(error) };
    }
  };
}

/** A file does not travel to the page: `{file: {name, type, text}}` is made into one here. */
function withFile(value) {
  if (typeof value?.file?.text !== 'string') return value;
  const { name, type, text } = value.file;
  return { ...value, file: new File([text], name, { type }) };
}
