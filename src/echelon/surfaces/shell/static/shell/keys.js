/* Keys of a queue: down and up, choose, yes, no; "?" says which. They do nothing while somebody
   types, and can be switched off in the dialog: who speaks to the computer sets off single keys. */
(() => {
  const queue = document.querySelector("[data-queue]");
  const dialog = document.getElementById("keys");
  if (!queue || !dialog) return;
  const remembered = (name) => {
    try { return localStorage.getItem(name); } catch { return null; }
  };
  const remember = (name, value) => {
    try { value === null ? localStorage.removeItem(name) : localStorage.setItem(name, value); }
    catch { /* a browser that keeps nothing asks again */ }
  };
  const rows = [...queue.querySelectorAll("tbody tr")];
  rows.forEach((row) => (row.tabIndex = -1));
  const here = () => rows.indexOf(document.activeElement.closest("[data-queue] tbody tr"));
  const go = (place) => {
    const row = rows[Math.max(0, Math.min(place, rows.length - 1))];
    if (!row) return;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  };
  const tick = (row, on) => {
    const box = row.querySelector("input[type=checkbox]");
    if (!box) return;
    box.checked = on === undefined ? !box.checked : on;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const acts = {
    j: () => go(here() + 1),
    k: () => go(here() < 0 ? rows.length - 1 : here() - 1),
    x: (row) => row && tick(row),
    a: (row) => {
      const button = row && row.querySelector("button[name=approve_one]");
      if (!button) return;
      remember("queue-place", String(here())); // the next one, once this one is gone
      button.click();
    },
    r: (row) => {
      const reason = queue.querySelector("[name=reason]");
      if (!row || !reason) return;
      tick(row, true);
      reason.focus();
    },
    "?": () => dialog.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, dialog[open]");
    if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
    const act = acts[event.key];
    if (!act || remembered("keys-off")) return;
    event.preventDefault();
    act(rows[here()]);
  });
  /* Enter in the reason is a no to what is chosen, never a yes to the first row. */
  queue.addEventListener("keydown", (event) => {
    const no = queue.querySelector("button[value=reject]");
    if (event.key !== "Enter" || event.target.name !== "reason" || !no) return;
    event.preventDefault();
    no.click();
  });
  const opener = document.querySelector("[data-keys]");
  if (opener) {
    opener.hidden = false;
    opener.addEventListener("click", () => dialog.showModal());
  }
  const use = dialog.querySelector("[data-use-keys]");
  use.checked = !remembered("keys-off");
  use.addEventListener("change", () => remember("keys-off", use.checked ? null : "yes"));
  const left = remembered("queue-place");
  if (left !== null) {
    remember("queue-place", null);
    go(Number(left));
  }
})();
