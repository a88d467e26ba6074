// Keeps a page as true as the database without a reload: a server-sent event says that something was written, the page is
// fetched again, and what differs is changed in place. Nodes stay the same nodes, so focus, scroll, open details and
// half-typed forms stay too. Without this script every page still works.
"use strict";

(() => {
  const main = document.querySelector("main[data-live]");
  if (!main || !window.EventSource) return;
  const badge = document.querySelector(".live");
  const show = (state, text) => {
    if (!badge) return;
    badge.dataset.state = state;
    badge.textContent = text;
  };

  const keyOf = (node) => (node.nodeType === 1 ? node.id || node.dataset.key || "" : "");

  const typedIn = (form) =>
    [...form.elements].some((field) => {
      if (field.type === "hidden" || field.disabled) return false;
      if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
      if (field.tagName === "SELECT") {
        const given = [...field.options].findIndex((option) => option.defaultSelected);
        return field.selectedIndex !== Math.max(given, 0);
      }
      return "defaultValue" in field && field.value !== field.defaultValue;
    });

  const busy = (node) =>
    node.nodeType === 1 &&
    ((node.tagName === "FORM" &&
      (typedIn(node) || node.contains(document.activeElement) || node.querySelector("[data-refused]") !== null)) ||
      (node.tagName === "DIALOG" && node.open) ||
      [...node.querySelectorAll("form")].some(busy) ||
      node.querySelector("dialog[open]") !== null);

  const syncAttributes = (old, fresh) => {
    for (const { name } of [...old.attributes]) {
      if (!fresh.hasAttribute(name) && !(name === "open" && old.tagName === "DETAILS")) old.removeAttribute(name);
    }
    for (const { name, value } of [...fresh.attributes]) {
      if (name === "open" && old.tagName === "DETAILS") continue;
      if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
  };

  let changes = [];

  const morph = (old, fresh) => {
    if (old.isEqualNode(fresh)) return;
    if (old.nodeType !== 1) {
      if (old.nodeValue !== fresh.nodeValue) {
        old.nodeValue = fresh.nodeValue;
        changes.push(old.parentElement);
      }
      return;
    }
    if (old.tagName === "FORM" && busy(old)) return;
    syncAttributes(old, fresh);
    if (old.dataset.left !== undefined) return; // its script counts on from what it is given
    if (old.tagName === "TEXTAREA") {
      old.value = fresh.defaultValue;
      return;
    }
    morphChildren(old, fresh);
    if (old.tagName === "SELECT") old.value = fresh.value;
  };

  const morphChildren = (old, fresh) => {
    let place = old.firstChild;
    const named = new Map();
    for (const child of old.children) if (keyOf(child)) named.set(keyOf(child), child);
    for (const child of [...fresh.childNodes]) {
      const key = keyOf(child);
      let match = key ? named.get(key) : place;
      if (match && (match.nodeName !== child.nodeName || match.nodeType !== child.nodeType)) match = null;
      if (!key && match && keyOf(match)) match = null;
      if (match) {
        named.delete(key);
        if (match === place) place = place.nextSibling;
        else old.insertBefore(match, place);
        morph(match, child);
      } else {
        const added = document.importNode(child, true);
        old.insertBefore(added, place);
        if (added.nodeType === 1) changes.push(added);
      }
    }
    while (place) {
      const next = place.nextSibling;
      if (!busy(place)) place.remove();
      place = next;
    }
  };

  const mark = () => {
    for (const node of new Set(changes)) {
      const shown = node && node.isConnected && node.closest("li, tr, .card, dd, p");
      if (!shown || shown.contains(document.activeElement)) continue;
      shown.classList.remove("changed");
      void shown.getBoundingClientRect();
      shown.classList.add("changed");
      shown.addEventListener("animationend", () => shown.classList.remove("changed"), { once: true });
    }
    changes = [];
  };

  let running = false;
  let again = false;
  const refresh = async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      const address = main.dataset.self || location.pathname + location.search;
      const answer = await fetch(address, { headers: { "X-Refresh": "1" }, cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const parts = [...document.querySelectorAll("[data-part]")];
      // It became another page: a contract that was starting runs now.
      if (parts.length && !parts.some((part) => page.getElementById(part.id))) return location.reload();
      for (const part of parts) {
        const fresh = page.getElementById(part.id);
        if (fresh) morph(part, fresh);
      }
      mark();
      document.dispatchEvent(new Event("refreshed"));
      show("on", "Live");
    } catch {
      show("off", "Not connected");
      setTimeout(refresh, 5000);
    } finally {
      running = false;
      if (again) {
        again = false;
        refresh();
      }
    }
  };

  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, 120);
  };

  const contract = main.dataset.contract;
  const events = new EventSource(contract ? `/events?contract=${encodeURIComponent(contract)}` : "/events");
  events.addEventListener("open", () => {
    show("on", "Live");
    soon(); // something may have been written between the page and this connection, at the first one too
  });
  events.addEventListener("changed", soon);
  events.addEventListener("error", () => show("off", "Not connected"));
  // A relative time ("in 2 days") grows old by itself.
  setInterval(() => document.visibilityState === "visible" && soon(), 300000);
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
