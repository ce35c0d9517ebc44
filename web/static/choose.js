/* Choosing several rows of a list: how many there are, all or none of them. Without this file the checkboxes work alike. */
(() => {
  "use strict";
  const bar = document.getElementById("valda");
  if (!bar) return;
  const boxes = [...document.querySelectorAll('input[type="checkbox"][form="valda"]')];
  const words = bar.querySelector(".chosen__words");
  const buttons = bar.querySelectorAll("[data-choose]");
  bar.classList.add("is-live");
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => {
      for (const box of boxes) box.checked = button.dataset.choose === "all";
      show();
      if (button.dataset.choose === "none") boxes[0]?.focus();
    });
  }
  const show = () => {
    const count = boxes.filter((box) => box.checked).length;
    bar.classList.toggle("is-empty", count === 0);
    const text = count === 0 ? bar.dataset.none : count === 1 ? bar.dataset.one : bar.dataset.many.replace("{n}", count);
    if (words.textContent !== text) words.textContent = text;
    for (const box of boxes) box.closest("li").classList.toggle("is-chosen", box.checked);
  };
  for (const box of boxes) box.addEventListener("change", show);
  window.addEventListener("pageshow", show);  // a browser that goes back keeps what was chosen
  show();
})();
