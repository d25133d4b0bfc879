// What pages do beyond plain HTML; every page works without it.
"use strict";

// A refused form: bring its summary into view and into the reading order.
function showFaults(root) {
  const summary = root.querySelector("[data-focus]");
  if (summary) summary.focus();
}

// On a phone the menu closes when something else is touched or Escape is pressed.
function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open], details.confirm[open]")) {
    if (event.type === "keydown" ? event.key === "Escape" : !menu.contains(event.target)) {
      menu.open = false;
      if (event.type === "keydown") menu.querySelector("summary").focus();
    }
  }
}

// While a part of the page is being saved, a form waits for it: what it sends must follow from what is saved.
function waitForSaving(event) {
  const saving = document.querySelector("[data-saves].htmx-request");
  if (!saving) return;
  event.preventDefault();
  const { target: form, submitter } = event;
  // The answer may bring the button anew
  const isSame = (button) => button.form === form && button.formAction === submitter.formAction && button.value === submitter.value;
  const again = () => form.requestSubmit(submitter && [...document.querySelectorAll("button")].find(isSame));
  saving.addEventListener("htmx:afterRequest", () => setTimeout(again), { once: true });
}

// A form is sent once, however often its button is pressed.
function sendOnce(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "download" in form.dataset || event.submitter?.formTarget) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
}

// Tabs that do not fit beside one another: the chosen one is in view.
function showChosenTabs() {
  for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
    const tabs = tab.closest(".tabs");
    tabs.scrollLeft = tab.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
  }
}

document.addEventListener("click", closeMenus);
document.addEventListener("keydown", closeMenus);
document.addEventListener("submit", waitForSaving);
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
document.addEventListener("htmx:afterSwap", (event) => showFaults(event.target));
showFaults(document);
showChosenTabs();
