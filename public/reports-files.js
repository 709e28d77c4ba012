// What was chosen, dropped or pasted, as files with their paths; what was found in a folder knows which.
// Never: reading a file.
// Folders that hold no reports of one's own.
const PASSED_OVER = new Set([".git", "node_modules"]);
export const chosen = (files) =>
  [...files]
    .map((file) => {
      const path = file.webkitRelativePath || file.name;
      return { path, file, folder: file.webkitRelativePath ? path.split("/")[0] : undefined };
    })
    .filter(({ path }) => !path.split("/").some((part) => PASSED_OVER.has(part)))
    .sort((a, b) => (a.folder && b.folder ? (a.path < b.path ? -1 : 1) : 0));

const promised = (call) => new Promise((resolve, reject) => call(resolve, reject));
const walk = async (entry, folder, files) => {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    files.push({ path, file: await promised((good, bad) => entry.file(good, bad)), folder });
    return;
  }
  const reader = entry.createReader();
  const entries = [];
  for (let some = [null]; some.length; entries.push(...some)) some = await promised((good, bad) => reader.readEntries(good, bad));
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const inner of entries) if (!PASSED_OVER.has(inner.name)) await walk(inner, folder ?? entry.name, files);
};
export const dropped = async (transfer) => {
  // Entries are there only until this handler ends.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return chosen(transfer.files);
  const files = [];
  for (const entry of entries) await walk(entry, undefined, files);
  return files;
};
export const pasted = (text) => [{ path: "pasted text", file: new File([text], "pasted text") }];
