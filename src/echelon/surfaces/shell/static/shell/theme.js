/* Before the first paint: without a choice, light or dark as the reader's system has it. */
(() => {
  const root = document.documentElement;
  if (!root.dataset.bsTheme) {
    root.dataset.bsTheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
})();
