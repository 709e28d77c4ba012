(async (base) => {
  const module = await import(`${base}.js`);
  await module.default({ module_or_path: `${base}.wasm` });
  module.hydrate();
  for (const island of document.querySelectorAll("leptos-island")) {
    await module[island.dataset.component]?.(island);
  }
  document.documentElement.dataset.hydrated = "";
})
