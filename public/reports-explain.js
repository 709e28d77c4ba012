// Opens the dialog in which models are asked about causes: puts the text into its box, and loads the island that asks
// them when the dialog opens for the first time. Never: a request with anything of a report; the island sends the box.
const $ = (id) => document.getElementById(id);
const NOT_LOADED = "What asks the models could not be loaded. Check the network, close this and press Explain again.";

let shown;
let alive;

/** Shows the dialog with this text to be sent. */
export const open = async (text) => {
  const [dialog, form, box, problem] = ["explain", "explain-form", "explain-text", "explain-problem"].map($);
  // The same causes again: what was changed, sent and answered is still there.
  if (form && text !== shown) {
    form.reset();
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    shown = text;
  }
  dialog.showModal();
  if (!form) return;
  problem.hidden = true;
  try {
    await (alive ??= dialog.hydrate());
  } catch {
    alive = undefined;
    problem.textContent = NOT_LOADED;
    problem.hidden = false;
  }
};

const LEAST = 8; // characters; what is shorter stands in many lines
const plain = (line) => line.replace(/[*_`\\]/g, "").replace(/\s+/g, " ").trim();

/** Leads from a line of what was sent to where the open cause says it. */
export const showInReport = (line) => {
  const code = document.querySelector("#detail pre code");
  const words = plain(line);
  const lines = code.textContent.split("\n");
  const isIt = (said) => said.includes(words) || (said.length >= LEAST && words.includes(said));
  const at = lines.findIndex((said) => isIt(plain(said)));
  $("explain").close();
  const pre = code.parentElement;
  pre.focus();
  if (at < 0) return;
  const begin = lines.slice(0, at).reduce((sum, said) => sum + said.length + 1, 0);
  getSelection().setBaseAndExtent(code.firstChild, begin, code.firstChild, begin + lines[at].length);
  pre.scrollIntoView({ block: "nearest" });
  const [said, box] = [getSelection().getRangeAt(0), pre].map((it) => it.getBoundingClientRect());
  pre.scrollTop += said.top - box.top - pre.clientHeight / 2;
};
