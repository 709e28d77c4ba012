// The page of the report analyzer: takes files, asks the worker, shows the fragments it answers with.
// Never: a request; what was dropped stays in this browser. Asking a model is an island that `reports-explain.js` opens,
// saving on the server is `reports-save.js`; both send what they have shown.
import { open as openExplain, showInReport } from "./reports-explain.js";
import { chosen, dropped, pasted } from "./reports-files.js";
import { keeper } from "./reports-kept.js";

const root = document.getElementById("analyzer");
const $ = (selector, within = root) => within.querySelector(selector);
const [results, list, detail, filter, order, progress] = ["results", "list", "detail", "filter", "order", "progress"].map(
  (id) => document.getElementById(id),
);

// --- the worker ---
let worker;
let waiting = new Map();
let serial = 0;
/** Ends when the worker knows how the person arranged causes before. */
let arranged;
const kept = keeper(root.dataset.account);
const send = (message) =>
  new Promise((resolve, reject) => {
    waiting.set(++serial, { resolve, reject });
    worker.postMessage({ id: serial, ...message });
  });
const ask = (question) => send({ ask: question });
const start = () => {
  worker?.terminate();
  for (const { reject } of waiting.values()) reject(new DOMException("", "AbortError"));
  waiting = new Map();
  worker = new Worker(root.dataset.worker, { type: "module" });
  worker.onmessage = ({ data: { id, answer, fault, isBroken, isCancelled, progress } }) => {
    if (progress) return showProgress(progress);
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (fault === undefined) return resolve(answer);
    if (isCancelled) return reject(new DOMException("", "AbortError"));
    reject(new Error(isBroken ? "The reports need more memory than the browser gives." : fault));
    if (isBroken) start();
  };
  worker.onerror = () => fail("The analyzer could not be loaded. Load the page anew.");
  send({ open: { module: root.dataset.module, wasm: root.dataset.wasm } }).catch(onFault);
  arranged = kept
    .edits()
    .then((edits) => edits && ask({ do: "restore", edits }))
    .catch(() => {}); // no storage, nothing kept
};

const fail = (words) => {
  const notice = $("#problem");
  notice.hidden = !words;
  $("#problem-words").textContent = words;
};
const onFault = (error) => {
  if (error.name === "AbortError") return;
  busy(false);
  fail(error.message);
};

// --- files in ---
const busy = (is) => {
  progress.hidden = !is;
  root.ariaBusy = String(is);
  if (!is) return;
  $("progress", progress).removeAttribute("value");
  $("#progress-words").textContent = "Reading";
};
const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
const showProgress = ({ step, name, done, total }) => {
  const bar = $("progress", progress);
  if (name) bar.value = total ? done / total : 0;
  else bar.removeAttribute("value");
  $("#progress-words").textContent = name ? `${step} ${name}: ${size(done)} of ${size(total)}` : step;
};

const HEEDED = 3000; // milliseconds until a cancelled worker has stopped reading
let hasReports = false;
let reading;
const take = async (files, isEarlier) => {
  if (!files.length) return fail("There was no file in it. Choose or drop at least one.");
  fail("");
  busy(true);
  try {
    await arranged;
    await (reading = send({ read: { files, isEarlier } }));
    hasReports = true;
    view.page = 0;
    view.list = isEarlier ? "new" : "causes";
    await show();
    busy(false);
    results.hidden = false;
    root.dataset.full = "";
    $("#summary .sentence")?.focus();
    if (!isEarlier) await openFromAddress();
  } catch (error) {
    onFault(error);
  }
};

// --- what is shown ---
const view = { list: "causes", order: "size", page: 0 };
let asked = 0;
const fragment = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
};
const show = async () => {
  const own = ++asked;
  const open = detail.hidden ? "" : ($("[data-open]", detail)?.dataset.open ?? "");
  const [overview, rows] = [
    ask({ do: "overview" }),
    ask({ do: "list", list: view.list, filter: filter.value, order: view.order, page: view.page, open }),
  ];
  const { html, counts } = await overview;
  const { html: items } = await rows;
  if (own !== asked) return; // a later one is under way
  $("#summary").replaceChildren(fragment(html));
  list.replaceChildren(fragment(items));
  for (const tab of root.querySelectorAll("[data-list]")) {
    const count = counts[tab.dataset.list];
    tab.hidden = count === null;
    tab.ariaPressed = String(tab.dataset.list === view.list);
    $("span", tab).textContent = count === null ? "" : count.toLocaleString("en");
  }
  order.closest("label").hidden = view.list !== "causes";
  $("#explain-all").disabled = !counts.causes;
  $("#reset").hidden = !counts.edited;
  $("#forget").hidden = counts.new === null;
};

