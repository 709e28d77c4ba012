// The report analyzer's worker: hands files in pieces to the wasm and passes questions on. Its own policy lets
// it fetch code of ours and nothing else. Never: keeping a file, or any request but for the code.
const PIECE = 1 << 20;
const LOOK = 80; // milliseconds between two messages about progress

let analyzer;
const open = async ({ module, wasm }) => {
  analyzer = await import(module);
  await analyzer.default({ module_or_path: wasm });
};

/** The person called the reading off. */
class Cancelled extends Error {}
let isCancelled = false;
const unlessCancelled = () => {
  if (isCancelled) throw new Cancelled();
};

const feed = async (file, tell) => {
  for (let at = 0; at < file.size; at += PIECE) {
    const piece = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
    unlessCancelled();
    tell(piece.length);
    if (!analyzer.feed(piece)) return;
  }
};

const read = async (asked) => {
  isCancelled = false;
  try {
    await take(asked);
  } catch (error) {
    if (error instanceof Cancelled) analyzer.abandon();
    throw error;
  }
};

const take = async ({ files, isEarlier }) => {
  const wanted = files.filter(({ path, folder }) => !folder || analyzer.isLikely(path));
  // A folder that holds nothing of the kind is told of as such.
  const folders = new Set(wanted.map(({ folder }) => folder));
  for (const found of files) if (found.folder && !folders.has(found.folder)) wanted.push(found) && folders.add(found.folder);
  const total = wanted.reduce((sum, { file }) => sum + file.size, 0);
  let done = 0;
  let told = 0;
  for (const { path, file, folder } of wanted) {
    const before = done;
    analyzer.begin(path, folder);
    try {
      await feed(file, (length) => {
        done += length;
        if (performance.now() - told < LOOK) return;
        told = performance.now();
        postMessage({ progress: { step: "Reading", name: path, done, total } });
      });
      analyzer.end();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      analyzer.unreadable(error.message);
    }
    done = before + file.size;
  }
  unlessCancelled();
  postMessage({ progress: { step: "Grouping failures", name: "", done: total, total } });
  analyzer.conclude(isEarlier);
};

/** What is kept of a report when the person says so: small, and redacted as every download is. */
const summary = () => {
  const { files, clusters } = JSON.parse(JSON.parse(analyzer.ask('{"do":"export","as":"json"}')).text);
  const sum = (name) => files.reduce((all, file) => all + file[name], 0);
  return {
    files: files.map(({ path }) => path).slice(0, 20),
    tests: sum("tests"),
    failures: sum("failed") + sum("errored"),
    causes: clusters.slice(0, 100).map(({ id, title, members }) => ({ id, title, tests: members.length })),
    causeCount: clusters.length,
  };
};

const act = async (message) => {
  if (message.open) return open(message.open);
  if (message.read) return read(message.read);
  if (message.summary) return summary();
  const answer = JSON.parse(analyzer.ask(JSON.stringify(message.ask)));
  if (answer.fault) throw new Error(answer.fault);
  return answer;
};

// One message after the other, in the order in which they came; only calling off does not wait its turn.
let turn = Promise.resolve();
onmessage = ({ data: { id, ...message } }) => {
  if (message.cancel) return (isCancelled = true);
  turn = turn
    .then(() => act(message))
    .then((answer) => postMessage({ id, answer }))
    .catch((error) => postMessage({ id, fault: error.message, isBroken: error instanceof WebAssembly.RuntimeError, isCancelled: error instanceof Cancelled }));
};
