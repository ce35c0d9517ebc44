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
    for (const one of canvasPlace.querySelectorAll("svg[tabindex]")) one.removeAttribute("tabindex"); // the box around it has a name
    const canvas = viewer.get("canvas"), registry = viewer.get("elementRegistry");
    mark(canvas, registry, place.dataset.passed, "is-passed");
    mark(canvas, registry, place.dataset.current, "is-current");
    const times = JSON.parse(place.dataset.heat || "{}");
    const hottest = Object.keys(times).sort((a, b) => times[b][0] - times[a][0])[0] || "";
    warm(viewer, times);
    fit(canvas, registry, `${place.dataset.current} ${place.dataset.passed.split(" ").pop()} ${hottest}`, canvasPlace);
  };
  // How long steps take: a colour, and the time in words beside it. `times`: element id to [heat 1 to 4, words]
  const warm = (viewer, times) => {
    const canvas = viewer.get("canvas"), registry = viewer.get("elementRegistry"), overlays = viewer.get("overlays");
    for (const [id, [heat, words]] of Object.entries(times)) {
      if (!registry.get(id)) continue;
      canvas.addMarker(id, `heat-${heat}`);
      const label = document.createElement("span");
      label.className = "heat-time";
      label.textContent = words;
      overlays.add(id, { position: { bottom: 12, left: 6 }, html: label });
    }
  };
  // The whole diagram when it can be read at that size, else the part around the current step.
  // Room is left below for the mark of bpmn.io, which must not cover anything.
  const MARGIN = 24, BELOW = 56, SMALLEST = 0.5, PARTIAL = 0.7;
  const fit = (canvas, registry, ids, box) => {
    const inner = canvas.viewbox().inner;
    const scale = Math.min(1, (box.clientWidth - 2 * MARGIN) / inner.width);
    const first = ids.split(" ").map((id) => id && registry.get(id)).find(Boolean);
    if (scale >= SMALLEST || !first) {
      box.style.blockSize = `${inner.height * scale + MARGIN + BELOW}px`;
      canvas.resized();
      const size = canvas.getSize();
      canvas.viewbox({ x: inner.x - MARGIN / scale, y: inner.y - MARGIN / scale, width: size.width / scale, height: size.height / scale });
      return;
    }
    const size = canvas.getSize(), width = size.width / PARTIAL, height = size.height / PARTIAL;
    canvas.viewbox({
      x: within(first.x + first.width / 2 - width / 2, inner.x, inner.width, width, 0),
      y: within(first.y + first.height / 2 - height / 2, inner.y, inner.height, height, BELOW - MARGIN), width, height });
    movable(canvas, box.parentElement);
  };
  // The part that is shown lies within the drawing, so that no half of the box is empty.
  const within = (wanted, start, length, shown, after) =>
    Math.max(start - MARGIN, Math.min(wanted, start + length + MARGIN + after - shown));
  // What is cut off is reached with the arrow keys, or by dragging; the mark of bpmn.io stays in its corner.
  const STEP = 80, ARROWS = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };
  const movable = (canvas, place) => {
    place.tabIndex = 0;
    place.classList.add("diagram--movable");
    const hint = place.parentElement.querySelector("[data-movable]");
    if (hint) hint.hidden = false;
    place.addEventListener("keydown", (event) => {
      const [dx, dy] = ARROWS[event.key] || [];
      if (dx === undefined) return;
      event.preventDefault();
      canvas.scroll({ dx, dy });
    });
    let last = null;
    place.addEventListener("pointerdown", (event) => { last = event; });
    place.addEventListener("pointermove", (event) => {
      if (!last || !event.buttons) return;
      canvas.scroll({ dx: event.clientX - last.clientX, dy: event.clientY - last.clientY });
      last = event;
    });
  };
  for (const place of document.querySelectorAll("[data-diagram]")) {
    const details = place.closest("details");
    let drawn = false;
    const once = () => { if (!drawn && (!details || details.open)) { drawn = true; draw(place); } };
    details?.addEventListener("toggle", once);
    once();
  }
})();
