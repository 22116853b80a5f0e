"use strict";
// Saves a form marked data-saved as it is filled in. Without it, the form's own button saves.
(() => {
  const PAUSE_MS = 800;
  // Each time leaves an entry in the record for good.
  const EVERY_MS = 15000;
  const form = document.querySelector("form[data-saved]");
  if (!form) return;
  const told = document.querySelector("[data-saved-told]");
  let timer = null;
  let last = -EVERY_MS;
  let changed = false;
  let saving = null;

  const tell = (key) => {
    if (told) told.textContent = form.dataset[key] || "";
  };
  const send = async () => {
    changed = false;
    last = performance.now();
    tell("savedSaving");
    try {
      const answer = await fetch(form.dataset.saved, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Saved": "as-typed" },
        redirect: "manual",
        keepalive: true,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      form.elements.seen.value = answer.headers.get("X-Seen") || form.elements.seen.value;
      tell("savedDone");
    } catch {
      changed = true;
      tell("savedFailed");
    }
  };
  const save = () => {
    clearTimeout(timer);
    if (saving || !changed) return;
    saving = send().finally(() => {
      saving = null;
      if (changed) soon();
    });
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(PAUSE_MS, last + EVERY_MS - performance.now()));
  };
  form.addEventListener("input", () => {
    changed = true;
    soon();
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    changed = false;
    if (!saving) return;
    // The button's turn comes when it is known at which entry the record stands.
    event.preventDefault();
    saving.then(() => form.requestSubmit());
  });
  // Typed before this ran, or put back by the browser.
  if ([...form.elements].some((one) => one.type !== "hidden" && one.value !== (one.defaultValue ?? one.value))) {
    changed = true;
    soon();
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });
})();
