// The example follows what is typed; without this its button shows it.
"use strict";

const form = document.getElementById("branding");
const button = document.querySelector("[data-preview]");
let waiting;

function show() {
  clearTimeout(waiting);
  form.requestSubmit(button);
}

function showSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(show, 400);
}

form.addEventListener("input", showSoon);
show();
