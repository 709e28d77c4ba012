// What models write, as elements: headings, lists, quotations, fenced and inline code, bold. Everything is made as text; what
// is not understood stays as it was written. No links and no pictures: an answer never leads anywhere.
const FENCE = /^\s*(`{3,}|~{3,})/;
const HEADING = /^(#{1,6})\s+(.*)$/;
const QUOTE = /^\s*>\s?(.*)$/;
const ITEM = /^\s*(?:([-*+])|(\d+)[.)])\s+(.*)$/;

const make = (tag, ...inner) => {
  const element = document.createElement(tag);
  element.append(...inner);
  return element;
};

const inline = (text) =>
  text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (/^`[^`]+`$/.test(part)) return make("code", part.slice(1, -1));
    if (/^\*\*[^*]+\*\*$/.test(part)) return make("strong", part.slice(2, -2));
    return part;
  });

const blocks = (lines) => {
  const out = [];
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) out.push(make("p", ...inline(paragraph.join("\n"))));
    paragraph = [];
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    const fence = line.match(FENCE)?.[1];
    const heading = line.match(HEADING);
    const item = line.match(ITEM);
    const quote = line.match(QUOTE);
    if (fence) {
      flush();
      const code = [];
      for (at++; at < lines.length && !lines[at].trim().startsWith(fence); at++) code.push(lines[at]);
      const pre = make("pre", make("code", code.join("\n")));
      pre.tabIndex = 0;
      out.push(pre);
    } else if (heading) {
      flush();
      // The dialog's own heading is the second level.
      out.push(make(heading[1].length < 3 ? "h3" : "h4", ...inline(heading[2])));
    } else if (quote) {
      flush();
      const last = out.at(-1);
      if (last?.tagName === "BLOCKQUOTE" && QUOTE.test(lines[at - 1])) last.append(`\n${quote[1]}`);
      else out.push(make("blockquote", quote[1]));
    } else if (item) {
      flush();
      const tag = item[2] ? "OL" : "UL";
      const last = out.at(-1);
      const list = last?.tagName === tag ? last : make(tag);
      if (list !== last) {
        if (item[2]) list.start = Number(item[2]);
        out.push(list);
      }
      list.append(make("li", ...inline(item[3])));
    } else if (line.trim()) {
      paragraph.push(line);
    } else {
      flush();
    }
  }
  flush();
  return out;
};

/** Shows a text; of what stood there, only what changed is made anew. */
export const paint = (into, text) => {
  const wanted = blocks(text.split("\n"));
  for (const [at, block] of wanted.entries()) {
    const old = into.children[at];
    if (!old) into.append(block);
    else if (!old.isEqualNode(block)) old.replaceWith(block);
  }
  while (into.children.length > wanted.length) into.lastChild.remove();
};
