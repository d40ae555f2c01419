// Confirm dialogs of buttons, and modals that the bot opened.

export function startDialogs() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.matches("[data-confirm]")) ask(button, event);
    if (button?.matches("[data-dismiss]")) button.closest("dialog").close();
  });
}

// The dialog is a copy outside of its message, so that it stays when the message changes.
function ask(button, event) {
  event.preventDefault();
  const copy = button.form.cloneNode(true);
  copy.classList.add("floating");
  for (const element of copy.querySelectorAll("[id]")) element.removeAttribute("id");
  document.body.append(copy);
  const dialog = copy.querySelector("dialog");
  copy.addEventListener("submit", () => dialog.close());
  dialog.addEventListener("close", () => {
    (document.getElementById(button.id) ?? document.body).focus();
    setTimeout(() => copy.remove()); // after the form was sent
  });
  dialog.showModal();
}

// Esc asks the bot's modal to close; it goes when the server has closed it.
export function showViews(focused) {
  for (const dialog of document.querySelectorAll("#views dialog:not([open])")) {
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      dialog.querySelector("form[data-close]").requestSubmit();
    });
    dialog.showModal();
    const again = focused && document.getElementById(focused);
    if (again && dialog.contains(again)) again.focus();
  }
}
