/* The editor's numbers of lines with their marks; fields that only count for one choice. */
(() => {
  const editor = document.querySelector("textarea.code-editor");
  const gutter = document.querySelector(".editor-gutter");
  if (editor && gutter) {
    const marks = JSON.parse(gutter.dataset.marks || "{}");
    const draw = () => {
      const count = editor.value.split("\n").length;
      if (gutter.childElementCount === count) return;
      gutter.replaceChildren(
        ...Array.from({ length: count }, (_, at) => {
          const line = document.createElement("div");
          line.textContent = String(at + 1);
          if (marks[at + 1]) line.className = `marked-${marks[at + 1]}`;
          return line;
        }),
      );
    };
    draw();
    editor.addEventListener("input", draw);
    editor.addEventListener("scroll", () => (gutter.scrollTop = editor.scrollTop));
    const wanted = Number(new URLSearchParams(location.search).get("line"));
    if (wanted) {
      const lines = editor.value.split("\n");
      const start = lines.slice(0, wanted - 1).join("\n").length + (wanted > 1 ? 1 : 0);
      editor.focus();
      editor.setSelectionRange(start, start + (lines[wanted - 1] || "").length);
      editor.scrollTop = Math.max(0, (editor.scrollHeight / lines.length) * (wanted - 6));
      gutter.scrollTop = editor.scrollTop;
    }
  }
  /* Without a script all fields are shown; with one, those that the choice above them asks for. */
  const follow = (select) => {
    const group = select.closest("fieldset, .filters");
    if (!group) return;
    const scope = select.closest(".filters") || group;
    scope.querySelectorAll("[data-shown-for]").forEach((field) => {
      field.hidden = field.dataset.shownFor !== select.value;
    });
  };
  document.querySelectorAll("[data-shown-for]").forEach((field) => {
    const scope = field.closest(".filters") || field.closest("fieldset");
    const select = scope.querySelector("select");
    if (select && !select.dataset.followed) {
      select.dataset.followed = "yes";
      select.addEventListener("change", () => follow(select));
      follow(select);
    }
  });
})();
