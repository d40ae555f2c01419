// Shows times in the browser's own zone, in the formats that Slack's date texts know.

const FORMATS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  time_secs: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
};
const DAY = 86_400_000;

export function localise(root) {
  for (const element of root.querySelectorAll("time[data-format]")) {
    if (element.dataset.shown) continue;
    const moment = new Date(element.dateTime);
    element.title = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "long" }).format(moment);
    element.textContent = element.dataset.format.replace(/\{(\w+)\}/g, (_, name) => part(name, moment));
    element.dataset.shown = "true";
  }
}

function part(name, moment) {
  if (name === "ago") return ago(moment);
  if (name.endsWith("_pretty")) return near(moment) ?? part(name.replace("_pretty", ""), moment);
  const format = FORMATS[name];
  return format ? new Intl.DateTimeFormat("en", format).format(moment) : `{${name}}`;
}

function near(moment) {
  const day = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const days = Math.round((day(moment) - day(new Date())) / DAY);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days];
}

function ago(moment) {
  const minutes = Math.round((moment - Date.now()) / 60_000);
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(minutes, "minute");
}
