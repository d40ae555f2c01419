// Keeps the regions of the page as the server draws them.
import { localise } from "./times.js";
import { remember, renew } from "./renewing.js";
import { showViews } from "./dialogs.js";

const NEAR_END = 80; // pixels from the end within which a reader wants to see what is new

export function follow(path, thread) {
  const regions = [...document.querySelectorAll("[data-region]")];
  regions.forEach(remember);
  scrollers().forEach(toEnd);
  goToAnchor();
  showViews();
  const stream = new EventSource(`${path}/live?thread=${encodeURIComponent(thread)}`);
  stream.onmessage = (event) => update(JSON.parse(event.data));
  stream.onopen = () => offline(false);
  stream.onerror = () => offline(true);
  // A page that is left must not count as a lost connection.
  window.addEventListener("pagehide", () => stream.close());
}

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
