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
    fit(canvas, registry, `${place.dataset.current} ${place.dataset.passed.split(" ").pop()}`);
  };
  // The whole diagram when it can be read at that size, else the current step in the middle of a readable part.
  const fit = (canvas, registry, ids) => {
    const inner = canvas.viewbox().inner, container = canvas.getContainer();
    const wanted = inner.height * Math.min(1, container.clientWidth / inner.width) + 48;
    container.style.blockSize = `${Math.min(Math.max(wanted, 220), 620)}px`;
    canvas.resized();
    canvas.zoom("fit-viewport", "auto");
    const first = ids.split(" ").map((id) => id && registry.get(id)).find(Boolean);
    if (canvas.zoom() >= 0.5 || !first) return;
    const scale = 0.7, size = canvas.getSize(), width = size.width / scale, height = size.height / scale;
    canvas.viewbox({ x: first.x + first.width / 2 - width / 2, y: first.y + first.height / 2 - height / 2, width, height });
  };
  for (const place of document.querySelectorAll("[data-diagram]")) {
    const details = place.closest("details");
    let drawn = false;
    const once = () => { if (!drawn && (!details || details.open)) { drawn = true; draw(place); } };
    details?.addEventListener("toggle", once);
    once();
  }
})();
