// Replaces the children of a region that changed, and leaves the others, with the focus and
// with what was typed, as they are.

const sent = new WeakMap(); // element to the HTML that the server sent for it

export function remember(region) {
  for (const child of region.children) sent.set(child, child.outerHTML);
}

export function renew(region, html) {
  const focused = region.contains(document.activeElement) ? document.activeElement : null;
  const template = document.createElement("template");
  template.innerHTML = html;
  const children = [...template.content.children];
  const kept = children.map((child) => old(region, child) ?? fresh(region, child));
  if (!same(region.children, kept)) region.replaceChildren(...kept);
  if (focused && !document.contains(focused)) focusAgain(region, focused);
}

function old(region, child) {
  const there = counterpart(region, child);
  return there && sent.get(there) === child.outerHTML ? there : null;
}

function fresh(region, child) {
  sent.set(child, child.outerHTML);
  const there = counterpart(region, child);
  if (there) keepTyped(there, child);
  return child;
}

function counterpart(region, child) {
  if (child.id) return [...region.children].find((other) => other.id === child.id);
  const html = child.outerHTML;
  return [...region.children].find((other) => sent.get(other) === html);
}

function same(now, wanted) {
  return now.length === wanted.length && wanted.every((child, at) => now[at] === child);
}

function keepTyped(from, to) {
  for (const field of from.querySelectorAll("input[id], select[id], textarea[id]")) {
    const next = to.querySelector(`#${CSS.escape(field.id)}`);
    if (next && next.type === field.type) copyTyped(field, next);
  }
  for (const group of from.querySelectorAll("details[id]")) {
    const next = to.querySelector(`#${CSS.escape(group.id)}`);
    if (next) next.open = group.open; // what was closed stays closed
  }
}

function copyTyped(from, to) {
  if (from.multiple) {
    const chosen = [...from.selectedOptions].map((option) => option.value);
    for (const option of to.options) option.selected = chosen.includes(option.value);
  } else if (["checkbox", "radio"].includes(from.type)) to.checked = from.checked;
  else if (from.type !== "hidden") to.value = from.value;
}

// The button that was pressed may be gone: then its message gets the focus, not the page's top.
function focusAgain(region, lost) {
  const byId = lost.id && document.getElementById(lost.id);
  const holder = lost.closest("[id][tabindex], section[id]");
  const target = byId || (holder && document.getElementById(holder.id)) || region;
  if (target.tabIndex < 0 && !target.hasAttribute("tabindex")) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}
