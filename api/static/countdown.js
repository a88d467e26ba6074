// Counts the open time until a clock is due, second by second: down while the desk is open, waiting while it is closed.
// The page gives the seconds that are left at an instant and the next openings; without this script it stands still.
"use strict";

(() => {
  const seen = new WeakMap();

  const length = (seconds) => {
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    const rest = seconds % 60;
    const parts = [];
    if (hours) parts.push(`${hours} h`);
    if (minutes) parts.push(`${minutes} min`);
    if (!hours && (rest || !minutes)) parts.push(`${rest} s`);
    return parts.join(" ");
  };

  const words = (left, objective) => {
    const text = length(Math.abs(left));
    if (objective) return left > 0 ? `objective in ${text}` : `objective missed by ${text}`;
    return left > 0 ? `${text} left` : `${text} over`;
  };

  const instant = (seconds, now, zone) => {
    const far = seconds - now > 6 * 86400;
    const asked = { timeZone: zone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const shape = far ? { ...asked, day: "numeric", month: "short" } : asked;
    const parts = new Intl.DateTimeFormat("en-GB", shape).formatToParts(new Date(seconds * 1000));
    const of = (type) => parts.find((part) => part.type === type).value;
    const day = far ? ` ${of("day")} ${of("month")},` : "";
    return `${of("weekday")}${day} ${of("hour")}:${of("minute")}`;
  };

  const numbers = (text) => (text ? text.split(" ").map(Number) : []);

  const tick = (node) => {
    const given = node.dataset;
    // The reader's clock may be wrong, so only what has passed on it since the page gave its own time is used.
    let first = seen.get(node);
    if (!first || first.at !== given.at) seen.set(node, (first = { at: given.at, mine: Date.now() }));
    const at = Number(given.at);
    const now = at + Math.floor((Date.now() - first.mine) / 1000);
    const starts = numbers(given.starts);
    const ends = numbers(given.ends);
    let passed = 0;
    let open = false;
    let opens = 0;
    starts.forEach((start, index) => {
      passed += Math.max(0, Math.min(ends[index], now) - Math.max(start, at));
      if (start <= now && now < ends[index]) open = true;
      if (start > now && !opens) opens = start;
    });
    const left = Number(given.left) - passed;
    const near = left <= 0 ? "late" : left * 4 <= Number(given.total) ? "soon" : "ahead";
    if (!node.classList.contains(near)) {
      node.classList.remove("late", "soon", "ahead");
      node.classList.add(near);
    }
    const due = node.querySelector(".due");
    const text = words(left, "objective" in given);
    if (due.textContent !== text) due.textContent = text;
    let shut = node.querySelector(".shut");
    if (open) {
      if (shut) shut.remove();
      return;
    }
    if (!shut) {
      shut = document.createElement("span");
      shut.className = "shut tiny";
      node.append(shut);
    }
    const closed = ` desk closed${opens ? `, counts again ${instant(opens, now, given.zone)}` : ""}`;
    if (shut.textContent !== closed) shut.textContent = closed;
  };

  const show = () => {
    if (document.visibilityState === "visible") document.querySelectorAll("[data-left]").forEach(tick);
  };
  show();
  setInterval(show, 1000);
  document.addEventListener("refreshed", show);
  document.addEventListener("visibilitychange", show);
})();
