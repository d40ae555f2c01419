// Starts everything; each part does one thing.
import { follow } from "./live.js";
import { localise } from "./times.js";
import { startComposers } from "./composer.js";
import { startForms } from "./forms.js";
import { startDialogs } from "./dialogs.js";
import { startDrawers } from "./drawers.js";

follow(document.body.dataset.path, document.body.dataset.thread); // before the times are changed
localise(document);
startForms();
startDialogs();
startComposers();
startDrawers();
document.documentElement.dataset.ready = "true";
