/* Draws each process diagram with its current and passed steps marked. The same stands as text beside it. */
(() => {
  "use strict";
  const mark = (canvas, registry, ids, name) => {
    for (const id of ids.split(" ")) if (id && registry.get(id)) canvas.addMarker(id, name);
  };
  const draw = async (place) => {
    const answer = await fetch(place.dataset.diagram);
    if (!answer.ok) return;
    const xml = await answer.text();
    const canvasPlace = document.createElement("div");
    canvasPlace.className = "diagram__canvas";
    place.replaceChildren(canvasPlace);
    const viewer = new window.BpmnJS({ container: canvasPlace });
    await viewer.importXML(xml);
    const canvas = viewer.get("canvas"), registry = viewer.get("elementRegistry");
    mark(canvas, registry, place.dataset.passed, "is-passed");
    mark(canvas, registry, place.dataset.current, "is-current");
    fit(canvas, registry, place.dataset.current);
  };
  // The whole diagram when it can be read at that size, else the current step in the middle of a readable part.
  const fit = (canvas, registry, current) => {
    canvas.zoom("fit-viewport");
    if (canvas.zoom() >= 0.55) return;
    const first = registry.get(current.split(" ")[0]);
    canvas.zoom(0.75, first ? { x: first.x + first.width / 2, y: first.y + first.height / 2 } : "auto");
    if (first) canvas.scrollToElement(first, { top: 120, right: 200, bottom: 120, left: 200 });
  };
  for (const place of document.querySelectorAll("[data-diagram]")) {
    const details = place.closest("details");
    let drawn = false;
    const once = () => { if (!drawn && (!details || details.open)) { drawn = true; draw(place); } };
    details?.addEventListener("toggle", once);
    once();
  }
})();
