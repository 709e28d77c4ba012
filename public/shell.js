// What the frame of every page does with scripts; without them menus are <details> and popovers, and
// forms are plain. Never: a request, a foreign host, anything stored but the colour theme.
const root = document.documentElement;
const $ = (selector, within = document) => within.querySelector(selector);

// Theme: as the system, light, dark. The inline script of the page has applied it before paint.
const THEMES = ["auto", "light", "dark"];
const NAMES = { auto: "as the system", light: "light", dark: "dark" };
const stored = () => {
  try {
    return localStorage.getItem("theme") ?? "auto";
  } catch {
    return "auto";
  }
};
const showTheme = (theme) => {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-theme-toggle]")) {
    button.ariaLabel = button.title = `Colours: ${NAMES[theme]}`;
  }
};
showTheme(THEMES.includes(stored()) ? stored() : "auto");
const nextTheme = () => {
  const theme = THEMES[(THEMES.indexOf(stored()) + 1) % THEMES.length];
  try {
    if (theme === "auto") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // storage is blocked: the choice lasts as long as the page
  }
  showTheme(theme);
};

// Command palette
const palette = $("#palette");
const box = palette && $("input", palette);
const links = palette ? [...palette.querySelectorAll("li a")] : [];
let at = 0;
const shown = () => links.filter((link) => !link.parentElement.hidden);
const mark = (index) => {
  const list = shown();
  at = list.length ? (index + list.length) % list.length : 0;
  for (const link of links) link.setAttribute("aria-selected", String(link === list[at]));
  if (list[at]) box.setAttribute("aria-activedescendant", list[at].id);
  list[at]?.scrollIntoView({ block: "nearest" });
};
const filter = () => {
  const words = box.value.toLowerCase().split(/\s+/);
  for (const link of links) {
    const text = link.textContent.toLowerCase();
    link.parentElement.hidden = !words.every((word) => text.includes(word));
  }
  $(".palette-empty", palette).hidden = shown().length > 0;
  mark(0);
};
const openPalette = () => {
  if (!palette || palette.open) return;
  box.value = "";
  palette.showModal();
  filter();
};
box?.addEventListener("input", filter);
box?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") mark(at + 1);
  else if (event.key === "ArrowUp") mark(at - 1);
  else if (event.key === "Enter") shown()[at]?.click();
  else return;
  event.preventDefault();
});
palette?.addEventListener("click", (event) => event.target === palette && palette.close());

const copy = async (button) => {
  const from = button.dataset.copyFrom && document.getElementById(button.dataset.copyFrom);
  const text = from ? (from.value ?? from.textContent) : button.dataset.copy;
  const words = $("[data-copy-label]", button) ?? button;
  const before = words.textContent;
  try {
    await navigator.clipboard.writeText(text.trim());
    words.textContent = "Copied";
  } catch {
    words.textContent = "Press Ctrl C";
    if (from) getSelection().selectAllChildren(from);
  }
  setTimeout(() => (words.textContent = before), 1600);
};

document.addEventListener("click", (event) => {
  const target = event.target.closest("button, summary");
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (!target) return;
  if (target.matches("[data-theme-toggle]")) nextTheme();
  if (target.matches("[data-palette]")) openPalette();
  if (target.matches("[data-copy], [data-copy-from]")) copy(target);
  if (target.dataset.confirm && !confirm(target.dataset.confirm)) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
  }
  if (event.key === "Escape") {
    const menu = $("details.menu[open]");
    if (menu) {
      menu.open = false;
      $("summary", menu).focus();
    }
  }
});

// A form that was sent is not sent again; coming back by the back button frees it.
const isDownload = (form) => form.hasAttribute("data-download");
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || isDownload(form)) return;
  if (form.ariaBusy === "true") event.preventDefault();
  else form.ariaBusy = "true";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
});

// The first thing that is wrong gets the focus.
$("[aria-invalid=true]")?.focus();

root.dataset.scripts = "";
// Pages with islands say so themselves, once the islands live.
if (!$("leptos-island")) root.dataset.hydrated = "";
