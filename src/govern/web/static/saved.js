"use strict";
// Saves a form marked data-saved as it is filled in. Without it, the form's own button saves.
(() => {
  const PAUSE_MS = 800;
  const form = document.querySelector("form[data-saved]");
  if (!form) return;
  const told = document.querySelector("[data-saved-told]");
  let timer = null;
  let changed = false;
  let busy = false;

  const tell = (key) => {
    if (told) told.textContent = form.dataset[key] || "";
  };
  const save = async () => {
    if (busy || !changed) return;
    busy = true;
    changed = false;
    tell("savedSaving");
    try {
      const answer = await fetch(form.dataset.saved, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Saved": "as-typed" },
        redirect: "manual",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      tell("savedDone");
    } catch {
      changed = true;
      tell("savedFailed");
    } finally {
      busy = false;
    }
  };
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });
})();
