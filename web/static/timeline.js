/* Opens each timeline that is wider than its place with today's line in sight. Without script it opens at its beginning. */
(() => {
  "use strict";
  for (const place of document.querySelectorAll(".timeline[data-start]")) {
    const names = place.querySelector(".timeline__names").getBoundingClientRect().width;
    place.scrollLeft = Number(place.dataset.start) - (place.clientWidth - names) / 3;
  }
})();
