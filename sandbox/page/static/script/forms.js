// Sends forms in the background; what came of it arrives with the live updates.

export function startForms() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-press]")) return;
    event.preventDefault();
    press(event.target, event.submitter);
  });
  document.addEventListener("click", (event) => {
    // A button with an address leads there, and the bot is told of the click all the same.
    const link = event.target.closest("form[data-press] a.button");
    if (link) send(link.closest("form"));
  });
  document.addEventListener("change", (event) => {
    event.target.closest("form[data-on-change]")?.requestSubmit();
    if (event.target.matches("[data-told]")) tell(event.target);
  });
}

// An input of a modal that the bot wants to hear of at once.
function tell(field) {
  const path = document.body.dataset.path;
  const body = new FormData();
  body.set("view", field.form.elements.view.value);
  body.set("action", field.name);
  const chosen = new FormData(field.form).getAll(field.name);
  for (const value of chosen) body.append("value", value);
  post(`${path}/enter`, body);
}

async function press(form, button) {
  button?.setAttribute("aria-busy", "true");
  await send(form);
  button?.removeAttribute("aria-busy");
}

// What came back if it was taken; otherwise the notice says why not.
export function send(form) {
  // form.action may be a field of that name.
  return post(form.getAttribute("action"), new FormData(form));
}

async function post(path, fields) {
  const headers = { Accept: "application/json" };
  const body = new URLSearchParams(fields);
  try {
    const response = await fetch(path, { method: "POST", headers, body });
    const answer = await response.json();
    notice(answer.problem ?? "");
    return answer.problem ? null : answer;
  } catch {
    notice("The sandbox can't be reached.");
    return null;
  }
}

export function notice(text) {
  const place = document.getElementById("notice");
  place.textContent = text;
  place.hidden = !text;
}
