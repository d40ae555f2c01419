// The message field: Enter sends, / offers commands, ↑ brings the last line back.
import { send } from "./forms.js";

const LAST = "esim-sandbox-last-line";

export function startComposers() {
  document.querySelectorAll("form[data-composer]").forEach(start);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-type]");
    if (button) type(document.getElementById("composer"), button.dataset.type);
  });
  const wide = matchMedia("(min-width: 700px)").matches; // no keyboard jumps up on phones
  const field = document.getElementById("reply") ?? document.getElementById("composer");
  if (wide) field?.focus({ preventScroll: true });
}

function start(form) {
  const field = form.elements.text;
  const list = form.querySelector("[role=listbox]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(form, field, list);
  });
  field.addEventListener("keydown", (event) => key(event, form, field, list));
  field.addEventListener("input", () => offer(field, list));
  field.addEventListener("blur", () => hide(field, list));
  list?.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) type(field, option.dataset.line);
  });
}

async function submit(form, field, list) {
  const line = field.value.trim();
  if (!line) return;
  hide(field, list);
  sessionStorage.setItem(LAST, line);
  const sending = send(form);
  type(field, "");
  if (!(await sending) && !field.value) type(field, line);
}

function key(event, form, field, list) {
  const active = list?.querySelector("[aria-selected=true]");
  const open = list && !list.hidden;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (open && active) type(field, active.dataset.line);
    else form.requestSubmit();
  } else if (open && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    event.preventDefault();
    move(field, list, active, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "ArrowUp" && !field.value) {
    event.preventDefault();
    type(field, sessionStorage.getItem(LAST) ?? "");
  } else if (event.key === "Escape" && open) {
    event.preventDefault();
    hide(field, list);
  }
}

function type(field, line) {
  field.value = line;
  field.focus();
  offer(field, field.form.querySelector("[role=listbox]"));
}

// Shows the lines that begin as the typed one, or how the typed command is used.
function offer(field, list) {
  if (!list) return;
  const typed = field.value.toLowerCase();
  const options = [...list.children];
  const begin = options.filter((option) => option.dataset.line.trim().toLowerCase().startsWith(typed));
  const words = typed.split(" ").slice(0, 2).join(" ");
  const usage = options.filter((option) => option.dataset.line.startsWith(words));
  const shown = !typed.startsWith("/") ? [] : begin.length ? begin : usage;
  options.forEach((option) => select(option, false));
  options.forEach((option) => (option.hidden = !shown.includes(option)));
  list.hidden = !shown.length;
  field.setAttribute("aria-expanded", String(!list.hidden));
  field.removeAttribute("aria-activedescendant");
}

function hide(field, list) {
  if (!list) return;
  list.hidden = true;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

function move(field, list, active, step) {
  const options = [...list.children].filter((option) => !option.hidden);
  const at = active ? options.indexOf(active) + step : step > 0 ? 0 : options.length - 1;
  const next = options[(at + options.length) % options.length];
  if (active) select(active, false);
  select(next, true);
  field.setAttribute("aria-activedescendant", next.id);
}

function select(option, chosen) {
  option.setAttribute("aria-selected", String(chosen));
}
