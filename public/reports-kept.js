// What the report analyzer keeps: the arrangement of causes, and summaries that the person chose to keep. In this
// browser only, one database per account; never sent. Where the browser has no storage, nothing is kept.
const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const database = (account) => {
  const opening = indexedDB.open(`spectr-reports-${account}`, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("summaries", { keyPath: "id" });
    opening.result.createObjectStore("arrangement");
  };
  return asked(opening);
};

/** The store of this account. */
export const keeper = (account) => {
  let opened;
  const store = async (name, mode) => {
    opened ??= database(account);
    return (await opened).transaction(name, mode).objectStore(name);
  };
  return {
    /** All summaries, the newest first. */
    all: async () => (await asked((await store("summaries", "readonly")).getAll())).sort((a, b) => b.at - a.at),
    keep: async (summary) => asked((await store("summaries", "readwrite")).put(summary)),
    forget: async (id) => asked((await store("summaries", "readwrite")).delete(id)),
    edits: async () => asked((await store("arrangement", "readonly")).get("edits")),
    keepEdits: async (text) => {
      const edits = await store("arrangement", "readwrite");
      return asked(text ? edits.put(text, "edits") : edits.delete("edits"));
    },
  };
};
