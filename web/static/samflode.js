/* Small comforts. Every page works without this file. */
(() => {
  "use strict";
  document.documentElement.classList.add("js");

  // Menus in the head close with Escape, with a click elsewhere and when the focus leaves them.
  for (const menu of document.querySelectorAll("details[data-menu]")) {
    document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
    menu.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); }
    });
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
    });
  }

  // After a failed submission the list of what to correct gets the focus, so that a screen reader begins there.
  document.querySelector("[data-focus]")?.focus();

  // Questions with a condition are shown when its field has one of the values. Without script all are shown, with the condition in words.
  const valuesOf = (form, name) =>
    [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
      .filter((input) => !["radio", "checkbox"].includes(input.type) || input.checked)
      .map((input) => input.value);
  const showOrHide = (form) => {
    for (const block of form.querySelectorAll("[data-show-if]")) {
      const wanted = JSON.parse(block.dataset.showIs);
      block.hidden = !valuesOf(form, block.dataset.showIf).some((value) => wanted.includes(value));
    }
  };
  for (const form of document.querySelectorAll("form")) {
    if (!form.querySelector("[data-show-if]")) continue;
    form.addEventListener("change", () => showOrHide(form));
    showOrHide(form);
  }

  // How much room is left in a text, said when it begins to matter.
  for (const field of document.querySelectorAll("textarea[maxlength][data-left]")) {
    const line = document.getElementById(field.dataset.left);
    if (!line) continue;
    const say = () => { line.textContent = line.dataset.text.replace("{n}", field.maxLength - field.value.length); };
    field.addEventListener("input", say);
    say();
  }

  // What is folded away on phones stands open where there is room, and where something has been chosen in it.
  const wide = window.matchMedia("(min-width: 62rem)");
  const unfold = () => { for (const part of document.querySelectorAll("details[data-open-wide]")) part.open = wide.matches || part.dataset.openWide === "chosen"; };
  wide.addEventListener("change", unfold);
  unfold();

  // Leaving with unsaved text asks first. Every submit button counts as leaving on purpose.
  for (const form of document.querySelectorAll("form[data-keep]:not([data-draft])")) {
    let changed = false;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  }
})();
