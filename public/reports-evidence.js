// What an answer quotes of the text that was sent, as links to its line. The lines stand in the dialog, exactly as sent.
const $ = (id) => document.getElementById(id);
const LEAST = 8; // characters; what is shorter stands in many lines
const QUOTED = /["“„]([^"“”„\n]{8,}?)["”]/g;

const plain = (text) => text.replace(/\s+/g, " ").trim();
/** A quotation without its marks and without the dots where it was cut. */
const bare = (text) => plain(text).replace(/^[>"“„`'\s]+|["”`'\s]+$/g, "").replace(/^(…|\.\.\.)\s*|\s*(…|\.\.\.)$/g, "");

let lines = [];

/** Shows the text that was sent, line by line. */
export const number = (text) => {
  lines = text.split("\n").map(plain);
  $("explain-sent").hidden = false;
  $("explain-lines").replaceChildren(
    ...text.split("\n").map((line, at) => Object.assign(document.createElement("li"), { id: `sent-${at + 1}`, tabIndex: -1, textContent: line })),
  );
};

const link = (quotation, ...inner) => {
  const words = bare(quotation);
  const at = words.length < LEAST ? -1 : lines.findIndex((line) => line.includes(words));
  if (at < 0) return inner;
  const anchor = Object.assign(document.createElement("a"), { href: `#sent-${at + 1}`, className: "evidence", title: `Line ${at + 1} of what was sent` });
  anchor.append(...inner);
  return [anchor];
};

/** Makes links of the quotations of a finished answer. */
export const cite = (answer) => {
  for (const block of answer.querySelectorAll("pre > code, blockquote")) {
    const parts = block.textContent.split("\n").flatMap((line, at) => [...(at ? ["\n"] : []), ...link(line, line)]);
    block.replaceChildren(...parts);
  }
  for (const code of answer.querySelectorAll(":not(pre) > code")) code.replaceChildren(...link(code.textContent, code.textContent));
  const walker = document.createTreeWalker(answer, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("a, code, blockquote")) texts.push(walker.currentNode);
  for (const text of texts) {
    const parts = text.data.split(QUOTED).map((part, at) => (at % 2 ? ["“", ...link(part, part), "”"] : [part]));
    if (parts.length > 1) text.replaceWith(...parts.flat());
  }
};

// The address stays that of the cause.
$("explain")?.addEventListener("click", (event) => {
  const anchor = event.target.closest("a.evidence");
  if (!anchor) return;
  event.preventDefault();
  $("explain-sent").open = true;
  const line = document.querySelector(anchor.hash);
  line.focus();
  line.scrollIntoView({ block: "center" });
});
