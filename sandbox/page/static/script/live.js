// Keeps the regions of the page as the server draws them.
import { localise } from "./times.js";
import { remember, renew } from "./renewing.js";
import { showViews } from "./dialogs.js";

const NEAR_END = 80; // pixels from the end within which a reader wants to see what is new

// What comes between the press and the release of a click waits: drawn at once, it would put
// another element under the pointer, and the click would be lost.
let pressed = false;
let waiting = {};

export function follow(path, thread) {
  const regions = [...document.querySelectorAll("[data-region]")];
  regions.forEach(remember);
  scrollers().forEach(toEnd);
  goToAnchor();
  showViews();
  const stream = new EventSource(`${path}/live?thread=${encodeURIComponent(thread)}`);
  stream.onmessage = (event) => receive(JSON.parse(event.data));
  stream.onopen = () => offline(false);
  stream.onerror = () => offline(true);
  // A page that is left must not count as a lost connection.
  window.addEventListener("pagehide", () => stream.close());
}

function receive(changed) {
  if (pressed) Object.assign(waiting, changed);
  else update(changed);
}

function release() {
  setTimeout(() => {
    pressed = false;
    const changed = waiting;
    waiting = {};
    update(changed);
  });
}

document.addEventListener("pointerdown", () => (pressed = true), true);
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, release, true);
window.addEventListener("blur", release);

function update(changed) {
  const focused = document.activeElement?.id;
  const reading = scrollers().filter(isAtEnd);
  for (const [name, html] of Object.entries(changed)) {
    const region = document.querySelector(`[data-region="${name}"]`);
    if (region) renew(region, html);
  }
  localise(document);
  reading.forEach(toEnd);
  showViews(focused);
}

function scrollers() {
  return [...document.querySelectorAll("#scroll, #thread .replies")];
}

function isAtEnd(element) {
  return element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
}

function toEnd(element) {
  element.scrollTop = element.scrollHeight;
}

function goToAnchor() {
  const target = document.getElementById(location.hash.slice(1));
  if (target) target.scrollIntoView({ block: "center" });
}

function offline(lost) {
  document.getElementById("offline").hidden = !lost;
}
