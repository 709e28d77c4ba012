// What every page's frame does with scripts. Never: a request, a foreign host, anything stored but the theme.
const root = document.documentElement;
const $ = (selector, within = document) => within.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];

// The page's inline script has applied the theme before paint.
const THEMES = { auto: "as the system", light: "light", dark: "dark" };
let theme = root.dataset.theme ?? "auto";
const setTheme = (next) => {
  theme = next;
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const button of all("[data-theme-toggle]")) button.ariaLabel = button.title = `Colours: ${THEMES[theme]}`;
};
setTheme(theme);
const nextTheme = () => {
  setTheme({ auto: "light", light: "dark" }[theme] ?? "auto");
  try {
    localStorage[theme === "auto" ? "removeItem" : "setItem"]("theme", theme);
  } catch {} // storage is blocked: the choice lasts as long as the page
};

const palette = $("#palette");
const box = $("#palette input");
const links = all("#palette li a");
let at = 0;
const mark = (index) => {
  const list = links.filter((link) => !link.parentElement.hidden);
  at = list.length && (index + list.length) % list.length;
  for (const link of links) link.ariaSelected = link === list[at];
  box.setAttribute("aria-activedescendant", list[at]?.id ?? "");
  list[at]?.scrollIntoView({ block: "nearest" });
  return list[at];
};
const filter = () => {
  const words = box.value.toLowerCase().split(/\s+/);
  for (const link of links)
    link.parentElement.hidden = !words.every((word) => link.textContent.toLowerCase().includes(word));
  $(".palette-empty").hidden = !!mark(0);
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
  else if (event.key === "Enter") mark(at)?.click();
  else return;
  event.preventDefault();
});

const copy = async (button) => {
  const from = document.getElementById(button.dataset.copyFrom);
  const words = $("[data-copy-label]", button) ?? button;
  const before = words.textContent;
  try {
    await navigator.clipboard.writeText(from ? (from.value ?? from.textContent).trim() : button.dataset.copy);
    words.textContent = "Copied";
  } catch {
    words.textContent = "Not allowed";
  }
  setTimeout(() => (words.textContent = before), 1600);
};

const on = (kind, act) => document.addEventListener(kind, act);
on("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  if (event.target === palette) palette.close();
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches("[data-theme-toggle]")) nextTheme();
  if (button.matches("[data-palette]")) openPalette();
  if (button.matches("[data-copy], [data-copy-from]")) copy(button);
  if (button.dataset.confirm && !confirm(button.dataset.confirm)) event.preventDefault();
});
on("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
  }
  const menu = $("details.menu[open]");
  if (event.key === "Escape" && menu) {
    menu.open = false;
    $("summary", menu).focus();
  }
});

// A form that was sent is not sent again; coming back by the back button frees it.
on("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "download" in form.dataset) return;
  if (form.ariaBusy) event.preventDefault();
  form.ariaBusy = "true";
});
addEventListener("pageshow", () => all("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy")));

// The first mistake gets the focus.
$("[aria-invalid=true]")?.focus();

root.dataset.scripts = "";
// Islands say so themselves, once they live.
if (!$("leptos-island")) root.dataset.hydrated = "";