let detailPage = 0;
const openCause = async (id, page = 0, focused = true) => {
  const { html } = await ask({ do: "cause", id, page });
  detailPage = page;
  detail.replaceChildren(fragment(html));
  detail.hidden = false;
  root.dataset.detail = "";
  for (const link of list.querySelectorAll("[data-cause] a"))
    link.ariaCurrent = link.closest("[data-cause]").dataset.cause === id ? "true" : null;
  if (focused) $("#cause-title", detail).focus();
};
const closeCause = () => {
  if (detail.hidden) return;
  const id = $("[data-open]", detail)?.dataset.open;
  detail.hidden = true;
  delete root.dataset.detail;
  const link = $(`[data-cause="${id}"] a`, list);
  link?.removeAttribute("aria-current");
  link?.focus();
  if (location.hash) history.replaceState(null, "", location.pathname);
};
const openFromAddress = async () => {
  const id = location.hash.match(/^#cause=([0-9a-f]{16})$/)?.[1];
  if (!id) return closeCause();
  if (!hasReports) return fail("This link leads to a cause. Drop the report that it is about, and it opens.");
  try {
    await openCause(id);
  } catch {
    fail("The cause of this link is not in the reports at hand.");
  }
};

const change = async (question) => {
  const id = $("[data-open]", detail)?.dataset.open;
  try {
    await ask(question);
    await show();
    const next = question.do === "merge" ? question.into : id;
    if (next && !detail.hidden) await openCause(next, 0, false).catch(closeCause);
    $("#said").textContent = "Done";
    kept.keepEdits((await ask({ do: "edits" })).text).catch(() => {});
  } catch (error) {
    onFault(error);
  }
};
const copy = async (button, question) => {
  const words = button.textContent;
  try {
    // Some browsers let a page write only within the click: the text may come later.
    const text = ask(question).then(({ text }) => new Blob([text], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed";
  }
  setTimeout(() => (button.textContent = words), 1600);
};
const save = async (format) => {
  $(".analyzer-tools details").open = false;
  try {
    const { text, name, kind } = await ask({ do: "export", as: format });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: kind }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  } catch (error) {
    onFault(error);
  }
};

const explain = async (id) => {
  try {
    const { text } = await ask({ do: "prompt", id });
    await openExplain(text);
  } catch (error) {
    onFault(error);
  }
};

const saver = () => import(root.dataset.saver);
document.addEventListener("submit", (event) => {
  // With nothing at hand that could be lost, it is a form like any other.
  if (!event.target.matches("#saved form") || results.hidden) return;
  event.preventDefault();
  saver()
    .then(({ remove }) => remove(event.target))
    .catch(onFault);
});

// A way to another page would lose the report at hand: it opens in a tab of its own.
document.addEventListener("click", (event) => {
  const link = event.target.closest(':is(#analyzer, #saved) a[href^="/"]');
  if (link && !results.hidden) Object.assign(link, { target: "_blank", rel: "noopener" });
});

// --- what is kept ---
const showKept = async () => {
  const all = await kept.all().catch(() => []);
  $("#kept").hidden = !all.length;
  const rows = all.map(({ id, at, files, tests, failures, causeCount, causes }) => {
    const row = fragment(
      `<li><details><summary><strong></strong> <span class="test-meta"></span></summary><ol></ol></details>
       <button class="button quiet small" type="button" data-forget>Forget</button></li>`,
    ).firstChild;
    $("strong", row).textContent = new Date(at).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
    $(".test-meta", row).textContent = `${failures} of ${tests} tests failed, ${causeCount} causes · ${files.join(", ")}`;
    $("ol", row).append(
      ...causes.map((cause) => {
        const link = Object.assign(document.createElement("a"), { href: `#cause=${cause.id}`, textContent: cause.title });
        const item = document.createElement("li");
        item.append(link, ` (${cause.tests})`);
        return item;
      }),
    );
    $("button", row).dataset.forget = id;
    return row;
  });
  $("#kept-list").replaceChildren(...rows);
};
const keep = async () => {
  try {
    await kept.keep({ id: `${Date.now()}-${Math.random()}`, at: Date.now(), ...(await send({ summary: true })) });
    await showKept();
    $("#said").textContent = "Kept in this browser";
  } catch (error) {
    if (error.name !== "AbortError") fail("The browser does not let this page keep anything.");
  }
};

// --- what a person does ---
for (const id of ["files", "folder", "against"])
  document.getElementById(id).addEventListener("change", ({ target }) => {
    take(chosen(target.files), id === "against");
    target.value = "";
  });
$("#paste").addEventListener("submit", (event) => {
  event.preventDefault();
  const box = $("#pasted");
  if (box.value.trim()) take(pasted(box.value), false);
  else fail("Nothing was pasted. Put the text of a report into the box.");
});
document.addEventListener("paste", async (event) => {
  if (event.target.closest("input, textarea, dialog")) return;
  const data = event.clipboardData;
  const text = data.getData("text/plain");
  if (data.files.length) take(chosen(data.files), false);
  else if (text.trim()) take(pasted(text), false);
});

let depth = 0;
const over = (by) => {
  depth = by ? Math.max(0, depth + by) : 0;
  root.toggleAttribute("data-over", depth > 0);
};
const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
addEventListener("dragenter", (event) => hasFiles(event) && over(1));
addEventListener("dragleave", (event) => hasFiles(event) && over(-1));
addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
addEventListener("drop", async (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  over(0);
  const isEarlier = hasReports && !!event.target.closest?.("#earlier");
  try {
    await take(await dropped(event.dataTransfer), isEarlier);
  } catch (error) {
    fail(`The browser could not read what was dropped: ${error.message}`);
  }
});

const pageTo = (button) => {
  const page = Number(button.dataset.page);
  if (detail.contains(button)) return openCause($("[data-open]", detail).dataset.open, page).catch(onFault);
  view.page = page;
  return show().then(() => list.scrollIntoView({ block: "start" }), onFault);
};
root.addEventListener("click", (event) => {
  const button = event.target.closest("button, a");
  if (!button) return;
  const { list: name, page, ask: question, copyAsk, save: format, pick: input, explain: cause } = button.dataset;
  if (name) {
    Object.assign(view, { list: name, page: 0 });
    show().catch(onFault);
  }
  if (page) pageTo(button);
  if (question) change(JSON.parse(question));
  if (copyAsk) copy(button, JSON.parse(copyAsk));
  if (format) save(format);
  if (cause) explain(cause);
  if (button.dataset.forget) kept.forget(button.dataset.forget).then(showKept, () => {});
  if (input) document.getElementById(input).click();
  if ("close" in button.dataset) closeCause();
  if (button.dataset.quoted) {
    event.preventDefault();
    showInReport(button.dataset.quoted);
  }
  // The same address again is no change of it.
  if (button.hash?.startsWith("#cause=") && button.hash === location.hash) openFromAddress();
});
root.addEventListener("submit", (event) => {
  const question = event.target.dataset.ask;
  if (!question) return;
  event.preventDefault();
  change({ ...JSON.parse(question), ...Object.fromEntries(new FormData(event.target)) });
});
/** Ends the worker, and with it all that it holds. */
const beginAnew = () => {
  start();
  hasReports = false;
  results.hidden = true;
  detail.hidden = true;
  delete root.dataset.full;
  delete root.dataset.detail;
};
$("#cancel").addEventListener("click", () => {
  busy(false);
  $("#said").textContent = "Cancelled";
  if (!hasReports) return beginAnew();
  // What was open stays. A worker that does not heed, because it unpacks or groups, is ended in the end.
  worker.postMessage({ cancel: true });
  const timer = setTimeout(beginAnew, HEEDED);
  reading.catch(() => {}).finally(() => clearTimeout(timer));
});
$("#keep").addEventListener("click", keep);
$("#save-open").addEventListener("click", () =>
  saver()
    .then(({ open }) => open(ask))
    .catch(onFault),
);
filter.addEventListener("input", () => {
  view.page = 0;
  show().catch(onFault);
});
order.addEventListener("change", () => {
  Object.assign(view, { order: order.value, page: 0 });
  show().catch(onFault);
});
addEventListener("hashchange", openFromAddress);

// --- keys ---
const sheet = document.getElementById("keys");
const step = (by) => {
  const rows = [...list.querySelectorAll("[data-row]")];
  const at = rows.indexOf(document.activeElement.closest?.("[data-row]"));
  rows[Math.min(Math.max(at + by, 0), rows.length - 1)]?.focus();
};
const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  "/": () => filter.focus(),
  "?": () => sheet.showModal(),
  Escape: closeCause,
};
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const isTyping = event.target.matches("input, textarea, select");
  if (event.key !== "Escape" && (isTyping || !$("#letters").checked)) return;
  if (isTyping && event.target === filter && event.key === "Escape") return filter.blur();
  const act = KEYS[event.key];
  if (!act || (results.hidden && event.key !== "?")) return;
  event.preventDefault();
  act();
});

start();
showKept();
if (location.hash) openFromAddress();
