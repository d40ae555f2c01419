// The columns that are out of sight on narrow screens; Esc closes what is open.

export function startDrawers() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-drawer]");
    if (button) toggle(document.getElementById(button.dataset.drawer));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    const open = document.querySelector(".drawer[data-open]");
    if (open) toggle(open);
    else document.getElementById("close-thread")?.click();
  });
}

function toggle(drawer) {
  const open = drawer.toggleAttribute("data-open");
  const openers = [...document.querySelectorAll(`[data-drawer="${drawer.id}"][aria-expanded]`)];
  for (const opener of openers) opener.setAttribute("aria-expanded", String(open));
  if (open) drawer.querySelector("a, button")?.focus();
  else openers.at(-1).focus(); // an open thread's is the last one, and lies above the others
}
