/* Keyboard shortcuts. The dialog on the page lists them and says where each leads; without it they are switched off. */
(() => {
  "use strict";
  const dialog = document.getElementById("tangenter");
  if (!dialog) return;
  const FIELDS = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
  const PAUSE = 1500;  // milliseconds between the two keys of a pair
  const places = new Map(
    [...dialog.querySelectorAll("[data-address]")].map((row) => [row.dataset.keys, row.dataset.address]));
  let first = "", timer;

  const links = () => [...document.querySelectorAll(".tasks .task__name a")];
  const current = () => document.activeElement?.closest?.(".task");
  const step = (by) => {
    const all = links();
    const row = current();
    const at = all.findIndex((link) => row?.contains(link));
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
    all[next]?.focus();
    return all.length > 0;
  };
  const actions = {
    "?": () => { dialog.showModal(); return true; },
    "/": () => {
      const field = document.querySelector("main [data-search]") ?? document.querySelector("header [data-search]");
      field?.focus();
      return Boolean(field);
    },
    j: () => step(1),
    k: () => step(-1),
    x: () => {
      const box = current()?.querySelector('input[type="checkbox"]');
      box?.click();
      return Boolean(box);
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (dialog.open || event.target.closest?.(FIELDS)) return;
    clearTimeout(timer);
    const address = first && places.get(`${first} ${event.key}`);
    first = "";
    if (address) { event.preventDefault(); location.assign(address); return; }
    if ([...places.keys()].some((keys) => keys.startsWith(`${event.key} `))) {
      first = event.key;
      timer = setTimeout(() => { first = ""; }, PAUSE);
      return;
    }
    if (Object.hasOwn(actions, event.key) && actions[event.key]()) event.preventDefault();
  });
})();
