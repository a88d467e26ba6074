// Small comforts. Every form works as a plain POST without them.
"use strict";

// Filters apply as soon as they are chosen.
for (const form of document.querySelectorAll("form[data-auto]")) {
  form.addEventListener("change", (event) => event.target.tagName === "SELECT" && form.requestSubmit());
}

// The picture of the term begins at today.
const toToday = () => {
  for (const scroll of document.querySelectorAll(".timeline .scroll:not([data-placed])")) {
    const today = Number(scroll.dataset.today);
    // Where the beginning shows today as well, the beginning is the better view.
    if (today > scroll.clientWidth - 60) scroll.scrollLeft = today - scroll.clientWidth / 3;
    scroll.dataset.placed = "";
  }
};
toToday();

// A mark of the picture leads to its line in the list, which may be folded away.
const reveal = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  target.scrollIntoView({ block: "center" });
};
addEventListener("hashchange", reveal);
reveal();

// A form that was refused is told of first: to whoever looks, and to whoever listens.
const refused = document.querySelector("[data-refused]");
if (refused) refused.focus();

// What cannot be undone is asked once more.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const text = form.dataset.confirm;
  if (!text || form.dataset.confirmed) {
    for (const button of form.querySelectorAll("button")) setTimeout(() => (button.disabled = true));
    return;
  }
  event.preventDefault();
  const asked = document.createElement("dialog");
  asked.setAttribute("aria-labelledby", "confirm-title");
  const title = document.createElement("h2");
  title.id = "confirm-title";
  title.textContent = form.dataset.title || "Are you sure?";
  const body = document.createElement("p");
  body.textContent = text;
  const buttons = document.createElement("div");
  buttons.className = "buttons";
  const no = document.createElement("button");
  no.type = "button";
  no.textContent = "Keep it";
  const yes = document.createElement("button");
  yes.type = "button";
  yes.className = "danger";
  yes.textContent = form.dataset.yes || "Go on";
  buttons.append(no, yes);
  asked.append(title, body, buttons);
  document.body.append(asked);
  no.addEventListener("click", () => asked.close());
  yes.addEventListener("click", () => {
    form.dataset.confirmed = "1";
    asked.close();
    form.requestSubmit(event.submitter);
  });
  asked.addEventListener("close", () => asked.remove());
  asked.showModal();
});

// Ctrl+Enter (or ⌘+Enter) sends what is written.
document.addEventListener("keydown", (event) => {
  const form = event.target.form;
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !form || !("keys" in form.dataset)) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("button:not([type=button])"));
});

// Files that would be refused are told of before they are sent.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file" || !input.dataset.most) return;
  const files = [...input.files];
  const mb = (bytes) => `${Math.floor(bytes / 1048576)} MiB`;
  const large = files.find((file) => file.size > Number(input.dataset.most));
  const together = files.reduce((sum, file) => sum + file.size, 0);
  let wrong = "";
  if (large) wrong = `${large.name} is larger than ${mb(input.dataset.most)}.`;
  else if (together > Number(input.dataset.together)) wrong = `Together at most ${mb(input.dataset.together)}.`;
  else if (files.length > Number(input.dataset.number)) wrong = `At most ${input.dataset.number} files.`;
  input.setCustomValidity(wrong);
  input.reportValidity();
});

// Back from a page that was left while its form was being sent.
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form button:disabled")) button.disabled = false;
});

// Times in the reader's own zone on hover, since pages show them in the contract's.
document.addEventListener("pointerover", (event) => {
  const time = event.target.closest && event.target.closest("time[datetime*='T']:not([title])");
  if (time) time.title = `${new Date(time.dateTime).toLocaleString()} where you are`;
});
