// Asks models about a cause: sends the text of the box, word for word, to each chosen model, and only when Send
// is pressed. Answers stream side by side. Loaded when Explain is opened for the first time.
import { cite, number } from "./reports-evidence.js";
import { paint } from "./reports-markdown.js";

const MAX_LANES = 4;
const $ = (id) => document.getElementById(id);
const dialog = $("explain");
const form = $("explain-form");
const sources = JSON.parse(form?.dataset.sources ?? "[]");
const make = (tag, className = "", text = "") => Object.assign(document.createElement(tag), { className, textContent: text });

/** Shows the dialog with this text to be sent. */
export const open = (text) => {
  if (form) {
    stop();
    $("explain-text").value = text;
    $("explain-answers").replaceChildren();
    $("explain-sent").hidden = true;
    if (!$("explain-models").children.length) addLane();
  }
  dialog.showModal();
};

// --- which models ---
const known = new Map();
const models = (source) => {
  const query = new URLSearchParams({ provider: source.provider, ...(source.key_id && { key_id: source.key_id }) });
  const address = `/stream/models?${query}`;
  if (!known.has(address)) known.set(address, load(address));
  return known.get(address);
};
const load = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(await told(answer));
  return (await answer.json()).models.filter((model) => model.chats);
};
const nameOf = ({ provider, label, payer }) => (payer === "trial" ? `${provider} (trial)` : `${provider}: ${label}`);

let lanes = 0;
const addLane = async () => {
  const number = ++lanes;
  const field = make("div", "field");
  const label = make("label", "", number === 1 ? "Model" : `Model ${number}`);
  const select = make("select");
  select.id = `explain-model-${number}`;
  label.htmlFor = select.id;
  field.append(label, select);
  $("explain-models").append(field);
  $("explain-add").hidden = $("explain-models").children.length >= MAX_LANES;
  const lists = await Promise.allSettled(sources.map(models));
  for (const [at, list] of lists.entries()) {
    const group = make("optgroup");
    group.label = nameOf(sources[at]);
    for (const { id } of list.value ?? []) group.append(new Option(id, `${at} ${id}`));
    if (list.reason) group.append(Object.assign(new Option(list.reason.message), { disabled: true }));
    select.append(group);
  }
  // Each further one begins with another model.
  select.selectedIndex = [...select.options].findIndex((option, at) => !option.disabled && at >= number - 1);
};

// --- asking ---
let running;
const stop = () => running?.abort();
const send = async () => {
  stop();
  const own = (running = new AbortController());
  const chosen = [...$("explain-models").querySelectorAll("select")].map((it) => it.value).filter(Boolean);
  const wanted = [...new Set(chosen)];
  const answers = $("explain-answers");
  answers.replaceChildren();
  answers.classList.toggle("compared", wanted.length > 1);
  $("explain-stop").hidden = false;
  $("explain-send").disabled = true;
  const content = $("explain-text").value;
  number(content);
  await Promise.all(
    wanted.map((value) => {
      const at = value.indexOf(" ");
      return answer(sources[value.slice(0, at)], value.slice(at + 1), content, own.signal, answers);
    }),
  );
  if (own !== running) return;
  $("explain-stop").hidden = true;
  $("explain-send").disabled = false;
  $("explain-said").textContent = own.signal.aborted ? "Stopped" : "Answers complete";
};

/** One model's answer in a pane of its own. */
const answer = async (source, model, content, signal, into) => {
  const pane = make("article", "answer");
  pane.ariaLabel = `Answer of ${model}`;
  pane.dataset.state = "streaming";
  const head = make("header", "answer-head");
  head.append(make("span", "answer-model", model), make("span", "faint", source.provider));
  const body = make("div", "prose answer-text");
  const caret = make("span", "caret");
  caret.ariaHidden = "true";
  pane.append(head, body, caret);
  into.append(pane);
  const began = performance.now();
  let text = "";
  let due = 0;
  const draw = () => {
    due = 0;
    paint(body, text);
  };
  const end = (state, note) => {
    cancelAnimationFrame(due);
    draw();
    cite(body);
    caret.remove();
    pane.dataset.state = state;
    if (note) pane.append(make("p", state === "failed" ? "answer-fault" : "answer-note", note));
  };
  let state = "failed";
  let note = "The connection broke before the answer was whole. Send it again.";
  const heed = {
    delta: (data) => {
      text += data.text;
      due ||= requestAnimationFrame(draw);
    },
    usage: ({ input, output, cost_nano_usd: cost }) => {
      const price = cost === null || cost === undefined ? "" : ` · $${(cost / 1e9).toFixed(4)}`;
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      const meta = pane.querySelector(".answer-meta") ?? pane.appendChild(make("p", "answer-meta num"));
      meta.textContent = `${seconds} s · ${(input + output).toLocaleString("en")} tokens${price}`;
    },
    done: ({ stop }) => {
      state = "done";
      note = stop === "max_tokens" ? "The answer reached its length limit." : "";
    },
    error: ({ message, help }) => {
      note = `${message} ${help}`;
    },
  };
  try {
    const response = await fetch("/stream/chat", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        provider: source.provider,
        key_id: source.key_id,
        model,
        messages: [{ role: "user", content }],
        feature: "reports",
      }),
      signal,
    });
    if (!response.ok) throw new Error(await told(response));
    for await (const [name, data] of events(response.body)) heed[name]?.(data);
    end(state, note);
  } catch (error) {
    if (signal.aborted) end("stopped", "Stopped. What had arrived is kept.");
    else end("failed", error.message);
  }
};

/** Why the server refused, in its own words. */
const told = async (response) => {
  const problem = await response.json().catch(() => ({}));
  return [problem.detail ?? problem.title ?? "The server did not answer.", problem.help].filter(Boolean).join(" ");
};

/** Name and data of each event of a stream. */
async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    held += value;
    const blocks = held.split("\n\n");
    held = blocks.pop();
    for (const block of blocks) {
      const lines = block.split("\n");
      const part = (name) => lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
      const data = part("data").join("\n");
      if (data) yield [part("event")[0], JSON.parse(data)];
    }
  }
}

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if ($("explain-text").value.trim()) send();
  });
  $("explain-stop").addEventListener("click", stop);
  $("explain-add").addEventListener("click", addLane);
  dialog.addEventListener("close", stop);
}
