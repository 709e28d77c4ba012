// Saves a report on the server: sends the text that is shown in the dialog, word for word, and only when Save is pressed.
// Loaded when saving is asked for.
const $ = (id) => document.getElementById(id);
const [dialog, form, name, send, problem] = ["save", "save-form", "save-name", "save-send", "save-problem"].map($);
const NO_ANSWER = "The server did not answer. Try again.";

let ask;
let shown = 0;

/** Shows the dialog for the report at hand; `asking` asks the worker. */
export const open = async (asking) => {
  ask = asking;
  fail("");
  if (!name.value.trim()) name.value = `Report of ${new Date().toLocaleString("en", { dateStyle: "medium", timeStyle: "short" })}`;
  dialog.showModal();
  name.select();
  await show();
};

const fail = (words) => {
  problem.hidden = !words;
  problem.textContent = words;
};

/** Shows what would be sent; until it stands there, nothing can be. */
const show = async () => {
  const own = ++shown;
  send.disabled = true;
  try {
    const { text } = await ask({ do: "saved", keep: form.elements.keep.value });
    if (own !== shown) return; // another choice was made
    $("save-text").textContent = JSON.stringify({ name: name.value.trim(), report: JSON.parse(text) }, null, 2);
    send.disabled = false;
  } catch (error) {
    if (error.name !== "AbortError") fail(error.message);
  }
};

/** Why the server refused, in its own words. */
const told = async (response) => {
  if (response.type === "opaqueredirect") return "You are signed out. Sign in again in another tab, then save.";
  const { detail, help } = await response.json().catch(() => ({}));
  return [detail ?? NO_ANSWER, help].filter(Boolean).join(" ");
};
const post = (address, more) =>
  fetch(address, { method: "POST", redirect: "manual", ...more }).catch(() => {
    throw new Error(NO_ANSWER);
  });

/** Takes the list of saved reports anew. */
const refresh = async () => {
  const response = await fetch("/reports");
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const list = page.getElementById("saved");
  if (list) $("saved").replaceWith(document.adoptNode(list));
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (send.disabled) return;
  send.disabled = true;
  fail("");
  try {
    const body = $("save-text").textContent;
    const response = await post(form.action, { headers: { "content-type": "application/json" }, body });
    if (!response.ok) throw new Error(await told(response));
    await refresh();
    name.value = "";
    dialog.close();
    $("said").textContent = "Saved";
  } catch (error) {
    fail(error.message);
  }
  send.disabled = false;
});
// Not at the whole form: a name that loses the focus to the button would disable it in mid-click.
$("save-keep").addEventListener("change", show);
name.addEventListener("input", show);

/** Deletes a saved report without leaving the page, which would lose the report at hand. */
export const remove = async (asked) => {
  const response = await post(asked.action, { headers: { "content-type": "application/x-www-form-urlencoded" }, body: "" });
  if (response.type !== "opaqueredirect") throw new Error(await told(response));
  await refresh();
  $("said").textContent = "Deleted";
};
