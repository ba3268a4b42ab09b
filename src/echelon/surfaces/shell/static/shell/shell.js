/* What pages do beyond HTML; all of them can be read and used without it. */
document.addEventListener("click", (event) => {
  const next = event.target.closest("[data-theme-next]");
  if (next) {
    const root = document.documentElement;
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    document.cookie = `theme=${root.dataset.bsTheme}; path=/; max-age=31536000; samesite=lax`;
  }
  const opener = event.target.closest("[data-toggles]");
  if (opener) {
    const open = document.getElementById(opener.dataset.toggles).classList.toggle("open");
    opener.setAttribute("aria-expanded", String(open));
  }
  document.querySelectorAll("details.menu-user[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.menu-user[open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});
/* "All on this page" above a list of boxes, and how many are chosen. */
document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-submits]")) event.target.form.requestSubmit();
  const form = event.target.closest("form[data-choosing]");
  if (!form) return;
  const boxes = [...form.querySelectorAll("input[type=checkbox][name]")];
  if (event.target.matches("[data-all]")) boxes.forEach((box) => (box.checked = event.target.checked));
  const count = boxes.filter((box) => box.checked).length;
  form.querySelectorAll("[data-count]").forEach((place) => (place.textContent = String(count)));
});
/* From what is wrong to its line in the editor. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  const editor = document.querySelector("textarea.code-editor");
  if (!link || !editor) return;
  event.preventDefault();
  const lines = editor.value.split("\n");
  const at = Number(link.dataset.line) - 1;
  const start = lines.slice(0, at).join("\n").length + (at > 0 ? 1 : 0);
  editor.focus();
  editor.setSelectionRange(start, start + (lines[at] || "").length);
  editor.scrollTop = Math.max(0, (editor.scrollHeight / lines.length) * (at - 5));
});
/* How much of a file has been sent; a large one takes its time. */
document.addEventListener("htmx:xhr:progress", (event) => {
  const shown = event.target.matches("form[data-uploads]") && event.target.querySelector(".uploading");
  if (!shown || !event.detail.total) return;
  const percent = Math.floor((event.detail.loaded / event.detail.total) * 100);
  shown.hidden = false;
  shown.querySelector("progress").value = percent;
  shown.querySelector("[data-sent]").textContent = `${percent} %`;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "content") document.getElementById("content").focus();
});
/* A text that is shown once, to the clipboard; where that is refused it is selected instead. */
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copies);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.said;
  } catch { field.focus(); }
});
