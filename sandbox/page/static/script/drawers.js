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
  const opener = document.querySelector(`[data-drawer="${drawer.id}"][aria-expanded]`);
  opener.setAttribute("aria-expanded", String(open));
  if (open) drawer.querySelector("a, button")?.focus();
  else opener.focus();
}
